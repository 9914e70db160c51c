import type { TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { holdLease, openPlane, type Plane, takeFromLease } from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import {
	activeLeaseBySql,
	asBreakGlass,
	expireIn,
	markEnd,
	moveBySql,
	requestBySql,
	revokeBySql,
	type SqlLease,
	under,
} from './leases-by-sql.ts';
import { codeOf, makeTwoFirms, type TwoFirms } from './two-firms.ts';

describe.each(servers)('holding and using a lease on $name', (server) => {
	let two: TwoFirms;
	const planes: Plane[] = [];
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(async () => {
		await Promise.all(planes.map((plane) => plane.close()));
		await two?.close();
	});

	const hold = (tx: TransactionSql, { id, firm, user }: SqlLease) =>
		tx`select public.hold_lease(${id}, ${firm}, ${user}) as held`.then(([row]) => row?.held);
	const isHeld = (lease: SqlLease) => asBreakGlass(two, under(lease), (tx) => hold(tx, lease));
	/** `use_lease` with its arguments as SQL text. */
	const use = (lease: SqlLease, given: Readonly<Record<string, string>> = {}) => {
		const all: Record<string, string> = {
			lease: `'${lease.id}'`,
			firm: `'${lease.firm}'`,
			user: `'${lease.user}'`,
			classes: "array['NOTE']",
			coordinates: "array['Note.title']",
			records: `array['${two.north.note}']::uuid[]`,
			values: '1',
			...given,
		};
		return asBreakGlass(two, under(lease), (tx) =>
			tx.unsafe(`select public.use_lease(${Object.values(all).join(', ')}) as outcome`),
		).then(([row]) => row?.outcome as string);
	};
	const usedOf = async ({ id }: SqlLease) =>
		Number((await two.admin`select used from lease_budgets where lease_id = ${id}`)[0]?.used);

	describe('is refused', () => {
		it.each([
			['lease', 'ENDED'],
			['firm', 'ENDED'],
			['user', 'ENDED'],
			['classes', 'SCOPE'],
			['coordinates', 'SCOPE'],
			['records', 'SCOPE'],
			['values', 'SCOPE'],
		])('without a %s', async (argument, outcome) => {
			for (const terms of [{}, { coordinates: ['Note.title'], records: [two.north.note], budget: 5 }]) {
				const lease = await activeLeaseBySql(two, two.north, terms);
				expect(await use(lease, { [argument]: 'null' })).toBe(outcome);
				expect(await usedOf(lease)).toBe(0);
				expect(await use(lease)).toBe('OPEN');
			}
		});

		it('for an empty list, a null in a list or a negative count', async () => {
			const lease = await activeLeaseBySql(two, two.north, { classes: ['NOTE'] });
			for (const wrong of [
				{ classes: "'{}'" },
				{ classes: 'array[null]::text[]' },
				{ classes: "array['NOTE', null]" },
				{ classes: "array['note']" },
				{ coordinates: "'{}'" },
				{ coordinates: 'array[null]::text[]' },
				{ coordinates: "array['Note.title', null]" },
				{ records: "'{}'" },
				{ records: 'array[null]::uuid[]' },
				{ records: `array['${two.north.note}', null]::uuid[]` },
				{ values: '-1' },
			])
				expect([wrong, await use(lease, wrong)]).toEqual([wrong, 'SCOPE']);
			for (const wrong of [{ values: '2147483648' }, { values: "'x'" }, { records: "'x'" }, { lease: "'x'" }])
				expect([wrong, await codeOf(use(lease, wrong))]).not.toEqual([wrong, 'done']);
			expect(await usedOf(lease)).toBe(0);
		});

		it('for anything outside the classes, coordinates and records, even in part', async () => {
			const lease = await activeLeaseBySql(two, two.north, {
				classes: ['NOTE', 'BILLING'],
				coordinates: ['Note.title'],
				records: [two.north.note],
			});
			for (const wrong of [
				{ classes: "array['DOCUMENT']" },
				{ classes: "array['NOTE', 'DOCUMENT']" },
				{ coordinates: "array['Note.body']" },
				{ coordinates: "array['Note.title', 'Note.body']" },
				{ records: `array['${two.harbour.note}']::uuid[]` },
				{ records: `array['${two.north.note}', '${uuidv7()}']::uuid[]` },
			])
				expect([wrong, await use(lease, wrong)]).toEqual([wrong, 'SCOPE']);
			expect(await use(lease)).toBe('OPEN');
			expect(await usedOf(lease)).toBe(1);
		});

		it('to another person, and for another firm', async () => {
			const [lease, other] = [await activeLeaseBySql(two, two.north), await activeLeaseBySql(two, two.harbour)];
			for (const wrong of [{ user: `'${other.user}'` }, { firm: `'${other.firm}'` }, { lease: `'${other.id}'` }])
				expect([wrong, await use(lease, wrong)]).toEqual([wrong, 'ENDED']);
			expect(await isHeld({ ...lease, user: other.user })).toBe(false);
			expect(await isHeld({ ...lease, firm: other.firm })).toBe(false);
			expect(await isHeld({ ...lease, id: uuidv7() })).toBe(false);
			expect(await isHeld(lease)).toBe(true);
		});

		it('before it is active, after it expires, and from the end mark on', async () => {
			const asked = await requestBySql(two, two.north);
			expect(await isHeld(asked)).toBe(false);
			for (const state of ['APPROVED', 'ACTIVATING'] as const) {
				await moveBySql(two, asked, state);
				expect(await isHeld(asked)).toBe(false);
			}
			await moveBySql(two, asked, 'ACTIVE');
			expect(await isHeld(asked)).toBe(true);
			await expireIn(two, asked, 0);
			expect([await isHeld(asked), await use(asked)]).toEqual([false, 'ENDED']);
			const marked = await activeLeaseBySql(two, two.north);
			await markEnd(two, marked);
			expect([await isHeld(marked), await use(marked)]).toEqual([false, 'ENDED']);
		});

		describe('if', () => {
			let lease: SqlLease;
			afterEach(async () => {
				await two.admin`update firms set status = 'ACTIVE'`;
				await two.admin`update clock_high_water_marks set at = clock_timestamp()`;
			});
			it.each([
				['the firm is suspended', "update firms set status = 'SUSPENDED'"],
				['the operator is disabled', 'update operators set disabled_at = now() where user_id = USER'],
				['the account is disabled', 'update users set disabled_at = now() where id = USER'],
				['the operator has another role', "update operators set roles = '{APPROVER}' where user_id = USER"],
				['the clock is set back', "update clock_high_water_marks set at = clock_timestamp() + interval '3 seconds'"],
			])('%s', async (_, statement) => {
				lease = await activeLeaseBySql(two, two.north);
				expect(await isHeld(lease)).toBe(true);
				await two.admin.unsafe(statement.replace('USER', `'${lease.user}'`));
				expect([await isHeld(lease), await use(lease)]).toEqual([false, 'ENDED']);
				expect(await usedOf(lease)).toBe(0);
			});
		});
	});

	it('counts every value, and nothing that was refused; the last one that fits is the last', async () => {
		const lease = await activeLeaseBySql(two, two.north, { budget: 10 });
		expect(await use(lease, { values: '0' })).toBe('OPEN');
		expect(await use(lease, { values: '7' })).toBe('OPEN');
		expect(await use(lease, { values: '4' })).toBe('BUDGET');
		expect(await usedOf(lease)).toBe(7);
		expect(await use(lease, { values: '3' })).toBe('OPEN');
		expect(await use(lease)).toBe('BUDGET');
		expect(await use(lease, { values: '0' })).toBe('OPEN');
		expect(await usedOf(lease)).toBe(10);
		const notices = await two.admin`select kind from notices where lease_id = ${lease.id} and kind = 'LEASE_READ'`;
		expect(notices).toHaveLength(1);
	});

	it('gives the last value of a budget to exactly one of a hundred', async () => {
		const lease = await activeLeaseBySql(two, two.north, { budget: 1 });
		const url = two.installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string;
		const plane = openPlane({ url, role: 'firmseal_break_glass', connections: 25 });
		planes.push(plane);
		const terms = { lease: lease.id, firm: lease.firm, user: lease.user };
		const batch = { classes: ['NOTE'], coordinates: ['Note.title'], records: [two.north.note], values: 1 };
		const outcomes = await Promise.all(
			Array.from({ length: 100 }, () =>
				plane.forLease(lease.id).write(lease.firm, (tx) => takeFromLease(tx, terms, batch)),
			),
		);
		expect(outcomes.filter((outcome) => outcome === 'OPEN')).toHaveLength(1);
		expect(outcomes.filter((outcome) => outcome === 'BUDGET')).toHaveLength(99);
		expect(await usedOf(lease)).toBe(1);
	});

	describe('while it is ended', () => {
		it('delays the end until it is released, and does not wait itself', async () => {
			const lease = await activeLeaseBySql(two, two.north);
			const other = await activeLeaseBySql(two, two.north);
			const order: string[] = [];
			const letGo = Promise.withResolvers<void>();
			const held = Promise.withResolvers<void>();
			const holding = asBreakGlass(two, under(lease), async (tx) => {
				expect(await hold(tx, lease)).toBe(true);
				held.resolve();
				await letGo.promise;
				// A waiting session does not block further calls of the holder, which then sees the end.
				expect(await hold(tx, lease)).toBe(false);
				order.push('let go');
			});
			await held.promise;
			await two.as(
				'firm',
				two.north.id,
				(tx) => tx`insert into lease_ends (lease_id, firm_id) values (${lease.id}, ${lease.firm})`,
			);
			const ending = moveBySql(two, lease, 'REVOKED').then(() => order.push('ended'));
			await isWaitedFor();
			expect(order).toEqual([]);
			// No use begins, and no one queues behind the session that ends the lease.
			expect(await isHeldElsewhere(lease)).toBe(false);
			expect(await isHeldElsewhere(other)).toBe(true);
			letGo.resolve();
			await Promise.all([holding, ending]);
			expect(order).toEqual(['let go', 'ended']);
		});

		it('ends only after the end mark', async () => {
			const lease = await activeLeaseBySql(two, two.north);
			for (const state of ['REVOKED', 'RELEASED', 'EXHAUSTED'] as const)
				expect(await codeOf(moveBySql(two, lease, state))).toBe('23000');
			expect(await isHeld(lease)).toBe(true);
			await revokeBySql(two, lease);
			const [row] = await two.admin`select state from leases where id = ${lease.id}`;
			expect(row?.state).toBe('REVOKED');
		});

		it('causes no deadlock, however many use it meanwhile', async () => {
			const leases = await Promise.all([1, 2, 3].map(() => activeLeaseBySql(two, two.north)));
			const url = two.installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string;
			const plane = openPlane({ url, role: 'firmseal_break_glass', connections: 12 });
			planes.push(plane);
			let isOver = false;
			const batch = { classes: ['NOTE'], coordinates: ['Note.title'], records: [two.north.note], values: 1 };
			const users = Array.from({ length: 12 }, async (_, index) => {
				const { id, firm, user } = leases[index % 3] as SqlLease;
				const seen = new Set<string>();
				while (!isOver) {
					seen.add(
						await plane.forLease(id).write(firm, async (tx) => {
							const terms = { lease: id, firm, user };
							await holdLease(tx, terms);
							return takeFromLease(tx, terms, batch);
						}),
					);
				}
				return seen;
			});
			try {
				for (const lease of leases) await revokeBySql(two, lease);
			} finally {
				isOver = true;
			}
			const seen = await Promise.all(users);
			for (const outcomes of seen) for (const outcome of outcomes) expect(['OPEN', 'ENDED']).toContain(outcome);
			for (const lease of leases) expect(await use(lease)).toBe('ENDED');
		});
	});

	/** On a second connection of the operator's login. */
	const isHeldElsewhere = async (lease: SqlLease) => {
		const sql = two.installation.signIn('operator');
		return sql.begin(async (tx) => {
			await tx`set local lock_timeout = '2s'`;
			await tx`select set_config('role', 'firmseal_break_glass', true)`;
			return hold(tx, lease);
		});
	};
	/** Resolves when a session waits for a lock on the lease's row. */
	async function isWaitedFor(): Promise<void> {
		const isWaiting = () => two.admin`select 1 from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock' and query like ${`update leases set state%`}`;
		await expect.poll(isWaiting, { interval: 5 }).not.toEqual([]);
	}
});
