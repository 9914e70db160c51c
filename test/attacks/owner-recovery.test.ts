import type { Sql, TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OperatorPrincipal } from '../../src/access/index.ts';
import { setFirmSuspended } from '../../src/firms/index.ts';
import { idOf, makeRecovering, type Recovering } from '../firms/recovering.ts';

let all: Recovering;
let scene: Recovering['scene'];
beforeAll(async () => {
	all = await makeRecovering();
	scene = all.scene;
});
afterAll(() => scene?.installation.close());
beforeEach(() => all.endAll());

describe('attacks of the platform', () => {
	it('one person, in whatever account, is not two', async () => {
		await all.request();
		await expect(all.approve(all.one)).rejects.toMatchObject({ code: 'FORBIDDEN' });
		const alias = await all.addApprover();
		await expect(all.approve({ ...alias, person: all.one.person })).rejects.toMatchObject({ code: 'FORBIDDEN' });
		// The database asks for two persons as well, whatever the application has let through.
		await scene.admin`update users set person_id = ${all.one.person} where id = ${alias.user}`;
		await scene.admin`update owner_recoveries set approved_by = ${alias.user} where ended_at is null`;
		await all.approvedAgo('73 hours');
		await expect(all.complete()).rejects.toMatchObject({
			code: 'CONFLICT',
			message: expect.stringContaining('two persons'),
		});
		expect(await all.roleOf(scene.north.member)).toBe('MEMBER');
	});

	it('an approver who is disabled meanwhile, or no approver any more, counts no longer', async () => {
		const third = await all.addApprover();
		await all.request();
		await all.approve(third);
		await all.approvedAgo('73 hours');
		await scene.admin`update operators set roles = array['OPERATOR'] where user_id = ${third.user}`;
		await expect(all.complete()).rejects.toMatchObject({ code: 'CONFLICT' });
		await scene.admin`update operators set roles = array['APPROVER'], disabled_at = now() where user_id = ${third.user}`;
		await expect(all.complete()).rejects.toMatchObject({ code: 'CONFLICT' });
		await scene.admin`update operators set disabled_at = null where user_id = ${third.user}`;
		await all.complete();
		await scene.admin`update memberships set role = 'MEMBER' where user_id = ${idOf(scene.north.member)}`;
	});

	it('operators of other roles take no step', async () => {
		const auditor: OperatorPrincipal = { ...all.two, roles: new Set(['OPERATOR', 'AUDITOR']) };
		const steps = [
			() => all.request('member@north.example', auditor),
			() => all.approve(auditor),
			() => all.complete(auditor),
			() => all.cancel(auditor),
		];
		for (const step of steps) await expect(step()).rejects.toMatchObject({ code: 'FORBIDDEN' });
	});

	it('a firm is not suspended so that its owners can’t object: that ends the recovery, and starts none', async () => {
		await all.request();
		await all.approve();
		await all.approvedAgo('73 hours');
		await all.inOffice((office) => setFirmSuspended(office, 'north', true));
		await expect(all.complete()).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await expect(all.request()).rejects.toMatchObject({
			code: 'CONFLICT',
			message: expect.stringContaining('suspended'),
		});
		await all.inOffice((office) => setFirmSuspended(office, 'north', false));
		await expect(all.complete()).rejects.toMatchObject({ code: 'NOT_FOUND' });
		expect((await all.noticesFor(scene.north.client, 1))[0]).toMatchObject({
			kind: 'OWNER_RECOVERY_CANCELLED',
			actor: null,
		});
		expect(await all.roleOf(scene.north.member)).toBe('MEMBER');
	});
});

