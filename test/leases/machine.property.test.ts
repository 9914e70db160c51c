import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AccessPolicy, hasEnoughApprovals, isStricterPolicy, type LeaseState } from '../../src/access/index.ts';
import type { TestInstallation } from '../support/installation.ts';
import { scale } from '../support/scale.ts';
import { type Action, type Actors, type Cast, openActors, type Player } from './actors.ts';
import { makeCast } from './cast.ts';
import { faultsOf, type LeaseRecord, recordOf } from './invariants.ts';
import { backdate } from './stage.ts';

let installation: TestInstallation;
let cast: Cast;
let actors: Actors;
beforeAll(async () => {
	({ installation, cast } = await makeCast());
	actors = await openActors(installation.config, installation.database, cast);
});
afterAll(async () => {
	await actors?.close();
	await installation?.close();
});

const policies: fc.Arbitrary<AccessPolicy> = fc.record({
	policy: fc.constantFrom('APPROVE', 'APPROVE', 'NOTIFY', 'NEVER'),
	approvers: fc.constantFrom(1, 1, 2),
});
const is = <const T extends readonly [string, ...string[]]>(...words: T): fc.Arbitrary<T[number]> =>
	fc.constantFrom(...words);
const DECIDERS = ['first', 'second', 'owner'] as const;
const PLAYERS = ['requester', ...DECIDERS] as const;
const by = is(...DECIDERS);
const action: fc.Arbitrary<Action> = fc.oneof(
	{ weight: 6, arbitrary: fc.record({ do: is('approve'), by }) },
	{ weight: 1, arbitrary: fc.record({ do: is('approve'), by, other: fc.nat({ max: 63 }) }) },
	{ weight: 1, arbitrary: fc.record({ do: is('deny', 'revoke'), by }) },
	{ weight: 3, arbitrary: fc.record({ do: is('review'), by: is(...PLAYERS) }) },
	{ weight: 1, arbitrary: fc.record({ do: is('cancel', 'release'), by: is('requester') }) },
	{ weight: 4, arbitrary: fc.record({ do: is('activate'), by: is('requester') }) },
	{ weight: 4, arbitrary: fc.record({ do: is('start'), by: is('broker') }) },
	{ weight: 2, arbitrary: fc.record({ do: is('expire', 'lapse', 'withdraw'), by: is('broker') }) },
	{ weight: 3, arbitrary: fc.record({ do: is('exhaust'), by: is('broker') }) },
	{
		weight: 6,
		arbitrary: fc.record({ do: is('read', 'use'), by: is('requester'), values: fc.constantFrom(0, 1, 2, 2, 3, 4) }),
	},
	{ weight: 1, arbitrary: fc.record({ do: is('policy'), by: is('owner'), policy: policies }) },
);
/** Passed time: more than the life of a lease and of a request, or more than a reader's remaining time. */
type Step = Action | 'A DAY' | 'SECONDS';
const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 12, arbitrary: action },
	{ weight: 2, arbitrary: is('A DAY', 'SECONDS', 'SECONDS') },
);

const read = (values: number): Action => ({ do: 'read', by: 'requester', values });
const use = (values: number): Action => ({ do: 'use', by: 'requester', values });
const IN_USE: readonly Action[] = [
	{ do: 'approve', by: 'owner' },
	{ do: 'approve', by: 'first' },
	{ do: 'approve', by: 'second' },
	{ do: 'activate', by: 'requester' },
	{ do: 'start', by: 'broker' },
	read(4),
];
/** The steps to a lease whose budget is used up. Random steps follow after some of these, because random steps alone rarely get far. */
const WAY: readonly Step[] = [...IN_USE, read(2), 'SECONDS'];
const begun = fc.integer({ min: 0, max: WAY.length }).map((count) => WAY.slice(0, count));

const BUDGET = 6;
const ANY: AccessPolicy = { policy: 'NOTIFY', approvers: 1 };
const ENDS: readonly LeaseState[] = ['EXPIRED', 'REVOKED', 'RELEASED', 'EXHAUSTED', 'DENIED', 'CANCELLED', 'LAPSED'];

/** The model of a lease. */
interface Model {
	state: LeaseState;
	policy: AccessPolicy;
	readonly agreed: Set<Player>;
	used: number;
	isOld: boolean;
	/** Reads whose answers may still be in transfer. */
	isBusy: boolean;
	reviewer: Player | null;
}

const CONFLICT = /^CONFLICT$/;
const FORBIDDEN = /^FORBIDDEN$/;
const NOT_ACTIVE = /^LEASE_NOT_ACTIVE$/;
/** Firmseal's error codes or SQLSTATEs, because most of the broker's transitions run here without its checks. */
const OF_BROKER = /^(CONFLICT|23000)$/;

