import type { LeaseTermsFragment } from '../../../kit/api/workspace.generated.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { limitsInWords, scopeInWords } from '../../needs/scope-in-words.ts';
import { Account } from './people.tsx';
import { Records } from './records.tsx';

/** All of a request: who asks, why, and for what. */
export function LeaseTerms({ lease }: { readonly lease: LeaseTermsFragment }) {
	const { requestedById, requestedAt, purpose, reason, ticket, recordIds, requestHash } = lease;
	return (
		<dl className="facts lease-facts">
			<dt>Who asks</dt>
			<dd>
				<Account id={requestedById} requester={requestedById} />
			</dd>
			<dt>Asked</dt>
			<dd>
				<Time at={requestedAt} show="second" />
			</dd>
			<dt>Purpose</dt>
			<dd>{showConstant(purpose)}</dd>
			<dt>Reason</dt>
			<dd>{reason === null ? <Erased /> : <VisibleText text={reason} form="LINES" />}</dd>
			<dt>Ticket</dt>
			<dd>{ticket === null ? <Erased /> : <VisibleText text={ticket} />}</dd>
			<dt>What</dt>
			<dd>
				{scopeInWords(lease)}
				{recordIds !== null && <Records ids={recordIds} />}
			</dd>
			<dt>How much</dt>
			<dd>{limitsInWords(lease)}</dd>
			<dt>Request hash</dt>
			<dd className="mono quiet">{requestHash}</dd>
		</dl>
	);
}

const Erased = () => <span className="quiet">erased</span>;
