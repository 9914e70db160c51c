import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOB_KINDS } from '../../src/database/tables/index.ts';
import { requiredApprovalFor } from '../../src/jobs/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { servers } from '../support/both-servers.ts';
import { addAccount } from './leases-by-sql.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type Side, type TwoFirms } from './two-firms.ts';

/** invalid_transaction_state: the trigger on jobs refused. */
const NO_SUCH_MOVE = '25000';

describe.each(servers)('an owner’s decision, in SQL on $name', (server) => {
	let two: TwoFirms;
	let approver: string;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		approver = await addAccount(two.admin, 'APPROVER');
	});
	afterAll(() => two?.close());

	const make = async ({ firm = two.north.id, kind = 'BRING', state = 'WAITING' } = {}) => {
		const id = uuidv7();
		await two.admin`update jobs set state = 'CANCELLED', ended_at = now() where ended_at is null`;
		await two.admin`insert into jobs (id, firm_id, kind, terms, state, asked_on, asked_by, asked_at, mac)
			values (${id}, ${firm}, ${kind}, 'a key', ${state}, 'cli', ${firm === PLATFORM_FIRM_ID ? approver : null}, now(), decode(repeat('00', 36), 'hex'))`;
		return id;
	};
	const rowOf = async (id: string) =>
		(await two.admin`select state, agreed_by, terms, ended_at is not null as is_over from jobs where id = ${id}`)[0];
	const change = (side: Side, firm: string | null, id: string, set: string) =>
		codeOf(two.as(side, firm, (tx) => tx.unsafe(`update jobs set ${set} where id = '${id}'`)));
	const yes = () => `state = 'QUEUED', agreed_by = '${two.north.author}', agreed_mac = decode(repeat('00', 36), 'hex')`;
	const no = "state = 'CANCELLED', ended_at = now()";

	it('is required by the database for the same job kinds as by the program', async () => {
		for (const kind of JOB_KINDS)
			for (const firmId of [two.north.id, PLATFORM_FIRM_ID]) {
				const [row] = await two.admin`select required_approval_for(${kind}, ${firmId}) as needs`;
				expect([kind, row?.needs]).toEqual([kind, requiredApprovalFor({ kind, firmId })]);
			}
	});

	it('is an approval with a proof or a denial, of a job that waits for an owner of that firm', async () => {
		const { north } = two;
		for (const [set, state] of [
			[yes(), 'QUEUED'],
			[no, 'CANCELLED'],
		] as const) {
			const id = await make();
			expect(await change('firm', north.id, id, set)).toBe('done');
			expect((await rowOf(id))?.state).toBe(state);
		}
	});

	it('changes nothing else of such a job', async () => {
		const { north } = two;
		const id = await make();
		const before = await rowOf(id);
		for (const [set, code] of [
			["state = 'QUEUED'", NO_SUCH_MOVE],
			["state = 'RUNNING'", NO_SUCH_MOVE],
			["state = 'DONE', ended_at = now()", NO_SUCH_MOVE],
			["state = 'FAILED', ended_at = now()", NO_SUCH_MOVE],
			[`${yes()}, ended_at = now()`, NO_PRIVILEGE],
			[`${no}, agreed_by = '${north.author}', agreed_mac = decode(repeat('00', 36), 'hex')`, NO_PRIVILEGE],
			[`agreed_by = '${north.author}', agreed_mac = decode(repeat('00', 36), 'hex')`, NO_PRIVILEGE],
			[`${yes()}, terms = 'another key'`, NO_PRIVILEGE],
			[`${yes()}, mac = '\\x01'`, NO_PRIVILEGE],
			[`${yes()}, step = 4`, NO_PRIVILEGE],
			[`${yes()}, firm_id = '${two.harbour.id}'`, NO_PRIVILEGE],
		] as const)
			expect([set, await change('firm', north.id, id, set)]).toEqual([set, code]);
		expect(await rowOf(id)).toEqual(before);
	});

	it('does not apply to another firm’s job, to one that waits for an approver, or to one that no longer waits', async () => {
		const { north, harbour } = two;
		const others = [
			{ kind: 'DESTROY' },
			{ kind: 'ROTATE', state: 'QUEUED' },
			{ kind: 'BRING', state: 'QUEUED' },
			{ kind: 'GIVE_BACK', state: 'RUNNING' },
			{ firm: harbour.id },
		];
		for (const of of others)
			for (const set of [yes(), no]) {
				const id = await make(of);
				const before = await rowOf(id);
				expect([of, await change('firm', north.id, id, set)]).toEqual([of, 'done']);
				expect([of, await rowOf(id)]).toEqual([of, before]);
			}
		const id = await make();
		await change('firm', null, id, yes());
		expect((await rowOf(id))?.state).toBe('WAITING');
	});

	it('is not available to the platform, which may deny and never approve', async () => {
		for (const kind of ['BRING', 'GIVE_BACK']) {
			const id = await make({ kind });
			expect([kind, await change('worker', null, id, yes())]).toEqual([kind, NO_PRIVILEGE]);
			// It sees no row that it may change.
			expect([kind, await change('operator', null, id, yes())]).toEqual([kind, 'done']);
			expect(await rowOf(id)).toMatchObject({ state: 'WAITING', agreed_by: null });
			expect([kind, await change('operator', null, id, no)]).toEqual([kind, NO_PRIVILEGE]);
			expect([kind, await change('worker', null, id, no)]).toEqual([kind, 'done']);
			for (const state of ['QUEUED', 'RUNNING'])
				expect(
					await codeOf(
						two.as('worker', null, (tx) =>
							tx.unsafe(`insert into jobs (id, firm_id, kind, state, asked_on, asked_at, mac)
							values ('${uuidv7()}', '${two.north.id}', '${kind}', '${state}', 'cli', now(), decode(repeat('00', 36), 'hex'))`),
						),
					),
				).toBe(NO_PRIVILEGE);
		}
	});

	it('does not apply to the platform’s escrow, which another approver approves, and no firm plane, whatever firm it names', async () => {
		const of = { firm: PLATFORM_FIRM_ID, kind: 'ESCROW' };
		for (const firm of [PLATFORM_FIRM_ID, two.north.id])
			for (const set of [yes(), no]) {
				const id = await make(of);
				expect(await change('firm', firm, id, set)).toBe('done');
				expect((await rowOf(id))?.state).toBe('WAITING');
			}
		const id = await make(of);
		expect(await change('worker', null, id, yes())).toBe('done');
		expect((await rowOf(id))?.state).toBe('QUEUED');
	});

	it('about a firm’s own key leads to a state that the worker writes, the firm reads, and its owners are notified of', async () => {
		const { north, harbour, admin } = two;
		await two.as('worker', null, async (tx) => {
			await tx`insert into own_key_states (firm_id, state) values (${north.id}, 'HEALTHY'), (${harbour.id}, 'REVOKED')`;
			await tx`update own_key_states set state = 'DEGRADED' where firm_id = ${north.id}`;
			await tx`update own_key_states set next_at = now(), state = 'DEGRADED' where firm_id = ${north.id}`;
		});
		const found =
			await admin`select firm_id, key_state, audience from notices where kind = 'KEY_STATE_CHANGED' order by key_state`;
		expect([...found]).toEqual([
			{ firm_id: north.id, key_state: 'DEGRADED', audience: 'OWNERS' },
			{ firm_id: harbour.id, key_state: 'REVOKED', audience: 'OWNERS' },
		]);
		const seen = await two.as('firm', north.id, (tx) => tx`select firm_id, state from own_key_states`);
		expect([...seen]).toEqual([{ firm_id: north.id, state: 'DEGRADED' }]);
		for (const statement of [
			"update own_key_states set state = 'HEALTHY'",
			'delete from own_key_states',
			`insert into own_key_states (firm_id, state) values ('${uuidv7()}', 'HEALTHY')`,
		])
			for (const side of ['firm', 'operator', 'broker'] as const)
				expect(await codeOf(two.as(side, north.id, (tx) => tx.unsafe(statement))), side).toBe(NO_PRIVILEGE);
		for (const side of ['operator', 'broker'] as const)
			expect(await codeOf(two.as(side, north.id, (tx) => tx`select 1 from own_key_states`))).toBe(NO_PRIVILEGE);
		expect(await codeOf(two.as('worker', null, (tx) => tx`update own_key_states set firm_id = ${uuidv7()}`))).toBe(
			NO_PRIVILEGE,
		);
	});
});