/** The model's error for an action; null if the action succeeds, and then the model has changed. */
function foretell(model: Model, action: Action): RegExp | null {
	const move = (from: readonly LeaseState[], to: LeaseState, holds = true): RegExp | null => {
		if (!holds || !from.includes(model.state)) return action.by === 'broker' ? OF_BROKER : CONFLICT;
		model.state = to;
		return null;
	};
	switch (action.do) {
		case 'approve': {
			if (model.state !== 'REQUESTED' || model.isOld || model.agreed.has(action.by)) return CONFLICT;
			if (action.other !== undefined) return CONFLICT;
			model.agreed.add(action.by);
			const firm = model.agreed.has('owner') ? 1 : 0;
			if (hasEnoughApprovals(model.policy, { platform: model.agreed.size - firm, firm })) model.state = 'APPROVED';
			return null;
		}
		case 'deny':
			return move(['REQUESTED'], 'DENIED');
		case 'cancel':
			return move(['REQUESTED'], 'CANCELLED');
		case 'revoke':
		case 'withdraw':
			return move(['APPROVED', 'ACTIVATING', 'ACTIVE'], 'REVOKED');
		case 'activate':
			return move(['APPROVED'], 'ACTIVATING', !model.isOld);
		case 'start': {
			const refusal = move(['ACTIVATING'], 'ACTIVE');
			// The minutes count from the activation.
			if (!refusal) model.isOld = false;
			return refusal;
		}
		case 'release':
			return move(['ACTIVE'], 'RELEASED');
		case 'expire':
			return move(['ACTIVE'], 'EXPIRED', model.isOld);
		case 'lapse':
			return move(['REQUESTED', 'APPROVED'], 'LAPSED', model.isOld);
		case 'exhaust':
			// The broker also ends an expired lease so.
			return move(['ACTIVE'], 'EXHAUSTED', model.used === BUDGET && !model.isBusy && !model.isOld);
		case 'read':
		case 'use':
			if (model.state !== 'ACTIVE' || model.isOld) return NOT_ACTIVE;
			if (model.used + action.values > BUDGET) return action.do === 'use' ? /^LEASE_SCOPE$/ : NOT_ACTIVE;
			model.used += action.values;
			// A request for missing values takes nothing, and does not keep a used-up lease open.
			if (action.values > 0) model.isBusy = true;
			// The last reader ends the lease, not a request that finds no budget left.
			if (action.do === 'use' && action.values > 0 && model.used === BUDGET) model.state = 'EXHAUSTED';
			return null;
		case 'review':
			if (action.by === 'requester' || model.agreed.has(action.by)) return FORBIDDEN;
			if (!ENDS.includes(model.state) || model.reviewer) return CONFLICT;
			model.reviewer = action.by;
			return null;
		case 'policy': {
			const isTightened = isStricterPolicy(action.policy, model.policy);
			model.policy = action.policy;
			if (!isTightened) return null;
			if (action.policy.policy === 'NEVER') move(['REQUESTED'], 'DENIED');
			move(['APPROVED', 'ACTIVATING', 'ACTIVE'], 'REVOKED');
			return null;
		}
	}
}

/** Possible results of a concurrent action: the model's results in any of the possible states. */
function expectForeseen(action: Action, refusal: string | null): void {
	const isNever = action.do === 'review' ? action.by === 'requester' : 'other' in action;
	expect([action, isNever && refusal === null]).toEqual([action, false]);
	if (refusal !== null) expect(refusal).toMatch(refusalsOf(action));
}

function refusalsOf(action: Action): RegExp {
	if (action.do === 'review') return action.by === 'requester' ? FORBIDDEN : /^(CONFLICT|FORBIDDEN)$/;
	if (action.do === 'use') return /^LEASE_(NOT_ACTIVE|SCOPE)$/;
	if (action.do === 'read') return NOT_ACTIVE;
	return action.by === 'broker' ? OF_BROKER : CONFLICT;
}

const setPolicy = (policy: AccessPolicy, id = '') => actors.attempt(id, '', { do: 'policy', by: 'owner', policy });

async function look(id: string, before: LeaseRecord | null): Promise<LeaseRecord> {
	const record = await recordOf(installation, id);
	expect(faultsOf(record)).toEqual([]);
	if (before && ENDS.includes(before.state))
		expect(record).toEqual(before.review.by === null ? { ...before, review: record.review } : before);
	return record;
}

