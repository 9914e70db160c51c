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

/** What the database says of the moment; a grant lasts until the broker takes it. */
const OF_TIME: readonly Lock[] = ['resolver', 'database functions', 'row policies'];

interface Meanwhile {
	readonly attack: string;
	readonly expected?: string;
	/** Done between the key and the answer. What it answers is waited for after the answer. */
	act(stage: LockStage, lease: string): Promise<{ readonly after: Promise<unknown> } | undefined>;
	undo?(stage: LockStage): Promise<unknown>;
}

/** Something happens after the key was unwrapped, and before the answer leaves: what was opened is withheld. */
const meanwhile = ({ attack, expected, act, undo }: Meanwhile): LockCase =>
	readCase({
		attack,
		expected: expected ?? 'LEASE_NOT_ACTIVE: what was opened already is withheld',
		// The lease is asked for once more before the answer leaves; nothing is read any more then, and no key is asked for.
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
/** Whoever ends a lease in use marks it first, and then waits for those who hold it. */
const isMarked = (stage: LockStage, lease: string) => async () =>
	(await stage.installation.admin`select 1 from lease_ends where lease_id = ${lease}`).length > 0;

export async function ending(stage: LockStage, lease: string, after: Promise<unknown>) {
	await until(isMarked(stage, lease));
	// Whoever need not wait for the answer is through before it leaves.
	await (stage.removals.isRemoved('database functions')
		? after
		: untilBlocked(stage.installation.admin, LOGINS.operator));
	return { after };
}

const ofRequester = (stage: LockStage, set: string) =>
	unguarded(stage, 'operators', `update operators set ${set} where user_id = $1`, [stage.people.requester]);
const ofFirm = (stage: LockStage, status: string) =>
	unguarded(stage, 'firms', 'update firms set status = $2 where id = $1', [stage.firm.id, status]);

/** A budget that the document passes. */
const overspends = (attack: string, wish: Wish, query: (stage: LockStage) => string, isBeside = false): LockCase =>
	readCase({
		attack,
		expected: 'LEASE_SCOPE for the whole request',
		gates: ['database functions'],
		// What the first of its batches took stays taken.
		isUsedUp: isBeside,
		async prepare(stage) {
			const lease = await stage.active(wish);
			const request = { query: query(stage), lease };
			return { ...ownTitle(stage, lease), isBeside, send: () => stage.send(request) };
		},
	});

/** As if the API's machine had another time; timers and the monotonic clock go on. */
async function atClock<T>(hours: number, work: () => Promise<T>): Promise<T> {
	vi.useFakeTimers({ now: Date.now() + hours * 3_600_000, toFake: ['Date'] });
	try {
		return await work();
	} finally {
		vi.useRealTimers();
	}
}

/** A lease whose time is over by the database's clock, read by an API whose own is wrong; one that is active is served beside. */
const wrongClock = (attack: string, hours: number): LockCase =>
	readCase({
		attack,
		expected: 'LEASE_NOT_ACTIVE, and a lease that is active is served: only the database’s clock decides',
		gates: OF_TIME,
		async prepare(stage) {
			const { admin, token } = stage.installation;
			const [row] = await admin`select email from users where id = ${stage.people.requester}`;
			// Made by the same clock where that is behind: a token of the future is refused for itself.
			const lasting = await atClock(Math.min(hours, 0), () => token(row?.email, 3 * 3_600));
			const active = ownTitle(stage, await stage.active(), lasting);
			expect((await atClock(hours, active.send)).text).toContain(active.target);
			const over = await stage.active();
			await backdate(stage.installation, over, '31 minutes');
			const read = ownTitle(stage, over, lasting);
			return { ...read, send: () => atClock(hours, read.send) };
		},
	});

/** A hundred at once for a budget of one. */
const race: LockCase = {
	attack: 'A hundred requests at once, under a budget of one value',
	expected: 'Exactly one is answered, the others are LEASE_SCOPE or LEASE_NOT_ACTIVE; without the lock more are',
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
	attack: 'The database’s clock has gone back by more than two seconds, so that leases would last longer',
	expected: 'LEASE_NOT_ACTIVE until two approvers reset the high-water mark',
	gates: OF_TIME,
	async prepare(stage): Promise<PreparedRead> {
		const { admin } = stage.installation;
		const read = ownTitle(stage, await stage.active());
		await admin`update clock_high_water_marks set at = clock_timestamp() + interval '1 hour'`;
		return { ...read, undo: () => admin`update clock_high_water_marks set at = clock_timestamp()` };
	},
});

export const timing: LockArea = {
	title: 'Budgets, clocks, and what happens meanwhile',
	cases: [
		overspends(
			'A title and a text, under a budget of one value',
			{ readBudget: 1 },
			({ ours }) => `{ note(id: "${ours.ids.note}") { title body } }`,
		),
		overspends(
			'The same title under two names, under a budget of one value',
			{ readBudget: 1 },
			({ ours }) => `{ note(id: "${ours.ids.note}") { a: title b: title } }`,
		),
		overspends(
			'The same title by two paths and a list, under a budget of two',
			{ readBudget: 2 },
			({ ours, firm }) =>
				`{ note(id: "${ours.ids.note}") { title } node(id: "${ours.ids.note}") { ... on Note { title } }
				notes(firmId: "${firm.id}") { nodes { title } } }`,
			true,
		),
		race,
		meanwhile({
			attack: 'The owner revokes the lease while a key is under way',
			expected: 'LEASE_NOT_ACTIVE, withheld; the revoke waits for that answer. Without the lock it doesn’t',
			act: async (stage, lease) => ending(stage, lease, revoke(stage, lease)),
		}),
		meanwhile({
			attack: 'The owner sets the policy to NEVER while a key is under way',
			act: async (stage, lease) => ending(stage, lease, setPolicy(stage, 'NEVER')),
			undo: (stage) => setPolicy(stage, 'APPROVE'),
		}),
		meanwhile({
			attack: 'The operator is disabled while a key is under way',
			async act(stage) {
				await ofRequester(stage, 'disabled_at = now()');
				return undefined;
			},
			undo: (stage) => ofRequester(stage, 'disabled_at = null'),
		}),
		meanwhile({
			attack: 'The operator loses the role while a key is under way',
			async act(stage) {
				await ofRequester(stage, `roles = '{AUDITOR}'`);
				return undefined;
			},
			undo: (stage) => ofRequester(stage, `roles = '{OPERATOR}'`),
		}),
		meanwhile({
			attack: 'The operator’s account is disabled while a key is under way',
			async act(stage) {
				const { admin } = stage.installation;
				await admin`update users set disabled_at = now() where id = ${stage.people.requester}`;
				return undefined;
			},
			undo: ({ installation: { admin }, people }) =>
				admin`update users set disabled_at = null where id = ${people.requester}`,
		}),
		meanwhile({
			attack: 'The firm is suspended while a key is under way',
			async act(stage) {
				await ofFirm(stage, 'SUSPENDED');
				return undefined;
			},
			undo: (stage) => ofFirm(stage, 'ACTIVE'),
		}),
		meanwhile({
			attack: 'The database’s clock goes back while a key is under way',
			async act({ installation: { admin } }) {
				await admin`update clock_high_water_marks set at = clock_timestamp() + interval '1 hour'`;
				return undefined;
			},
			undo: ({ installation: { admin } }) => admin`update clock_high_water_marks set at = clock_timestamp()`,
		}),
		readCase({
			attack: 'A firm that was suspended since the lease became active',
			expected: 'LEASE_NOT_ACTIVE until it is no more',
			gates: ['database functions', 'row policies'],
			async prepare(stage) {
				const read = ownTitle(stage, await stage.active());
				await ofFirm(stage, 'SUSPENDED');
				return { ...read, undo: () => ofFirm(stage, 'ACTIVE') };
			},
		}),
		readCase({
			attack: 'A policy that was tightened since the lease became active',
			expected: 'The lease is revoked with it: LEASE_NOT_ACTIVE',
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
		wrongClock('A lease whose time is over, at an API whose clock is an hour behind', -1),
		wrongClock('A lease whose time is over, at an API whose clock is an hour ahead', 1),
	],
};
