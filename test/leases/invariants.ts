import { type LeaseState, mayTransition } from '../../src/access/index.ts';
import type { TestInstallation } from '../support/installation.ts';

const MOVERS = ['operator', 'firm', 'broker'] as const;

/** Audit actions by state. Each approval has its own entry, whether or not it is the last. */
const ENTRIES: Readonly<Record<Exclude<LeaseState, 'APPROVED'>, string>> = {
	REQUESTED: 'lease.request',
	ACTIVATING: 'lease.activate',
	ACTIVE: 'lease.start',
	EXPIRED: 'lease.expire',
	REVOKED: 'lease.revoke',
	RELEASED: 'lease.release',
	EXHAUSTED: 'lease.exhaust',
	DENIED: 'lease.deny',
	CANCELLED: 'lease.cancel',
	LAPSED: 'lease.lapse',
};
/** States that no person sets, only the program. */
const BY_NOBODY: readonly LeaseState[] = ['ACTIVE', 'EXPIRED', 'EXHAUSTED', 'LAPSED'];

/** All records of a lease. */
export async function recordOf({ admin }: TestInstallation, id: string) {
	const [[lease], events, approvals, [end], [budget], entries, notices] = await Promise.all([
		admin`select * from leases where id = ${id}`,
		admin`select from_state, to_state, acted_by from lease_events where lease_id = ${id} order by at, id`,
		admin`select side, user_id, request_hash from lease_approvals where lease_id = ${id} order by approved_at, user_id`,
		admin`select 1 from lease_ends where lease_id = ${id}`,
		admin`select used::int, budget from lease_budgets where lease_id = ${id}`,
		admin`
			select leaf::jsonb ->> 'action' as action, leaf::jsonb ->> 'plane' as plane, leaf::jsonb ->> 'hash' as hash
			from audit_entries where leaf::jsonb ->> 'lease' = ${id}`,
		admin`select kind from notices where lease_id = ${id}`,
	]);
	const requestHash = lease && Buffer.from(lease.request_hash).toString('hex');
	const told = notices.map(({ kind }) => kind as string).sort();
	const actions = entries.map(({ action }) => action as string).sort();
	return {
		state: lease?.state as LeaseState,
		endedAt: lease?.ended_at as Date | null,
		activatedAt: lease?.activated_at as Date | null,
		events: events.map((row) => [row.from_state, row.to_state] as readonly [LeaseState | null, LeaseState]),
		/** Events with an actor although no person makes this transition. */
		misnamed: events.filter(({ to_state, acted_by }) => BY_NOBODY.includes(to_state) && acted_by !== null).length,
		approvals: approvals.map(({ side }) => side as string),
		/** Approvals of another request. */
		foreign: approvals.filter((row) => Buffer.from(row.request_hash).toString('hex') !== requestHash).length,
		/** Persons who requested or approved the lease. */
		parties: [lease?.requested_by, ...approvals.map(({ user_id }) => user_id)] as readonly string[],
		isMarked: end !== undefined,
		used: budget?.used as number,
		budget: budget?.budget as number | null,
		actions: actions.filter((action) => action !== 'lease.review'),
		/** Entries of persons that don't name exactly this request. */
		unnamed: entries.filter(({ plane, hash }) => plane !== 'broker' && hash !== requestHash).length,
		notices: told.filter((kind) => kind !== 'LEASE_REVIEWED'),
		/** The review, the only change that an ended lease allows, once. */
		review: {
			by: lease?.reviewed_by as string | null,
			at: lease?.reviewed_at as Date | null,
			entries: actions.filter((action) => action === 'lease.review').length,
			notices: told.filter((kind) => kind === 'LEASE_REVIEWED').length,
		},
	};
}

export type LeaseRecord = Awaited<ReturnType<typeof recordOf>>;

/** Checks what must hold for a lease at every moment. Returns the names of violations. */
export function faultsOf(record: LeaseRecord): string[] {
	const { state, events, approvals, isMarked, used, budget, actions, unnamed, notices, review } = record;
	const count = (list: readonly string[], what: string) => list.filter((each) => each === what).length;
	const reached = (of: LeaseState) => events.filter(([, to]) => to === of).length;
	const isEnded = events.at(-1) !== undefined && MOVERS.every((mover) => !leavesBy(state, mover));
	const checks: Readonly<Record<string, boolean>> = {
		'the first event is the request': events[0]?.[0] === null && events[0]?.[1] === 'REQUESTED',
		'each event begins where the last one ended': events.every(
			([from], index) => index === 0 || from === events[index - 1]?.[1],
		),
		'each event is a transition in the table': events
			.slice(1)
			.every(([from, to]) => from !== null && MOVERS.some((mover) => mayTransition(from, to, mover))),
		'the last event is the state': events.at(-1)?.[1] === state,
		'it was activated at most once, and by way of ACTIVATING':
			reached('ACTIVE') <= reached('ACTIVATING') && reached('ACTIVE') <= 1,
		'it was approved before it was activated': reached('ACTIVATING') <= reached('APPROVED'),
		'a person of the platform has approved it': reached('APPROVED') === 0 || count(approvals, 'PLATFORM') > 0,
		'it is ACTIVE only with an activation time': (record.activatedAt !== null) === reached('ACTIVE') > 0,
		'a lease that was in use ended with a mark': !(isEnded && reached('ACTIVATING') > 0) || isMarked,
		'it has an end time exactly if it has ended': (record.endedAt !== null) === isEnded,
		'the budget was kept': budget === null || used <= budget,
		'it is EXHAUSTED only when its budget is used up': reached('EXHAUSTED') === 0 || used === budget,
		'nothing was read before it was active': used === 0 || reached('ACTIVE') > 0,
		'each entry of a person names the request': unnamed === 0,
		'each approval has an entry': count(actions, 'lease.approve') === approvals.length,
		'each approval is for exactly this request': record.foreign === 0,
		'each other transition has one entry with its action':
			actions.filter((action) => action !== 'lease.approve').join() ===
			events
				.flatMap(([, to]) => (to === 'APPROVED' ? [] : [ENTRIES[to]]))
				.sort()
				.join(),
		'no person is named for transitions of the program': record.misnamed === 0,
		'a review has one reviewer, one entry and one notice, and only after the end':
			review.by === null
				? review.at === null && review.entries === 0 && review.notices === 0
				: isEnded && review.at !== null && review.entries === 1 && review.notices === 1,
		'the reviewer had no part in it': review.by === null || !record.parties.includes(review.by),
		'the owners got a notice of the request and of the end':
			count(notices, 'LEASE_REQUESTED') === 1 &&
			count(notices, 'LEASE_ENDED') + count(notices, 'LEASE_DENIED') === (isEnded ? 1 : 0),
	};
	return Object.entries(checks).flatMap(([name, holds]) => (holds ? [] : [name]));
}

const leavesBy = (state: LeaseState, mover: (typeof MOVERS)[number]): boolean =>
	(
		[
			'APPROVED',
			'ACTIVATING',
			'ACTIVE',
			'EXPIRED',
			'REVOKED',
			'RELEASED',
			'EXHAUSTED',
			'DENIED',
			'CANCELLED',
			'LAPSED',
		] as const
	).some((to) => mayTransition(state, to, mover));