async function letPass(time: Exclude<Step, Action>, id: string): Promise<void> {
	const by = time === 'A DAY' ? '25 hours' : '7 seconds';
	if (time === 'A DAY') await backdate(installation, id, by);
	await installation.admin`update lease_budgets set used_at = used_at - ${by}::interval where lease_id = ${id}`;
}

/** Ends leases so that no person has too many. */
const end = async (id: string) => {
	for (const what of ['deny', 'revoke'] as const) await actors.attempt(id, '', { do: what, by: 'owner' });
};

async function follow(policy: AccessPolicy, steps: readonly Step[]): Promise<Model> {
	const start = policy.policy === 'NEVER' ? ANY : policy;
	await setPolicy(start);
	const { id, requestHash } = await actors.request({ readBudget: BUDGET });
	const model: Model = {
		state: 'REQUESTED',
		policy: start,
		agreed: new Set(),
		used: 0,
		isOld: false,
		isBusy: false,
		reviewer: null,
	};
	let before = await look(id, null);
	for (const next of steps) {
		if (typeof next === 'string') {
			if (!ENDS.includes(model.state)) await letPass(next, id);
			model.isBusy = false;
			if (next === 'A DAY') model.isOld = true;
			before = await look(id, before);
			continue;
		}
		const foretold = foretell(model, next);
		const refusal = await actors.attempt(id, requestHash, next);
		expect([next, refusal]).toEqual([next, foretold && expect.stringMatching(foretold)]);
		const record = await look(id, before);
		if (refusal !== null) expect(record).toEqual(before);
		expect([record.state, record.used, record.approvals.length, record.review.by]).toEqual([
			model.state,
			model.used,
			model.agreed.size,
			model.reviewer && cast[model.reviewer][0],
		]);
		before = record;
	}
	await end(id);
	return model;
}

const review = (who: Player): Action => ({ do: 'review', by: who });
const exhaust: Action = { do: 'exhaust', by: 'broker' };
const revoke: Action = { do: 'revoke', by: 'owner' };

/** Paths that random steps don't always take. */
it.each<[name: string, steps: readonly Step[], state: LeaseState, reviewer: Player | null]>([
	['the last reader ends a used-up lease', [...IN_USE, use(2), use(1), review('second')], 'EXHAUSTED', 'second'],
	['a reader who finds nothing left ends nothing', [...IN_USE, read(2), use(0), use(1)], 'ACTIVE', null],
	['the broker ends a used-up lease, later', [...IN_USE, read(2), exhaust, 'SECONDS', exhaust], 'EXHAUSTED', null],
	['a lease that is not used up does not end that way', [...IN_USE, use(1), 'SECONDS', exhaust], 'ACTIVE', null],
	[
		'a third person reviews an ended lease, once',
		[...IN_USE, review('second'), revoke, ...PLAYERS.map(review), review('second')],
		'REVOKED',
		'second',
	],
	[
		'an approval of another hash does not count',
		DECIDERS.flatMap((by) => [0, 31, 63].map((other): Action => ({ do: 'approve', by, other }))),
		'REQUESTED',
		null,
	],
])('%s', async (_, steps, state, reviewer) => {
	expect(await follow(ANY, steps)).toMatchObject({ state, reviewer });
});

it('any actions in any order leave a lease as the model predicts', async () => {
	const steps = fc.tuple(begun, fc.array(step, { minLength: 4, maxLength: 14 })).map((parts) => parts.flat());
	await fc.assert(
		fc.asyncProperty(policies, steps, async (policy, all) => void (await follow(policy, all))),
		{ numRuns: scale(100) },
	);
}, 240_000);

it('any actions at the same moment leave consistent records', async () => {
	const batches = fc.array(fc.array(action, { minLength: 2, maxLength: 6 }), { minLength: 2, maxLength: 6 });
	await fc.assert(
		fc.asyncProperty(begun, batches, async (first, together) => {
			await setPolicy(ANY);
			const { id, requestHash } = await actors.request({ readBudget: BUDGET });
			for (const each of first) if (typeof each !== 'string') await actors.attempt(id, requestHash, each);
			let before: LeaseRecord | null = null;
			for (const batch of together) {
				// Lets time pass so that the broker has something to do.
				await letPass('SECONDS', id);
				const refusals = await Promise.all(batch.map((each) => actors.attempt(id, requestHash, each)));
				for (const [index, each] of batch.entries()) expectForeseen(each, refusals[index] ?? null);
				before = await look(id, before);
			}
			await end(id);
		}),
		{ numRuns: scale(60) },
	);
}, 240_000);
