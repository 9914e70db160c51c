import { useState } from 'react';
import type { BreakGlassLeaseQuery } from '../../../kit/api/operator.generated.ts';
import { LeaseStateBadge, leaseStateInWords, useHashCheck } from '../../../kit/lease/index.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { hasOwnActs, OwnLeaseActs, useLeaseUse } from '../../lease-in-use/index.ts';
import { LeaseRequest, LeaseStory, Openings } from '../../leases/index.ts';
import { LiveChange, OutcomeNote, useOutcome } from '../../outcome/index.ts';
import { useViewer } from '../../viewer.ts';
import { LeaseActs } from './lease-acts.tsx';
import { LeaseApprovals } from './lease-approvals.tsx';
import { LeaseClock, useMinutes } from './lease-clock.tsx';
import { isStale } from './lease-rights.ts';

export type Lease = NonNullable<BreakGlassLeaseQuery['breakGlassLease']>;

interface LeaseViewProps {
	readonly lease: Lease;
	readonly reload: () => Promise<unknown>;
}

/** A lease: what was asked, who agreed, what can be done now, and everything that has happened. */
export function LeaseView({ lease, reload }: LeaseViewProps) {
	const viewer = useViewer();
	// What the person has read. A later answer with another hash must not be approved unseen.
	const [readHash, setReadHash] = useState(lease.requestHash);
	const hash = useHashCheck(lease, lease.firm.id);
	const { outcome, attempt, isRunning } = useOutcome(reload);
	const isOwn = lease.requestedById === viewer.id;
	const maySeeOpenings = isOwn || viewer.operatorRoles.some((role) => role === 'APPROVER' || role === 'AUDITOR');
	return (
		<>
			<header>
				<h1>
					{showConstant(lease.purpose)} {lease.ticket && <VisibleText text={lease.ticket} />}
				</h1>
				<LeaseStateBadge state={lease.state} />
			</header>
			<OutcomeNote outcome={outcome} />
			{!isOwn && <LiveChange state={leaseStateInWords(lease.state)} outcome={outcome} isRunning={isRunning} />}
			<LeaseClock lease={lease} />
			{readHash !== lease.requestHash && (
				<div className="note bad stack tight" role="alert">
					<p>
						<strong>This is not the request that you have read.</strong> Requests never change, so do not approve it
						before you know why this one did.
					</p>
					<div>
						<button type="button" onClick={() => setReadHash(lease.requestHash)}>
							I have read it again
						</button>
					</div>
				</div>
			)}
			{isOwn && <OwnActs lease={lease} reload={reload} />}
			<LeaseRequest lease={lease} hash={hash} />
			<LeaseApprovals lease={lease} />
			<LeaseActs lease={lease} readHash={readHash} hash={hash} attempt={attempt} />
			<section className="card stack" aria-labelledby="story">
				<h2 id="story">What happened</h2>
				<LeaseStory lease={lease} />
			</section>
			{lease.activatedAt !== null && maySeeOpenings && (
				<section className="stack" aria-labelledby="openings">
					<h2 id="openings">What was opened</h2>
					<p className="hint">Fields and records from the audit log. The log records that you look.</p>
					<Openings key={lease.used} lease={lease.id} />
				</section>
			)}
		</>
	);
}

/** For the requester. The lease in use has its buttons above every screen, and needs no others. */
function OwnActs({ lease, reload }: LeaseViewProps) {
	const { chosen } = useLeaseUse();
	const isOperator = useViewer().operatorRoles.includes('OPERATOR');
	const now = useMinutes();
	if (!isOperator || !hasOwnActs(lease) || isStale(lease, now) || chosen?.id === lease.id) return null;
	return (
		<section className="row" aria-label="Your lease">
			<OwnLeaseActs lease={lease} onActed={reload} />
		</section>
	);
}
