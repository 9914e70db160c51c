import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertKeyRefusal, MAX_REFUSALS, selectKeyRefusals } from '../../src/database/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { servers } from '../support/both-servers.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type Side, type TwoFirms } from './two-firms.ts';

const SIDES = ['firm', 'operator', 'worker', 'broker'] as const;
/** insufficient_privilege, by row security. */
const NOT_ALLOWED = NO_PRIVILEGE;

describe.each(servers)('refusals of firms’ keys on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());
	beforeEach(async () => {
		await two.admin`delete from key_refusals`;
	});

	const report = (side: Side, firm: string) => two.plane(side, 1).write(firm, (tx) => insertKeyRefusal(tx, firm));
	const look = (side: Side) => two.plane(side, 1).read(null, selectKeyRefusals);
	const ids = async (side: Side) => new Map((await look(side)).map(({ firm, id }) => [firm, id]));

	it.each(['firm', 'worker', 'broker'] as const)(
		'are reported by the %s, and visible to every plane for every firm',
		async (side) => {
			await report(side, two.north.id);
			await report(side, two.harbour.id);
			const [first, ...others] = await Promise.all(SIDES.map(ids));
			expect([...(first?.keys() ?? [])].toSorted()).toEqual([two.north.id, two.harbour.id].toSorted());
			for (const other of others) expect(other).toEqual(first);
		},
	);

	it('each get a new id, in one row for the firm and the reporting role', async () => {
		const seen = new Set<string>();
		for (const [index, side] of (['firm', 'worker', 'broker', 'firm'] as const).entries()) {
			await report(side, two.north.id);
			const heard = await look('operator');
			expect(heard).toHaveLength(Math.min(index + 1, 3));
			for (const { id } of heard) seen.add(id);
			expect(seen.size).toBe(index + 1);
		}
	});

	it('are reported while transactions of all other reporters stay open', async () => {
		const others = ['worker', 'broker'] as const;
		await two.as('broker', null, async (held) => {
			await held`insert into key_refusals (firm_id, id) values (${two.north.id}, gen_random_uuid())`;
			await two.as('worker', null, async (alsoHeld) => {
				await alsoHeld`insert into key_refusals (firm_id, id) values (${two.north.id}, gen_random_uuid())`;
				for (const side of others)
					expect(
						await codeOf(
							two.as('firm', two.north.id, (tx) =>
								tx.unsafe(
									`insert into key_refusals (firm_id, reported_by, id) values ('${two.north.id}', 'firmseal_${side}', gen_random_uuid())`,
								),
							),
						),
					).toBe(NOT_ALLOWED);
				await report('firm', two.north.id);
				expect(await look('operator')).toHaveLength(1);
			});
		});
	});

	it('are reported by many at once, and none is lost or blocks another', async () => {
		const planes = (['firm', 'worker', 'broker'] as const).map((side) => two.plane(side, 4));
		await Promise.all(
			planes.flatMap((plane) =>
				Array.from({ length: 10 }, () => plane.write(two.north.id, (tx) => insertKeyRefusal(tx, two.north.id))),
			),
		);
		expect(await look('operator')).toHaveLength(3);
	});

	it('are reported for the platform’s key too', async () => {
		await report('worker', PLATFORM_FIRM_ID);
		expect([...(await ids('operator')).keys()]).toEqual([PLATFORM_FIRM_ID]);
	});

	it('are limited to the last minute, by the database’s clock', async () => {
		const { admin } = two;
		await report('worker', two.north.id);
		await admin`alter table key_refusals disable trigger stamp`;
		await admin`update key_refusals set refused_at = clock_timestamp() - interval '59 seconds'`;
		expect(await look('firm')).toHaveLength(1);
		await admin`update key_refusals set refused_at = clock_timestamp() - interval '61 seconds'`;
		expect(await look('firm')).toEqual([]);
		await admin`alter table key_refusals enable always trigger stamp`;
		await report('worker', two.north.id);
		expect(await look('firm')).toHaveLength(1);
	});

	it('exist only for firms that exist, and only with the time of the report', async () => {
		for (const side of ['firm', 'worker', 'broker'] as const) {
			const other = randomUUID();
			for (const firm of [two.north.id, other])
				await two.as(side, firm, (tx) =>
					tx.unsafe(
						`insert into key_refusals (firm_id, id, refused_at) values ('${firm}', gen_random_uuid(), '9999-12-31')
						on conflict (firm_id, reported_by) do update set refused_at = '9999-12-31'`,
					),
				);
			await two.as(side, two.north.id, (tx) => tx.unsafe("update key_refusals set refused_at = '9999-12-31'"));
		}
		const rows =
			await two.admin`select firm_id, refused_at <= clock_timestamp()::timestamptz(3) as "isNow" from key_refusals`;
		expect(rows).toEqual(Array(3).fill({ firm_id: two.north.id, isNow: true }));
	});

	it('are read up to a maximum, even if more firms have some', async () => {
		await two.admin`alter table key_refusals disable trigger stamp`;
		await two.admin`insert into key_refusals (firm_id, id) select gen_random_uuid(), gen_random_uuid() from generate_series(1, 1200)`;
		await two.admin`alter table key_refusals enable always trigger stamp`;
		expect(await look('broker')).toHaveLength(MAX_REFUSALS + 1);
	});

	it('older than a minute are not read, however many there are', async () => {
		const { admin } = two;
		await admin`alter table key_refusals disable trigger stamp`;
		await admin`insert into key_refusals (firm_id, id, refused_at)
			select gen_random_uuid(), gen_random_uuid(), clock_timestamp() - interval '1 hour' from generate_series(1, 5000)`;
		await admin`alter table key_refusals enable always trigger stamp`;
		await admin`analyze key_refusals`;
		await report('worker', two.north.id);
		const { heard, read } = await two.plane('broker', 1).read(null, async (tx) => {
			const { length: heard } = await selectKeyRefusals(tx);
			const { rows } = await tx.execute(
				sql`select seq_tup_read + idx_tup_fetch as read from pg_stat_xact_user_tables where relname = 'key_refusals'`,
			);
			return { heard, read: Number(rows[0]?.read) };
		});
		expect(heard).toBe(1);
		// The row itself, and a few by which the planner finds the end of the index.
		expect(read).toBeLessThan(10);
	});

	it('cannot be reported by an operator, nor by one firm for another, and no one can delete one', async () => {
		await report('worker', two.north.id);
		const insert = (firm: string) => `insert into key_refusals (firm_id, id) values ('${firm}', gen_random_uuid())
			on conflict (firm_id, reported_by) do update set id = excluded.id`;
		const attempt = (side: Side, firm: string | null, statement: string) =>
			codeOf(two.as(side, firm, (tx) => tx.unsafe(statement)));
		expect(await attempt('operator', null, insert(two.north.id))).toBe(NO_PRIVILEGE);
		expect(await attempt('firm', two.harbour.id, insert(two.north.id))).toBe(NOT_ALLOWED);
		expect(await attempt('firm', null, insert(two.north.id))).toBe(NOT_ALLOWED);
		for (const side of SIDES) {
			expect([side, await attempt(side, two.north.id, 'delete from key_refusals')]).toEqual([side, NO_PRIVILEGE]);
			expect([side, await attempt(side, two.north.id, 'truncate key_refusals')]).toEqual([side, NO_PRIVILEGE]);
			expect(await attempt(side, two.north.id, `update key_refusals set firm_id = '${PLATFORM_FIRM_ID}'`), side).toBe(
				NO_PRIVILEGE,
			);
		}
		const before = await ids('operator');
		await two.as('firm', two.harbour.id, (tx) => tx.unsafe(`update key_refusals set id = gen_random_uuid()`));
		expect(await ids('operator')).toEqual(before);
	});

	it('are invisible to transactions of a portal or a lease', async () => {
		const become = (side: Side, role: string) =>
			codeOf(two.as(side, two.north.id, (tx) => tx.unsafe(`set local role ${role}; select * from key_refusals`)));
		expect(await become('firm', 'firmseal_portal')).toBe(NO_PRIVILEGE);
		expect(await become('operator', 'firmseal_break_glass')).toBe(NO_PRIVILEGE);
	});
});
