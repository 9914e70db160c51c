import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestInstallation } from '../support/installation.ts';
import { scale } from '../support/scale.ts';
import { bare } from '../system/program.ts';
import { type Action, type Actors, type Cast, openActors } from './actors.ts';
import { makeCast } from './cast.ts';
import { faultsOf, recordOf } from './invariants.ts';
import type { Race } from './racing-process.ts';

const SCRIPT = fileURLToPath(new URL('./racing-process.ts', import.meta.url));
const PROCESSES = 4;
const ROUNDS = scale(12, 3);

let installation: TestInstallation;
let cast: Cast;
let actors: Actors;
let children: ChildProcess[] = [];
beforeAll(async () => {
	({ installation, cast } = await makeCast());
	actors = await openActors(installation.config, installation.database, cast);
	const env = { ...bare(), ...installation.env, CAST: JSON.stringify(cast) };
	children = Array.from({ length: PROCESSES }, () =>
		fork(SCRIPT, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
	);
	await Promise.all(children.map((child) => once(child, 'message')));
});
afterAll(async () => {
	await Promise.all(
		children.map(async (child) => {
			if (child.exitCode !== null || child.signalCode !== null) return;
			const gone = once(child, 'exit');
			child.send('stop');
			const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
			await gone;
			clearTimeout(timer);
		}),
	);
	await actors?.close();
	await installation?.close();
});

type Lease = Pick<Race, 'id' | 'requestHash'>;

/** All processes act at the same moment. Returns their errors in order, null for success. */
async function race(lease: Lease, parts: readonly Action[]): Promise<(string | null)[]> {
	const at = Date.now() + 15;
	return Promise.all(
		parts.map(async (action, index) => {
			const child = children[index % PROCESSES] as ChildProcess;
			const answer = once(child, 'message');
			child.send({ ...lease, action, at } satisfies Race);
			const [told] = (await answer) as [{ refusal: string | null }];
			return told.refusal;
		}),
	);
}

const winners = (refusals: readonly (string | null)[]) => refusals.filter((refusal) => refusal === null).length;

async function look({ id }: Lease) {
	const record = await recordOf(installation, id);
	expect(faultsOf(record)).toEqual([]);
	return record;
}

/** Checks that each error is one of Firmseal's, or the database's refusal of the broker. */
function expectRefusals(refusals: readonly (string | null)[]): void {
	for (const refusal of refusals) if (refusal !== null) expect(refusal).toMatch(/^(CONFLICT|LEASE_NOT_ACTIVE|23000)$/);
}

const approve = (by: 'first' | 'second' | 'owner'): Action => ({ do: 'approve', by });
const deny = (by: 'first' | 'owner'): Action => ({ do: 'deny', by });
const revoke = (by: 'first' | 'owner'): Action => ({ do: 'revoke', by });
const activate: Action = { do: 'activate', by: 'requester' };
const release: Action = { do: 'release', by: 'requester' };
const cancel: Action = { do: 'cancel', by: 'requester' };
const start: Action = { do: 'start', by: 'broker' };
const withdraw: Action = { do: 'withdraw', by: 'broker' };
const read: Action = { do: 'read', by: 'requester', values: 1 };

describe(`${PROCESSES} processes on one database`, () => {
	it('perform each step of a lease once', async () => {
		for (let round = 0; round < ROUNDS; round++) {
			const lease = await actors.request({ readBudget: 1 });
			const yes = await race(lease, [approve('first'), approve('first'), approve('owner'), approve('owner')]);
			expectRefusals(yes);
			expect([winners(yes.slice(0, 2)), winners(yes.slice(2))]).toEqual([1, 1]);
			expect((await look(lease)).state).toBe('APPROVED');
			for (const [step, state] of [
				[activate, 'ACTIVATING'],
				[start, 'ACTIVE'],
			] as const) {
				const refusals = await race(lease, [step, step, step, step]);
				expectRefusals(refusals);
				expect(winners(refusals)).toBe(1);
				expect((await look(lease)).state).toBe(state);
			}
			const reads = await race(lease, [read, read, read, read]);
			expect(winners(reads)).toBe(1);
			const ends = await race(lease, [revoke('owner'), revoke('first'), release, withdraw]);
			expectRefusals(ends);
			expect(winners(ends)).toBe(1);
			const { state, used } = await look(lease);
			expect([['REVOKED', 'RELEASED'].includes(state), used]).toEqual([true, 1]);
		}
	});

	it('end a request once, no matter who approves at the same time', async () => {
		for (let round = 0; round < ROUNDS; round++) {
			const lease = await actors.request();
			const refusals = await race(lease, [deny('owner'), deny('first'), cancel, approve('second')]);
			expectRefusals(refusals);
			expect(winners(refusals.slice(0, 3))).toBe(1);
			const { state, approvals } = await look(lease);
			expect(['DENIED', 'CANCELLED']).toContain(state);
			expect(approvals).toHaveLength(refusals[3] === null ? 1 : 0);
		}
	});

	it('revoke what is being activated, started and read, and nothing is read afterwards', async () => {
		for (let round = 0; round < ROUNDS; round++) {
			const lease = await actors.request();
			for (const step of [approve('owner'), approve('first'), ...(round % 2 ? [activate] : [])])
				await actors.attempt(lease.id, lease.requestHash, step);
			const refusals = await race(lease, [activate, start, revoke('owner'), read]);
			expectRefusals(refusals);
			// In any order, the revocation is last.
			expect(refusals[2]).toBeNull();
			const { state, used } = await look(lease);
			expect(state).toBe('REVOKED');
			const after = await race(lease, [read, read, start, activate]);
			expect(winners(after)).toBe(0);
			expect((await look(lease)).used).toBe(used);
		}
	});

	it('set policies alongside approvals and activations, and end what they no longer allow', async () => {
		for (let round = 0; round < ROUNDS; round++) {
			const set = (policy: 'NOTIFY' | 'NEVER'): Action => ({
				do: 'policy',
				by: 'owner',
				policy: { policy, approvers: 1 },
			});
			const lease = await actors.request();
			await actors.attempt(lease.id, lease.requestHash, set('NOTIFY'));
			if (round % 2) await actors.attempt(lease.id, lease.requestHash, approve('first'));
			const refusals = await race(lease, [set('NEVER'), approve('second'), activate, start]);
			expectRefusals(refusals);
			expect(refusals[0]).toBeNull();
			expect(['DENIED', 'REVOKED']).toContain((await look(lease)).state);
			await actors.attempt(lease.id, lease.requestHash, set('NOTIFY'));
		}
	});
});