describe('SQL of the login of', () => {
	const signedIn = new Map<string, Sql>();
	type Work = (tx: TransactionSql) => Promise<{ readonly count: number } & readonly Record<string, unknown>[]>;
	async function attempt(side: 'firm' | 'worker', work: Work): Promise<unknown> {
		const sql = signedIn.get(side) ?? scene.installation.signIn(side);
		signedIn.set(side, sql);
		try {
			return await sql.begin(async (tx) => {
				await tx`select set_config('role', ${`firmseal_${side}`}, true), set_config('firmseal.firm', ${scene.north.id}, true)`;
				const rows = await work(tx);
				return rows[0]?.outcome ?? rows.count;
			});
		} catch (error) {
			return (error as { code: string }).code;
		}
	}
	const completing: Work = (tx) =>
		tx`select public.complete_owner_recovery(id) as outcome from owner_recoveries where ended_at is null`;
	const inserting =
		(columns: Record<string, unknown>): Work =>
		(tx) =>
			tx`insert into owner_recoveries ${tx({ id: uuidv7(), firm_id: scene.north.id, user_id: idOf(scene.north.member), requested_by: all.one.user, ...columns })}`;

	it('the worker shortens nothing: times are the database’s', async () => {
		const long = new Date(0);
		for (const column of ['requested_at', 'approved_at', 'ended_at'])
			expect(await attempt('worker', inserting({ [column]: long }))).toBe('42501');
		expect(await attempt('worker', inserting({ approved_by: all.two.user }))).toBe('42501');
		expect(await attempt('worker', inserting({}))).toBe(1);
		expect(await attempt('worker', completing)).toBe('UNAPPROVED');
		expect(await attempt('worker', (tx) => tx`update owner_recoveries set approved_at = ${long}`)).toBe('23514');
		expect(
			await attempt(
				'worker',
				(tx) =>
					tx`update owner_recoveries set approved_by = ${all.two.user}, approved_at = ${long} where ended_at is null`,
			),
		).toBe(1);
		expect(await attempt('worker', completing)).toBe('EARLY');
		const refused: [string, Work][] = [
			['23000', (tx) => tx`update owner_recoveries set approved_at = ${long} where ended_at is null`],
			['23000', (tx) => tx`update owner_recoveries set approved_by = null, approved_at = null where ended_at is null`],
			['23000', (tx) => tx`update owner_recoveries set approved_by = ${all.one.user} where ended_at is null`],
			['42501', (tx) => tx`update owner_recoveries set ended_at = now(), outcome = 'COMPLETED' where ended_at is null`],
			['42501', (tx) => tx`update owner_recoveries set requested_by = ${all.two.user}`],
			['42501', (tx) => tx`update owner_recoveries set user_id = ${all.two.user}`],
			['42501', (tx) => tx`delete from owner_recoveries`],
			['42501', (tx) => tx`alter table owner_recoveries disable trigger stamp`],
			['42501', (tx) => tx`set local session_replication_role = replica`],
		];
		for (const [expected, work] of refused) expect(await attempt('worker', work)).toBe(expected);
		expect(await all.roleOf(scene.north.member)).toBe('MEMBER');
	});

	it('the worker can’t do it unseen, undo an end, or begin in a suspended firm', async () => {
		await attempt('worker', inserting({}));
		expect((await all.noticesFor(scene.north.client, 1))[0]).toMatchObject({ kind: 'OWNER_RECOVERY_REQUESTED' });
		await attempt(
			'worker',
			(tx) => tx`update owner_recoveries set ended_at = now(), outcome = 'CANCELLED' where ended_at is null`,
		);
		expect((await all.noticesFor(scene.north.client, 1))[0]).toMatchObject({ kind: 'OWNER_RECOVERY_CANCELLED' });
		expect(await attempt('worker', (tx) => tx`update owner_recoveries set ended_at = null, outcome = null`)).toBe(0);
		await scene.admin`update firms set status = 'SUSPENDED' where id = ${scene.north.id}`;
		expect(await attempt('worker', inserting({}))).toBe('23000');
		await scene.admin`update firms set status = 'ACTIVE' where id = ${scene.north.id}`;
		const older = (tx: TransactionSql) => tx`set transaction isolation level repeatable read`;
		const sql = scene.installation.signIn('worker');
		const late = sql.begin(async (tx) => {
			await older(tx);
			await tx`select set_config('role', 'firmseal_worker', true)`;
			await inserting({})(tx);
		});
		await expect(late).rejects.toMatchObject({ code: '25000' });
	});

	it('the firm plane calls its own off, and nothing else', async () => {
		await attempt('worker', inserting({}));
		await attempt('worker', inserting({ firm_id: scene.harbour.id, user_id: idOf(scene.harbour.member) }));
		const refused: [unknown, Work][] = [
			['42501', inserting({})],
			['42501', (tx) => tx`update owner_recoveries set approved_by = ${all.two.user}`],
			['42501', (tx) => tx`update owner_recoveries set ended_at = now(), outcome = 'COMPLETED'`],
			['42501', completing],
			[
				0,
				(tx) =>
					tx`update owner_recoveries set ended_at = now(), outcome = 'CANCELLED' where firm_id = ${scene.harbour.id}`,
			],
			[1, (tx) => tx`update owner_recoveries set ended_at = now(), outcome = 'CANCELLED' where ended_at is null`],
		];
		for (const [expected, work] of refused) expect(await attempt('firm', work)).toBe(expected);
		expect(await scene.admin`select firm_id from owner_recoveries where ended_at is null`).toEqual([
			{ firm_id: scene.harbour.id },
		]);
	});
});
