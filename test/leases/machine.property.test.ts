import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AccessPolicy, isAgreed, isTighter, type LeaseState } from '../../src/access/index.ts';
import type { TestInstallation } from '../support/installation.ts';
import { type Action, type Actors, openActors } from './actors.ts';
import { makeCast } from './cast.ts';
import { faultsOf, type LeaseRecord, recordOf } from './invariants.ts';
import { backdate } from './stage.ts';

let installation: TestInstallation;
let actors: Actors;
beforeAll(async () => {
	const made = await makeCast();
	installation = made.installation;
	actors = await openActors(installation.config, installation.database, made.cast);
});
afterAll(async () => {
	await actors?.close();
	await installation?.close();
});

const policies: fc.Arbitrary<AccessPolicy> = fc.record({
	policy: fc.constantFrom('APPROVE', 'APPROVE', 'NOTIFY', 'NEVER'),
	approvers: fc.constantFrom(1, 1, 2),
});
const by = fc.constantFrom('first' as const, 'second' as const, 'owner' as const);
const action: fc.Arbitrary<Action> = fc.oneof(
	{ weight: 6, arbitrary: fc.record({ do: fc.constant('approve' as const), by }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constantFrom('deny' as const, 'revoke' as const), by }) },
	{
		weight: 1,
		arbitrary: fc.record({
			do: fc.constantFrom('cancel' as const, 'release' as const),
			by: fc.constant('requester' as const),
		}),
	},
	{ weight: 4, arbitrary: fc.record({ do: fc.constant('activate' as const), by: fc.constant('requester' as const) }) },
	{ weight: 4, arbitrary: fc.record({ do: fc.constant('start' as const), by: fc.constant('broker' as const) }) },
	{
		weight: 2,
		arbitrary: fc.record({
			do: fc.constantFrom('expire' as const, 'lapse' as const, 'withdraw' as const),
			by: fc.constant('broker' as const),
		}),
	},
	{
		weight: 4,
		arbitrary: fc.record({
			do: fc.constant('read' as const),
			by: fc.constant('requester' as const),
			values: fc.integer({ min: 1, max: 4 }),
		}),
	},
	{
		weight: 1,
		arbitrary: fc.record({ do: fc.constant('policy' as const), by: fc.constant('owner' as const), policy: policies }),
	},
);
/** The way to a lease in use. Whatever comes next, comes after so many of its steps: by chance alone nobody gets far. */
const WAY: readonly Action[] = [
	{ do: 'approve', by: 'owner' },
	{ do: 'approve', by: 'first' },
	{ do: 'approve', by: 'second' },
	{ do: 'activate', by: 'requester' },
	{ do: 'start', by: 'broker' },
];
const begun = fc.integer({ min: 0, max: WAY.length }).map((count) => WAY.slice(0, count));
/** null: time goes by, more than a lease lasts and a request waits. */
const step = fc.oneof({ weight: 12, arbitrary: action }, { weight: 2, arbitrary: fc.constant(null) });

const BUDGET = 6;
const ANY: AccessPolicy = { policy: 'NOTIFY', approvers: 1 };
const ENDS: readonly LeaseState[] = ['EXPIRED', 'REVOKED', 'RELEASED', 'EXHAUSTED', 'DENIED', 'CANCELLED', 'LAPSED'];

/** What a lease is in theory. */
interface Model {
	state: LeaseState;
	policy: AccessPolicy;
	readonly agreed: Set<string>;
	used: number;
	isOld: boolean;
}

