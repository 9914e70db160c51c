import type { LeaseDetailsFragment } from '../../kit/api/operator.generated.ts';
import type { HashCheck } from '../../kit/lease/index.ts';
import { Person } from '../../kit/parts/index.ts';
import { showConstant } from '../../kit/text/amounts.ts';
import { Time } from '../../kit/text/time.tsx';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { FirmLink } from '../firms/index.ts';
import { LeaseScope } from './lease-scope.tsx';

/** Everything that the request's hash covers, as the people who decide must read it. */
export function LeaseRequest({ lease, hash }: { readonly lease: LeaseDetailsFragment; readonly hash: HashCheck }) {
	const { firm, requester, requestedById, requestedAt, purpose, reason, ticket, requestHash } = lease;
	return (
		<section className="card stack" aria-labelledby="request">
			<h2 id="request">The request</h2>
			<dl className="facts">
				<dt>Firm</dt>
				<dd>
					<FirmLink id={firm.id} name={firm.name} />{' '}
					{firm.status !== 'ACTIVE' && <span>({showConstant(firm.status)})</span>}{' '}
					<span className="mono quiet">{firm.id}</span>
				</dd>
				<dt>Who asks</dt>
				<dd>
					<Person person={requester} />{' '}
					<span className="quiet">{requester && <VisibleText text={requester.email} />}</span>{' '}
					<span className="mono quiet">{requestedById}</span>
				</dd>
				<dt>Asked</dt>
				<dd>
					<Time at={requestedAt} show="second" />
				</dd>
				<dt>Purpose</dt>
				<dd>{showConstant(purpose)}</dd>
				<dt>Ticket</dt>
				<dd>{ticket ? <VisibleText text={ticket} /> : <Withheld />}</dd>
				<dt>Reason</dt>
				<dd>{reason ? <VisibleText text={reason} form="LINES" /> : <Withheld />}</dd>
			</dl>
			<h3>What it would open</h3>
			<LeaseScope lease={lease} firm={firm.name} />
			<dl className="facts">
				<dt>Request hash</dt>
				<dd className="mono">{hash.calculated ?? requestHash}</dd>
			</dl>
			<p className="hint">{HASH_WORDS[hash.result]}</p>
		</section>
	);
}

/** Whose word the hash is. Names, addresses and times are not covered by it: the ids are. */
const HASH_WORDS: Readonly<Record<HashCheck['result'], string>> = {
	PENDING: 'Calculating the hash of the request …',
	EXACT: 'Calculated by this browser from the request above; the server states the same. It covers ids, not names.',
	DIFFERENT: 'Calculated by this browser from the request above. The server states another one.',
	PARTLY_SHOWN: 'As the server states it: this browser cannot check it, because a part of the request is not shown.',
};

const Withheld = () => (
	<span className="quiet">
		Only the firm’s owners, the requester, approvers and auditors see it, until it is erased
	</span>
);
