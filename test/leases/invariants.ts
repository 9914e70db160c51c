import { type LeaseState, mayTransition } from '../../src/access/index.ts';
import type { TestInstallation } from '../support/installation.ts';

const MOVERS = ['operator', 'firm', 'broker'] as const;

/** What the log calls the move into a state; a yes is its own entry, whether or not it is the last. */
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
/** Nobody moves a lease there: the program does. */
const BY_NOBODY: readonly LeaseState[] = ['ACTIVE', 'EXPIRED', 'EXHAUSTED', 'LAPSED'];

/** What is written down of a lease. */
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
		/** Who has moved it, of moves that are nobody's. */
		misnamed: events.filter(({ to_state, acted_by }) => BY_NOBODY.includes(to_state) && acted_by !== null).length,
		approvals: approvals.map(({ side }) => side as string),
		/** Yeses to another request. */
		foreign: approvals.filter((row) => Buffer.from(row.request_hash).toString('hex') !== requestHash).length,
		/** Who has asked or agreed. */
		parties: [lease?.requested_by, ...approvals.map(({ user_id }) => user_id)] as readonly string[],
		isMarked: end !== undefined,
		used: budget?.used as number,
		budget: budget?.budget as number | null,
		actions: actions.filter((action) => action !== 'lease.review'),
		/** Entries of people that don't name exactly this request. */
		unnamed: entries.filter(({ plane, hash }) => plane !== 'broker' && hash !== requestHash).length,
		notices: told.filter((kind) => kind !== 'LEASE_REVIEWED'),
		/** The one thing of a lease that has ended which may still change, once. */
		review: {
			by: lease?.reviewed_by as string | null,
			at: lease?.reviewed_at as Date | null,
			entries: actions.filter((action) => action === 'lease.review').length,
			notices: told.filter((kind) => kind === 'LEASE_REVIEWED').length,
		},
	};
}

export type LeaseRecord = Awaited<ReturnType<typeof recordOf>>;

/** What must hold of a lease at every moment, whoever has done what to it; the faults by their names. */
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
		'each event is a move of the table': events
			.slice(1)
			.every(([from, to]) => from !== null && MOVERS.some((mover) => mayTransition(from, to, mover))),
		'the last event is the state': events.at(-1)?.[1] === state,
		'it was activated at most once, and by way of ACTIVATING':
			reached('ACTIVE') <= reached('ACTIVATING') && reached('ACTIVE') <= 1,
		'it was approved before it was activated': reached('ACTIVATING') <= reached('APPROVED'),
		'it was approved by somebody of the platform': reached('APPROVED') === 0 || count(approvals, 'PLATFORM') > 0,
		'it isn’t ACTIVE without a time': (record.activatedAt !== null) === reached('ACTIVE') > 0,
		'what was in use ended by its mark': !(isEnded && reached('ACTIVATING') > 0) || isMarked,
		'it has a time of end exactly when it has ended': (record.endedAt !== null) === isEnded,
		'the budget was kept': budget === null || used <= budget,
		'it is EXHAUSTED only when its budget is used up': reached('EXHAUSTED') === 0 || used === budget,
		'nothing was read that was never active': used === 0 || reached('ACTIVE') > 0,
		'each entry of people names the request': unnamed === 0,
		'each yes is an entry': count(actions, 'lease.approve') === approvals.length,
		'each yes is to exactly this request': record.foreign === 0,
		'each other move is one entry of its name':
			actions.filter((action) => action !== 'lease.approve').join() ===
			events
				.flatMap(([, to]) => (to === 'APPROVED' ? [] : [ENTRIES[to]]))
				.sort()
				.join(),
		'what the program does is in nobody’s name': record.misnamed === 0,
		'a review is one sign-off, one entry and one notice, of what has ended':
			review.by === null
				? review.at === null && review.entries === 0 && review.notices === 0
				: isEnded && review.at !== null && review.entries === 1 && review.notices === 1,
		'who reviews had no part in it': review.by === null || !record.parties.includes(review.by),
		'the owners were told of the request and the end':
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