/** Whether the model lets the action succeed; if so, does it. */
function foretell(model: Model, action: Action): boolean {
	const move = (from: readonly LeaseState[], to: LeaseState, holds = true): boolean => {
		if (!holds || !from.includes(model.state)) return false;
		model.state = to;
		return true;
	};
	switch (action.do) {
		case 'approve': {
			if (model.state !== 'REQUESTED' || model.isOld || model.agreed.has(action.by)) return false;
			model.agreed.add(action.by);
			const firm = model.agreed.has('owner') ? 1 : 0;
			if (isAgreed(model.policy, { platform: model.agreed.size - firm, firm })) model.state = 'APPROVED';
			return true;
		}
		case 'deny':
			return move(['REQUESTED'], 'DENIED');
		case 'cancel':
			return move(['REQUESTED'], 'CANCELLED');
		case 'revoke':
			return move(['APPROVED', 'ACTIVATING', 'ACTIVE'], 'REVOKED');
		case 'withdraw':
			return move(['APPROVED', 'ACTIVATING', 'ACTIVE'], 'REVOKED');
		case 'activate':
			return move(['APPROVED'], 'ACTIVATING', !model.isOld);
		case 'start': {
			const started = move(['ACTIVATING'], 'ACTIVE');
			// From now on for its minutes, however long it was waited for.
			if (started) model.isOld = false;
			return started;
		}
		case 'release':
			return move(['ACTIVE'], 'RELEASED');
		case 'expire':
			return move(['ACTIVE'], 'EXPIRED', model.isOld);
		case 'lapse':
			return move(['REQUESTED', 'APPROVED'], 'LAPSED', model.isOld);
		case 'read':
			if (model.state !== 'ACTIVE' || model.isOld || model.used + action.values > BUDGET) return false;
			model.used += action.values;
			return true;
		case 'policy': {
			const isTightened = isTighter(action.policy, model.policy);
			model.policy = action.policy;
			if (!isTightened) return true;
			if (action.policy.policy === 'NEVER') move(['REQUESTED'], 'DENIED');
			move(['APPROVED', 'ACTIVATING', 'ACTIVE'], 'REVOKED');
			return true;
		}
	}
}

/** A refusal of ours, or the database's own to the broker: nothing unforeseen. */
const REFUSED = /^(CONFLICT|LEASE_NOT_ACTIVE|23000)$/;

const setPolicy = (policy: AccessPolicy, id = '') => actors.attempt(id, '', { do: 'policy', by: 'owner', policy });

async function look(id: string, before: LeaseRecord | null): Promise<LeaseRecord> {
	const record = await recordOf(installation, id);
	expect(faultsOf(record)).toEqual([]);
	if (before && ENDS.includes(before.state)) expect({ ...record, used: before.used }).toEqual(before);
	return record;
}

/** So that no person has too many. */
const end = async (id: string) => {
	for (const what of ['deny', 'revoke'] as const) await actors.attempt(id, '', { do: what, by: 'owner' });
};

it('whoever does whatever, in any order, a lease is what the model says', async () => {
	await fc.assert(
		fc.asyncProperty(policies, begun, fc.array(step, { minLength: 4, maxLength: 14 }), async (policy, first, then) => {
			const start = policy.policy === 'NEVER' ? ANY : policy;
			await setPolicy(start);
			const { id, requestHash } = await actors.request({ readBudget: BUDGET });
			const model: Model = { state: 'REQUESTED', policy: start, agreed: new Set(), used: 0, isOld: false };
			let before: LeaseRecord | null = null;
			for (const next of [...first, ...then]) {
				if (next === null) {
					if (!ENDS.includes(model.state)) await backdate(installation, id, '25 hours');
					model.isOld = true;
				} else {
					const refusal = await actors.attempt(id, requestHash, next);
					if (refusal !== null) expect(refusal).toMatch(REFUSED);
					expect([next, refusal === null]).toEqual([next, foretell(model, next)]);
				}
				before = await look(id, before);
				expect([before.state, before.used, before.approvals.length]).toEqual([
					model.state,
					model.used,
					model.agreed.size,
				]);
			}
			await end(id);
		}),
		{ numRuns: 100 },
	);
}, 240_000);

it('whoever does whatever at the same moment, what is written down fits together', async () => {
	const batches = fc.array(fc.array(action, { minLength: 2, maxLength: 6 }), { minLength: 2, maxLength: 6 });
	await fc.assert(
		fc.asyncProperty(begun, batches, async (first, together) => {
			await setPolicy(ANY);
			const { id, requestHash } = await actors.request({ readBudget: BUDGET });
			for (const each of first) await actors.attempt(id, requestHash, each);
			let before: LeaseRecord | null = null;
			for (const batch of together) {
				const refusals = await Promise.all(batch.map((each) => actors.attempt(id, requestHash, each)));
				for (const refusal of refusals) if (refusal !== null) expect(refusal).toMatch(REFUSED);
				before = await look(id, before);
			}
			await end(id);
		}),
		{ numRuns: 60 },
	);
}, 240_000);
