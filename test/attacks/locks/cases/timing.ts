import { expect, vi } from 'vitest';
import { unguarded } from '../../../leases/forgeries.ts';
import { backdate, until, type Wish } from '../../../leases/stage.ts';
import { untilAdmitted } from '../../../support/ask.ts';
import { untilBlocked } from '../../../support/blocked.ts';
import { LOGINS } from '../../../support/installation.ts';
import { type LockArea, type LockCase, type PreparedRead, readCase } from '../case.ts';
import type { Lock } from '../removals.ts';
import type { LockAnswer, LockStage } from '../stage.ts';
import { expiry } from './expiry.ts';
import { ownTitle } from './inactive-leases.ts';

/** The locks that check the time. A grant lasts until the broker revokes it. */
const OF_TIME: readonly Lock[] = ['resolver', 'database functions', 'row policies'];

interface Meanwhile {
	readonly attack: string;
	readonly expected?: string;
	/** Runs between the key and the answer. The case awaits `after` once the answer has arrived. */
	act(stage: LockStage, lease: string): Promise<{ readonly after: Promise<unknown> } | undefined>;
	undo?(stage: LockStage): Promise<unknown>;
}

/** A change after the key was unwrapped and before the answer is sent: the opened content is withheld. */
const meanwhile = ({ attack, expected, act, undo }: Meanwhile): LockCase =>
	readCase({
		attack,
		expected: expected ?? 'LEASE_NOT_ACTIVE: the opened content is withheld',
		// Only the last check before the answer can refuse: by then all rows and keys are read.
		gates: ['database functions'],
		isUsedUp: true,
		async prepare(stage) {
			const lease = await stage.active();
			const read = ownTitle(stage, lease);
			let after: Promise<unknown> | undefined;
			return {
				...read,
				isWithheld: true,
				async send() {
					stage.removals.onceUnwrapped(async () => {
						after = (await act(stage, lease))?.after;
					});
					const told = await read.send();
					await after;
					return told;
				},
				undo: async () => undo?.(stage),
			};
		},
	});

export const revoke = (stage: LockStage, lease: string) =>
	stage.api.ask(stage.tokens.owner, `mutation { revokeBreakGlass(leaseId: "${lease}") { lease { state } } }`);
const setPolicy = (stage: LockStage, policy: string) =>
	stage.api.ask(
		stage.tokens.owner,
		`mutation { setFirmAccessPolicy(input: { policy: ${policy}, approvers: 1 }) { firm { id } } }`,
	);
/** Ending a lease writes its end mark first, and then waits for the requests that hold the lease. */
const isMarked = (stage: LockStage, lease: string) => async () =>
	(await stage.installation.admin`select 1 from lease_ends where lease_id = ${lease}`).length > 0;

export async function ending(stage: LockStage, lease: string, after: Promise<unknown>) {
	await until(isMarked(stage, lease));
	// Without the lock the revoke does not wait for the answer, so it finishes first.
	await (stage.removals.isRemoved('database functions')
		? after
		: untilBlocked(stage.installation.admin, LOGINS.operator));
	return { after };
}

const ofRequester = (stage: LockStage, set: string) =>
	unguarded(stage, 'operators', `update operators set ${set} where user_id = $1`, [stage.people.requester]);
const ofFirm = (stage: LockStage, status: string) =>
	unguarded(stage, 'firms', 'update firms set status = $2 where id = $1', [stage.firm.id, status]);

/** A document that exceeds the budget. */
const overspends = (attack: string, wish: Wish, query: (stage: LockStage) => string, isBeside = false): LockCase =>
	readCase({
		attack,
		expected: 'LEASE_SCOPE for the whole request',
		gates: ['database functions'],
		// The first batch of the document stays charged to the budget.
		isUsedUp: isBeside,
		async prepare(stage) {
			const lease = await stage.active(wish);
			const request = { query: query(stage), lease };
			return { ...ownTitle(stage, lease), isBeside, send: () => stage.send(request) };
		},
	});

/** Shifts the clock of the API's machine. Timers and the monotonic clock stay. */
async function atClock<T>(hours: number, work: () => Promise<T>): Promise<T> {
	vi.useFakeTimers({ now: Date.now() + hours * 3_600_000, toFake: ['Date'] });
	try {
		return await work();
	} finally {
		vi.useRealTimers();
	}
}

/** A read under an expired lease through an API with a wrong clock. An active lease still works there. */
const wrongClock = (attack: string, hours: number): LockCase =>
	readCase({
		attack,
		expected: 'LEASE_NOT_ACTIVE, and an active lease still works: only the database’s clock decides',
		gates: OF_TIME,
		async prepare(stage) {
			const { admin, token } = stage.installation;
			const [row] = await admin`select email from users where id = ${stage.people.requester}`;
			// With a slow clock, the token is made by that clock: a token from the future would be refused.
			const lasting = await atClock(Math.min(hours, 0), () => token(row?.email, 3 * 3_600));
			const active = ownTitle(stage, await stage.active(), lasting);
			expect((await atClock(hours, active.send)).text).toContain(active.target);
			const over = await stage.active();
			await backdate(stage.installation, over, '31 minutes');
			const read = ownTitle(stage, over, lasting);
			return { ...read, send: () => atClock(hours, read.send) };
		},
	});

