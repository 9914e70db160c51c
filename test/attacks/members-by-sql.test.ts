import type { Sql, TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../support/claims.ts';
import { makeScene, type Scene } from './scene.ts';

const NO_PRIVILEGE = '42501';
const NOT_BY_RULE = '23000';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());

/** The rows that give rights, and the notices about them. */
const state = async () =>
	JSON.stringify([
		await scene.admin`select * from memberships order by user_id`,
		await scene.admin`select * from owner_recoveries order by id`,
		await scene.admin`select * from owner_recovery_ends order by recovery_id`,
		await scene.admin`select count(*) from users`,
		await scene.admin`select count(*) from notices`,
	]);

describe('membership changes by SQL', () => {
	const signedIn = new Map<string, Sql>();
	/** The SQLSTATE of a refusal, or the number of changed rows. */
	async function attempt(
		side: 'firm' | 'operator' | 'worker',
		work: (tx: TransactionSql) => Promise<{ readonly count: number }>,
		role = `firmseal_${side}`,
	): Promise<string | number> {
		const sql = signedIn.get(side) ?? scene.installation.signIn(side);
		signedIn.set(side, sql);
		const firm = scene.north.id;
		try {
			return await sql.begin(async (tx) => {
				await tx`select set_config('role', ${role}, true), set_config('firmseal.firm', ${firm}, true),
					set_config('firmseal.client', ${scene.north.clientId}, true)`;
				return (await work(tx)).count;
			});
		} catch (error) {
			return (error as { code: string }).code;
		}
	}
	async function account(): Promise<string> {
		const id = uuidv7();
		await scene.admin`insert into users (id, person_id, issuer, subject, email, name)
			values (${id}, ${id}, 'issuer', ${id}, ${`${id}@x.example`}, 'Name')`;
		return id;
	}

	it('let the worker add no member to a firm that has one, and change and remove none', async () => {
		const user = await account();
		const before = await state();
		const { id } = scene.north;
		const add = (role: string) =>
			attempt('worker', (tx) => tx`insert into memberships (firm_id, user_id, role) values (${id}, ${user}, ${role})`);
		expect([await add('OWNER'), await add('MEMBER'), await add('CLIENT')]).toEqual(Array(3).fill(NO_PRIVILEGE));
		expect(
			await attempt(
				'worker',
				(tx) => tx`insert into memberships (firm_id, user_id, role) values (${id}, ${idOf(scene.north.member)}, 'OWNER')
					on conflict (user_id) do update set role = 'OWNER'`,
			),
		).toBe(NO_PRIVILEGE);
		expect(await attempt('worker', (tx) => tx`update memberships set role = 'OWNER'`)).toBe(NO_PRIVILEGE);
		expect(await attempt('worker', (tx) => tx`update memberships set removed_at = null`)).toBe(NO_PRIVILEGE);
		expect(await attempt('worker', (tx) => tx`delete from memberships`)).toBe(NO_PRIVILEGE);
		expect(
			await attempt(
				'worker',
				(tx) => tx`insert into notices (id, firm_id, kind, audience) values
			(${uuidv7()}, ${id}, 'MEMBER_ADDED', 'OWNERS')`,
			),
		).toBe(NO_PRIVILEGE);
		expect(await attempt('worker', (tx) => tx`update notices set audience = 'OWNERS'`)).toBe(NO_PRIVILEGE);
		expect(await attempt('worker', (tx) => tx`delete from notices`)).toBe(NO_PRIVILEGE);
		// The worker may set a missing MAC once, but every row here has one.
		expect(await attempt('worker', (tx) => tx`update memberships set mac = decode(repeat('00', 36), 'hex')`)).toBe(0);
		expect(await attempt('worker', (tx) => tx`update memberships set mac = null`)).toBe(0);
		expect(await state()).toBe(before);
	});

	it('let the worker create the first member of a new firm only as its owner', async () => {
		const [firm, user] = [uuidv7(), await account()];
		const make = (role: string) =>
			attempt('worker', async (tx) => {
				await tx`insert into firms (id, slug, name) values (${firm}, 'brand-new', 'Brand new')`;
				return tx`insert into memberships (firm_id, user_id, role) values (${firm}, ${user}, ${role})`;
			});
		expect([await make('MEMBER'), await make('CLIENT'), await make('OWNER')]).toEqual([NO_PRIVILEGE, NO_PRIVILEGE, 1]);
	});

	it('let the firm plane and the worker create no account that is disabled or has another creation time', async () => {
		for (const side of ['firm', 'worker'] as const)
			for (const more of [{ disabled_at: new Date() }, { created_at: new Date('2100-01-01') }, {}]) {
				const id = uuidv7();
				const of = {
					id,
					person_id: id,
					issuer: 'firmseal-development',
					subject: id,
					email: `${id}@x.example`,
					name: 'N',
				};
				const made = await attempt(side, (tx) => tx`insert into users ${tx({ ...of, ...more })}`);
				expect([side, more, made]).toEqual([side, more, Object.keys(more).length > 0 ? NO_PRIVILEGE : 1]);
			}
	});

	it('let an operator change nothing, and read no notice', async () => {
		const user = await account();
		const before = await state();
		const { id } = scene.north;
		const attempts = [
			(tx: TransactionSql) => tx`insert into memberships (firm_id, user_id, role) values (${id}, ${user}, 'OWNER')`,
			(tx: TransactionSql) => tx`update memberships set role = 'OWNER'`,
			(tx: TransactionSql) => tx`delete from memberships`,
			(tx: TransactionSql) => tx`insert into users (id, person_id, issuer, subject, email, name)
				values (${uuidv7()}, ${uuidv7()}, 'i', 's', 'e@x.example', 'n')`,
			(tx: TransactionSql) => tx`select * from notices`,
			(tx: TransactionSql) => tx`insert into owner_recoveries (id, firm_id, user_id, requested_by)
				values (${uuidv7()}, ${id}, ${user}, ${user})`,
			(tx: TransactionSql) => tx`update owner_recoveries set seen_at = null`,
			(tx: TransactionSql) => tx`insert into owner_recovery_ends (recovery_id, firm_id, outcome)
				values (${uuidv7()}, ${id}, 'CANCELLED')`,
			(tx: TransactionSql) => tx`select public.approve_owner_recovery(${uuidv7()}, ${user})`,
			(tx: TransactionSql) => tx`select public.witness_owner_recoveries()`,
			(tx: TransactionSql) => tx`select public.withdraw_owner_recovery(${id})`,
			(tx: TransactionSql) => tx`select public.complete_owner_recovery(${uuidv7()}, ${Buffer.alloc(36)})`,
			(tx: TransactionSql) => tx`update memberships set mac = null`,
			(tx: TransactionSql) => tx`update operators set mac = null`,
		];
		for (const work of attempts) expect(await attempt('operator', work)).toBe(NO_PRIVILEGE);
		expect(await state()).toBe(before);
	});

	it('let the portal change nothing, and read no notice and no recovery', async () => {
		const before = await state();
		const me = idOf(scene.north.client);
		const attempts = [
			(tx: TransactionSql) => tx`update memberships set role = 'OWNER' where user_id = ${me}`,
			(tx: TransactionSql) =>
				tx`insert into memberships (firm_id, user_id, role) values (${scene.north.id}, ${me}, 'OWNER')`,
			(tx: TransactionSql) => tx`insert into notices (id, firm_id, kind, audience) values
				(${uuidv7()}, ${scene.north.id}, 'MEMBER_ADDED', 'OWNERS')`,
			(tx: TransactionSql) => tx`update owner_recoveries set seen_at = null`,
			(tx: TransactionSql) => tx`insert into owner_recovery_ends (recovery_id, firm_id, outcome)
				values (${uuidv7()}, ${scene.north.id}, 'CANCELLED')`,
			(tx: TransactionSql) => tx`select recovery_id from owner_recovery_ends`,
			(tx: TransactionSql) => tx`select public.witness_owner_recoveries()`,
			(tx: TransactionSql) => tx`select id from notices`,
			(tx: TransactionSql) => tx`select id from owner_recoveries`,
		];
		for (const work of attempts) expect(await attempt('firm', work, 'firmseal_portal')).toBe(NO_PRIVILEGE);
		expect(await state()).toBe(before);
	});

	it('let the firm plane change only its own firm, move no one, and never remove the last owner', async () => {
		const user = await account();
		const before = await state();
		const { harbour, north } = scene;
		const refused: [expected: string | number, work: (tx: TransactionSql) => Promise<{ readonly count: number }>][] = [
			[
				NO_PRIVILEGE,
				(tx) => tx`insert into memberships (firm_id, user_id, role) values (${harbour.id}, ${user}, 'OWNER')`,
			],
			[0, (tx) => tx`update memberships set role = 'MEMBER' where firm_id = ${harbour.id}`],
			[0, (tx) => tx`select * from memberships where firm_id = ${harbour.id}`],
			[0, (tx) => tx`select id from users where id in (${idOf(harbour.owner)}, ${idOf(scene.operator)}, ${user})`],
			[NO_PRIVILEGE, (tx) => tx`select subject from users`],
			[NO_PRIVILEGE, (tx) => tx`update users set email = 'mine@x.example'`],
			[NO_PRIVILEGE, (tx) => tx`update memberships set firm_id = ${harbour.id}`],
			[NO_PRIVILEGE, (tx) => tx`update memberships set user_id = ${user}`],
			[NO_PRIVILEGE, (tx) => tx`delete from memberships`],
			[NOT_BY_RULE, (tx) => tx`update memberships set removed_at = now()`],
			[NOT_BY_RULE, (tx) => tx`update memberships set role = 'MEMBER', client_id = null`],
			[
				'23505',
				(tx) =>
					tx`insert into memberships (firm_id, user_id, role) values (${north.id}, ${idOf(harbour.member)}, 'OWNER')`,
			],
			[
				NOT_BY_RULE,
				(tx) =>
					tx`insert into memberships (firm_id, user_id, role) values (${north.id}, ${idOf(scene.operator)}, 'OWNER')`,
			],
			[
				'23503',
				(tx) =>
					tx`insert into memberships (firm_id, user_id, role, client_id) values (${north.id}, ${user}, 'CLIENT', ${harbour.clientId})`,
			],
			[
				NO_PRIVILEGE,
				(tx) =>
					tx`insert into notices (id, firm_id, kind, audience) values (${uuidv7()}, ${harbour.id}, 'MEMBER_ADDED', 'OWNERS')`,
			],
			[0, (tx) => tx`select * from notices where firm_id = ${harbour.id}`],
			[NO_PRIVILEGE, (tx) => tx`update notices set audience = 'OWNERS'`],
			[NO_PRIVILEGE, (tx) => tx`delete from notices`],
		];
		for (const [expected, work] of refused) expect(await attempt('firm', work)).toBe(expected);
		expect(await state()).toBe(before);
	});

	it('never remove the last owner, in replication mode, with an older snapshot, or during another transaction', async () => {
		const { id } = scene.harbour;
		const demote = (tx: TransactionSql, user: string) =>
			tx`update memberships set role = 'MEMBER' where user_id = ${user}`;
		const only = idOf(scene.harbour.owner);
		const inReplicationMode = scene.admin.begin(async (tx) => {
			await tx`set local session_replication_role = replica`;
			return demote(tx, only);
		});
		await expect(inReplicationMode).rejects.toMatchObject({ code: NOT_BY_RULE });
		const second = await account();
		await scene.admin`insert into memberships (firm_id, user_id, role) values (${id}, ${second}, 'OWNER')`;
		const [isDone, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const first = scene.admin.begin(async (tx) => {
			await demote(tx, only);
			isDone.resolve();
			await mayEnd.promise;
		});
		await isDone.promise;
		const other = expect(scene.admin.begin((tx) => demote(tx, second))).rejects.toMatchObject({ code: NOT_BY_RULE });
		mayEnd.resolve();
		await Promise.all([first, other]);
		// A transaction whose snapshot still shows the other owner fails, since that row has changed.
		await scene.admin`update memberships set role = 'OWNER' where user_id = ${only}`;
		const older = scene.admin.begin('isolation level repeatable read', async (tx) => {
			await tx`select from memberships`;
			await demote(scene.admin as never, only);
			return demote(tx, second);
		});
		await expect(older).rejects.toMatchObject({ code: '40001' });
	});
});
