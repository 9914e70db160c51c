import type { ReactNode } from 'react';
import type { LeaseDetailsFragment, LeaseState } from '../../kit/api/operator.generated.ts';
import { type LeaseStep, LeaseTimeline, ReasonGiven } from '../../kit/lease/index.ts';
import { AccountOf, type RecentLeases, useRecentLeases } from '../recent-leases/index.ts';

type Lease = LeaseDetailsFragment;

const TITLES: Readonly<Record<LeaseState, readonly [title: string, tone?: LeaseStep['tone']]>> = {
	REQUESTED: ['Asked for'],
	APPROVED: ['All required approvals given', 'good'],
	ACTIVATING: ['Activation asked for'],
	ACTIVE: ['Activated: content could be read from then on', 'warn'],
	EXPIRED: ['Ended: its time was over'],
	REVOKED: ['Revoked', 'bad'],
	RELEASED: ['Given back by the requester'],
	EXHAUSTED: ['Ended: its read budget was used up'],
	DENIED: ['Denied', 'bad'],
	CANCELLED: ['Withdrawn by the requester'],
	LAPSED: ['Lapsed: no one decided or activated it in time'],
};

/** Everything that has happened to a lease, and by whom. It stays after the lease has ended. */
export function LeaseStory({ lease }: { readonly lease: Lease }) {
	const { people } = useRecentLeases();
	return <LeaseTimeline label="What happened to the lease" steps={stepsOf(lease, peopleOf(lease, people))} />;
}

type People = RecentLeases['people'];

/** The people of the lease itself, which may be older than the newest leases. */
const peopleOf = ({ requestedById, requester, approvals, denial }: Lease, others: People): People =>
	new Map([
		...others,
		...(requester ? [[requestedById, requester] as const] : []),
		...[...approvals, ...(denial ? [denial] : [])].flatMap(({ userId, user }) =>
			userId && user ? [[userId, user] as const] : [],
		),
	]);

const who = (id: string | null, people: People): ReactNode =>
	id === null ? 'the program itself' : <AccountOf id={id} people={people} />;

function stepsOf(
	{ approvals, denial, events, reviewedAt, reviewedById, used }: Lease,
	people: People,
): readonly LeaseStep[] {
	const changes = events.map(({ toState, actorId, at }): LeaseStep => {
		const [title, tone] = TITLES[toState];
		// The last approval says who; the change of state is its consequence.
		const by = toState === 'APPROVED' ? {} : { by: who(actorId, people) };
		const why = toState === 'DENIED' && denial?.reason ? { detail: <ReasonGiven reason={denial.reason} /> } : {};
		return { key: toState, title, at, ...by, ...why, ...(tone && { tone }) };
	});
	const given = approvals.map(
		({ side, userId, approvedAt, reason }): LeaseStep => ({
			key: `${side} ${userId}`,
			title: side === 'FIRM' ? 'Approved for the firm' : 'Approved for the platform',
			at: approvedAt,
			by: who(userId, people),
			tone: 'good',
			...(reason && { detail: <ReasonGiven reason={reason} /> }),
		}),
	);
	const steps = [...given, ...changes].sort((one, other) => Date.parse(one.at ?? '') - Date.parse(other.at ?? ''));
	if (reviewedAt !== null)
		steps.push({ key: 'REVIEWED', title: 'Reviewed', at: reviewedAt, by: who(reviewedById, people), tone: 'good' });
	return steps.map((step) =>
		step.key === 'ACTIVE'
			? { ...step, detail: <p>{used === 1 ? '1 value' : `${used.toLocaleString()} values`} read under it.</p> }
			: step,
	);
}