/** A hundred concurrent requests against a budget of one value. */
const race: LockCase = {
	attack: 'A hundred concurrent requests, under a budget of one value',
	expected:
		'Exactly one is answered, the others get LEASE_SCOPE or LEASE_NOT_ACTIVE. Without the lock, more are answered',
	gates: ['database functions'],
	async run(stage) {
		const count = async (lease: string): Promise<[told: number, used: number, codes: string[]]> => {
			const read = ownTitle(stage, lease);
			const all = await Promise.all(Array.from({ length: 100 }, () => untilAdmitted(read.send)));
			const [row] = await stage.installation.admin`select used from lease_budgets where lease_id = ${lease}`;
			const codes = new Set(all.flatMap(({ errors }) => errors.map(({ extensions }) => extensions.code)));
			return [all.filter(({ text }: LockAnswer) => text.includes(read.target)).length, Number(row?.used), [...codes]];
		};
		const [told, used, codes] = await count(await stage.active({ readBudget: 1 }));
		expect([told, used]).toEqual([1, 1]);
		for (const code of codes) expect(['LEASE_SCOPE', 'LEASE_NOT_ACTIVE']).toContain(code);
		const lease = await stage.active({ readBudget: 1 });
		const [without] = await stage.removals.without(['database functions'], stage.firm.id, () => count(lease));
		expect(without).toBeGreaterThan(1);
	},
};

const setBack: LockCase = readCase({
	attack: 'The database’s clock is set back by an hour, to prolong leases',
	expected: 'LEASE_NOT_ACTIVE until the clock catches up or two approvers reset its high-water mark',
	gates: OF_TIME,
	async prepare(stage): Promise<PreparedRead> {
		const { admin } = stage.installation;
		const read = ownTitle(stage, await stage.active());
		await admin`update clock_high_water_marks set at = clock_timestamp() + interval '1 hour'`;
		return { ...read, undo: () => admin`update clock_high_water_marks set at = clock_timestamp()` };
	},
});

export const timing: LockArea = {
	title: 'Budgets, clocks, and changes during a request',
	cases: [
		overspends(
			'A title and a body, under a budget of one value',
			{ readBudget: 1 },
			({ ours }) => `{ note(id: "${ours.ids.note}") { title body } }`,
		),
		overspends(
			'The same title under two aliases, under a budget of one value',
			{ readBudget: 1 },
			({ ours }) => `{ note(id: "${ours.ids.note}") { a: title b: title } }`,
		),
		overspends(
			'The same title by two paths and a list, under a budget of two values',
			{ readBudget: 2 },
			({ ours, firm }) =>
				`{ note(id: "${ours.ids.note}") { title } node(id: "${ours.ids.note}") { ... on Note { title } }
				notes(firmId: "${firm.id}") { nodes { title } } }`,
			true,
		),
		race,
		meanwhile({
			attack: 'The owner revokes the lease while a key is being unwrapped',
			expected: 'LEASE_NOT_ACTIVE, withheld; the revoke waits for that answer. Without the lock, it doesn’t wait',
			act: async (stage, lease) => ending(stage, lease, revoke(stage, lease)),
		}),
		meanwhile({
			attack: 'The owner sets the policy to NEVER while a key is being unwrapped',
			act: async (stage, lease) => ending(stage, lease, setPolicy(stage, 'NEVER')),
			undo: (stage) => setPolicy(stage, 'APPROVE'),
		}),
		meanwhile({
			attack: 'The operator is disabled while a key is being unwrapped',
			async act(stage) {
				await ofRequester(stage, 'disabled_at = now()');
				return undefined;
			},
			undo: (stage) => ofRequester(stage, 'disabled_at = null'),
		}),
		meanwhile({
			attack: 'The operator loses the role while a key is being unwrapped',
			async act(stage) {
				await ofRequester(stage, `roles = '{AUDITOR}'`);
				return undefined;
			},
			undo: (stage) => ofRequester(stage, `roles = '{OPERATOR}'`),
		}),
		meanwhile({
			attack: 'The operator’s account is disabled while a key is being unwrapped',
			async act(stage) {
				const { admin } = stage.installation;
				await admin`update users set disabled_at = now() where id = ${stage.people.requester}`;
				return undefined;
			},
			undo: ({ installation: { admin }, people }) =>
				admin`update users set disabled_at = null where id = ${people.requester}`,
		}),
		meanwhile({
			attack: 'The firm is suspended while a key is being unwrapped',
			async act(stage) {
				await ofFirm(stage, 'SUSPENDED');
				return undefined;
			},
			undo: (stage) => ofFirm(stage, 'ACTIVE'),
		}),
		meanwhile({
			attack: 'The database’s clock is set back while a key is being unwrapped',
			async act({ installation: { admin } }) {
				await admin`update clock_high_water_marks set at = clock_timestamp() + interval '1 hour'`;
				return undefined;
			},
			undo: ({ installation: { admin } }) => admin`update clock_high_water_marks set at = clock_timestamp()`,
		}),
		readCase({
			attack: 'The firm was suspended after the lease became active',
			expected: 'LEASE_NOT_ACTIVE while the firm is suspended',
			gates: ['database functions', 'row policies'],
			async prepare(stage) {
				const read = ownTitle(stage, await stage.active());
				await ofFirm(stage, 'SUSPENDED');
				return { ...read, undo: () => ofFirm(stage, 'ACTIVE') };
			},
		}),
		readCase({
			attack: 'The policy was tightened after the lease became active',
			expected: 'LEASE_NOT_ACTIVE: the change revokes the lease',
			gates: ['resolver', 'database functions', 'row policies', 'key'],
			async prepare(stage) {
				const lease = await stage.active();
				expect((await setPolicy(stage, 'NEVER')).errors).toEqual([]);
				await stage.broker.clear(await stage.idOf(lease));
				return { ...ownTitle(stage, lease), undo: () => setPolicy(stage, 'APPROVE') };
			},
		}),
		expiry,
		setBack,
		wrongClock('An expired lease, at an API whose clock is an hour behind', -1),
		wrongClock('An expired lease, at an API whose clock is an hour ahead', 1),
	],
};
