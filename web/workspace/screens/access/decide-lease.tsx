import { useMutation } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { isTerminal } from '../../../../src/access/lease-state-machine.ts';
import { isConflict } from '../../../kit/api/index.ts';
import {
	ApproveBreakGlassDocument,
	DenyBreakGlassDocument,
	type LeaseState,
	type LeaseStoryFragment,
} from '../../../kit/api/workspace.generated.ts';
import {
	HashMismatch,
	lapsesAt,
	leaseStateInWords,
	ReasonField,
	reasonOf,
	UnsentReason,
	useHashCheck,
} from '../../../kit/lease/index.ts';
import { Confirm } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { limitsInWords, scopeInWords } from '../../needs/scope-in-words.ts';
import { useViewer } from '../../viewer.ts';

interface DecideLeaseProps {
	readonly lease: LeaseStoryFragment;
	/** Reads the lease again. */
	readonly onDecided: () => Promise<unknown>;
}

/** Approve or deny a request, with the whole of it in view above. */
export function DecideLease({ lease, onDecided }: DecideLeaseProps) {
	const firm = useViewer().firm?.id ?? '';
	const { calculated, result } = useHashCheck(lease, firm);
	const [said, setSaid] = useState('');
	const [reason, setReason] = useState('');
	const seen = useRef<LeaseState>(lease.state);
	const [approve] = useMutation(ApproveBreakGlassDocument);
	const [deny] = useMutation(DenyBreakGlassDocument);

	/** A person who decides at the same time as another is told what has become of the request. */
	async function decide(act: () => Promise<unknown>, done: string) {
		try {
			await act();
			setSaid(done);
			setReason('');
			seen.current = 'APPROVED';
		} catch (error) {
			if (!isConflict(error)) throw error;
			setSaid('Your decision was not taken, because the request has changed meanwhile.');
		}
		await onDecided();
	}

	const own = lease.approvals.some(({ side }) => side === 'FIRM');
	const isOver = lease.state !== 'REQUESTED' && lease.state !== 'LAPSED';
	if (isOver && said === '' && seen.current !== 'REQUESTED') return null;
	return (
		<section className="stack" aria-labelledby="decide">
			<h2 id="decide">Your decision</h2>
			<p role="status">{said}</p>
			{lease.state !== 'REQUESTED' && <Decided lease={lease} wasOpen={seen.current === 'REQUESTED'} typed={reason} />}
			{lease.state === 'REQUESTED' && (
				<>
					<p>
						The request lapses at <Time at={lapsesAt(lease)} /> if no one decides.
					</p>
					{(result === 'DIFFERENT' || result === 'PARTLY_SHOWN') && <HashMismatch />}
					{own && <p className="note">Your firm has approved this request. It waits for the platform.</p>}
					<div className="row">
						{!own && result === 'EXACT' && calculated !== null && (
							<Confirm
								label="Approve"
								title="Approve this access?"
								confirm="Approve exactly this"
								onConfirm={() =>
									decide(
										() =>
											approve({
												variables: { leaseId: lease.id, requestHash: calculated, reason: reasonOf(reason) },
											}),
										'You have approved the request.',
									)
								}
							>
								<ScopeOf lease={lease} />
								<p>
									Your approval holds for exactly this request, which your browser has checked, and for nothing else.
									You can revoke the access at any time.
								</p>
								<ReasonField value={reason} onChange={setReason} />
							</Confirm>
						)}
						<Confirm
							label="Deny"
							isDangerous
							title="Deny this request?"
							confirm="Deny"
							onConfirm={() =>
								decide(
									() => deny({ variables: { leaseId: lease.id, reason: reasonOf(reason) } }),
									'You have denied the request: nothing is opened.',
								)
							}
						>
							<p>Nothing is opened. The person who asked is told, and would have to ask again.</p>
							<ReasonField value={reason} onChange={setReason} />
						</Confirm>
					</div>
				</>
			)}
		</section>
	);
}

interface DecidedProps {
	readonly lease: LeaseStoryFragment;
	/** Whether this person had it open when it was decided, and did not decide it. */
	readonly wasOpen: boolean;
	/** The reason that they were writing. */
	readonly typed: string;
}

/** What stands now, where the person could decide before. */
function Decided({ lease, wasOpen, typed }: DecidedProps) {
	const { state, endedAt } = lease;
	const isStale = state === 'LAPSED' || (wasOpen && isTerminal(state));
	return (
		<>
			<p className={isStale ? 'note warn' : 'quiet'} role={wasOpen ? 'alert' : undefined}>
				{wasOpen && <strong>Changed meanwhile. </strong>}
				{isStale && 'This request is stale. '}
				There is nothing more to decide. State: {leaseStateInWords(state).toLowerCase()}
				{endedAt && (
					<>
						{' '}
						(<Time at={endedAt} />)
					</>
				)}
				.{wasOpen && ' The story above says who did it, and why.'}
			</p>
			{wasOpen && <UnsentReason reason={typed} />}
		</>
	);
}

/** What the platform may read after an approval, in a few words: the page with the whole request is behind the dialog. */
const ScopeOf = ({ lease }: { readonly lease: LeaseStoryFragment }) => (
	<dl className="facts">
		<dt>What</dt>
		<dd>{scopeInWords(lease)}</dd>
		<dt>How much</dt>
		<dd>{limitsInWords(lease)}</dd>
	</dl>
);
