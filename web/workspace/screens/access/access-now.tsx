import { useState } from 'react';
import type { LeaseTermsFragment } from '../../../kit/api/workspace.generated.ts';
import { LeaseStateBadge } from '../../../kit/lease/index.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { visibleLine } from '../../../kit/text/visible-line.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { scopeInWords } from '../../needs/scope-in-words.ts';
import { Account } from './people.tsx';
import { RevokeLease } from './revoke-lease.tsx';

interface AccessNowProps {
	readonly active: readonly LeaseTermsFragment[];
	/** Approved leases, which may become active at any time. */
	readonly ready: readonly LeaseTermsFragment[];
	/** Whether the log does not verify, so that the server's word is worth less. */
	readonly isDoubtful: boolean;
}

/** Who of the platform can read what at this moment. */
export function AccessNow({ active, ready, isDoubtful }: AccessNowProps) {
	const [revoked, setRevoked] = useState<readonly (string | null)[]>([]);
	const onRevoked = (endedAt: string | null) => setRevoked((before) => [...before, endedAt]);
	return (
		<section className="stack" aria-labelledby="now">
			<h2 id="now">Who can read your content now</h2>
			<div role="status" className="stack tight">
				{revoked.map((endedAt) => (
					<p className="note good" key={endedAt}>
						{endedAt === null ? (
							'The access is revoked: nothing more is opened under it.'
						) : (
							<>
								The access is revoked: since <Time at={endedAt} show="second" /> nothing is opened under it.
							</>
						)}
					</p>
				))}
				{active.length === 0 ? (
					<p className={isDoubtful ? 'note warn' : 'note good'}>
						<strong>
							{isDoubtful
								? 'The server says that no one of the platform can read your content, but its log does not verify.'
								: 'No one of the platform can read your content.'}
						</strong>
					</p>
				) : (
					<p className="note warn">
						<strong>
							{active.length === 1 ? 'One operator' : `${active.length} operators`} of the platform can read content of
							yours now.
						</strong>
					</p>
				)}
			</div>
			{ready.length > 0 && (
				<p>
					{ready.length === 1 ? 'One request is' : `${ready.length} requests are`} approved: the operator can begin at
					any time.
				</p>
			)}
			{[...active, ...ready].map((lease) => (
				<LeaseCard key={lease.id} lease={lease} onRevoked={onRevoked} />
			))}
		</section>
	);
}

interface LeaseCardProps {
	readonly lease: LeaseTermsFragment;
	readonly onRevoked: (endedAt: string | null) => void;
}

function LeaseCard({ lease, onRevoked }: LeaseCardProps) {
	const { id, state, purpose, reason, ticket, requestedById, expiresAt, used, readBudget } = lease;
	return (
		<article className="card stack tight" aria-label={visibleLine(`Lease ${ticket ?? id}`)}>
			<div className="row apart">
				<h3>
					<a href={`#/access/${id}`}>{scopeInWords(lease)}</a>
				</h3>
				<LeaseStateBadge state={state} />
			</div>
			<dl className="facts lease-facts">
				<dt>Who</dt>
				<dd>
					<Account id={requestedById} requester={requestedById} />
				</dd>
				<dt>Why</dt>
				<dd>
					{showConstant(purpose)} {ticket && <VisibleText text={ticket} />}
					{reason && (
						<p>
							<VisibleText text={reason} form="LINES" />
						</p>
					)}
				</dd>
				{expiresAt && (
					<>
						<dt>Until</dt>
						<dd>
							<Time at={expiresAt} show="second" />
						</dd>
					</>
				)}
				<dt>Read so far</dt>
				<dd>
					{used.toLocaleString()} {used === 1 ? 'value' : 'values'}
					{readBudget !== null && ` of at most ${readBudget.toLocaleString()}`}
				</dd>
			</dl>
			<div>
				<RevokeLease id={id} onRevoked={onRevoked} />
			</div>
		</article>
	);
}
