import { type LeaseState, mayMove } from '../../src/access/index.ts';
import type { TestInstallation } from '../support/installation.ts';

const MOVERS = ['operator', 'firm', 'broker'] as const;

/** What is written down of a lease. */
export async function recordOf({ admin }: TestInstallation, id: string) {
	const [lease] = await admin`select * from leases where id = ${id}`;
	const events = await admin`select from_state, to_state from lease_events where lease_id = ${id} order by at, id`;
	const approvals = await admin`select side, user_id from lease_approvals where lease_id = ${id}`;
	const [end] = await admin`select 1 from lease_ends where lease_id = ${id}`;
	const [budget] = await admin`select used::int, budget from lease_budgets where lease_id = ${id}`;
	const entries = await admin`
		select leaf::jsonb ->> 'action' as action, leaf::jsonb ->> 'plane' as plane, leaf::jsonb ->> 'hash' as hash
		from audit_entries where leaf::jsonb ->> 'lease' = ${id}`;
	const requestHash = lease && Buffer.from(lease.request_hash).toString('hex');
	const notices = await admin`select kind from notices where lease_id = ${id}`;
	return {
		state: lease?.state as LeaseState,
		endedAt: lease?.ended_at as Date | null,
		activatedAt: lease?.activated_at as Date | null,
		events: events.map((row) => [row.from_state, row.to_state] as readonly [LeaseState | null, LeaseState]),
		approvals: approvals.map(({ side }) => side as string),
		isMarked: end !== undefined,
		used: budget?.used as number,
		budget: budget?.budget as number | null,
		actions: entries.map(({ action }) => action as string),
		/** Entries of people that don't name exactly this request. */
		unnamed: entries.filter(({ plane, hash }) => plane !== 'broker' && hash !== requestHash).length,
		notices: notices.map(({ kind }) => kind as string),
	};
}

export type LeaseRecord = Awaited<ReturnType<typeof recordOf>>;

/** What must hold of a lease at every moment, whoever has done what to it; the faults by their names. */
export function faultsOf(record: LeaseRecord): string[] {
	const { state, events, approvals, isMarked, used, budget, actions, unnamed, notices } = record;
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
			.every(([from, to]) => from !== null && MOVERS.some((mover) => mayMove(from, to, mover))),
		'the last event is the state': events.at(-1)?.[1] === state,
		'it was activated at most once, and by way of ACTIVATING':
			reached('ACTIVE') <= reached('ACTIVATING') && reached('ACTIVE') <= 1,
		'it was approved before it was activated': reached('ACTIVATING') <= reached('APPROVED'),
		'it was approved by somebody of the platform': reached('APPROVED') === 0 || count(approvals, 'PLATFORM') > 0,
		'it isn’t ACTIVE without a time': (record.activatedAt !== null) === reached('ACTIVE') > 0,
		'what was in use ended by its mark': !(isEnded && reached('ACTIVATING') > 0) || isMarked,
		'it has a time of end exactly when it has ended': (record.endedAt !== null) === isEnded,
		'the budget was kept': budget === null || used <= budget,
		'nothing was read that was never active': used === 0 || reached('ACTIVE') > 0,
		'each entry of people names the request': unnamed === 0,
		'each yes is an entry': count(actions, 'lease.approve') === approvals.length,
		'each other move is one entry':
			actions.filter((action) => action !== 'lease.approve').length === events.length - reached('APPROVED'),
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
	).some((to) => mayMove(state, to, mover));
