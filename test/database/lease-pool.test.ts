import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { holdLease, openPlane, type Plane, type Transaction } from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { LOGINS } from '../support/installation.ts';
import { activeLeaseBySql, revokeBySql, type SqlLease } from './leases-by-sql.ts';
import { makeTwoFirms, type TwoFirms } from './two-firms.ts';

const NOTES = sql`select id, title from public.notes`;

/** The settings of a connection outside of a transaction. */
const BARE = { user: LOGINS.operator, role: 'none', firm: '', client: '', lease: '', statement: '0', idle: '0' };

describe.each(servers)('the next user of a connection on $name', (server) => {
	let two: TwoFirms;
	let lease: SqlLease;
	/** A plane with one connection, so that the next transaction uses the same one. */
	let plane: Plane;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());
	beforeEach(async () => {
		lease = await activeLeaseBySql(two, two.north);
		const url = two.installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string;
		plane = openPlane({ url, role: 'firmseal_break_glass', connections: 1 });
	});
	afterEach(() => plane.close());

	/** A transaction under the lease that locks the lease, reads a note, and continues. */
	const underLease = <T>(work: (tx: Transaction, pid: number) => Promise<T>) =>
		plane.forLease(lease.id).write(lease.firm, async (tx) => {
			expect(await holdLease(tx, { lease: lease.id, firm: lease.firm, user: lease.user })).toBe(true);
			expect((await tx.execute(NOTES)).rows).toHaveLength(1);
			return work(tx, await pidOf(tx));
		});
	const pidOf = async (tx: Transaction) => Number((await tx.execute(sql`select pg_backend_pid() as pid`)).rows[0]?.pid);

	/** The settings of the connection after the transaction has ended; the plane's own commit does nothing then. */
	const left = () =>
		plane.read(null, async (tx) => {
			await tx.execute(sql`rollback`);
			const { rows } = await tx.execute(sql`select current_user as user, current_setting('role') as role,
				current_setting('firmseal.firm', true) as firm, current_setting('firmseal.client', true) as client,
				current_setting('firmseal.lease', true) as lease, current_setting('statement_timeout') as statement,
				current_setting('idle_in_transaction_session_timeout') as idle`);
			return { ...rows[0] };
		});
	/** The settings of the plane's next transaction. */
	const next = () =>
		plane.read(two.north.id, async (tx) => {
			const { rows } =
				await tx.execute(sql`select current_setting('role') as role, current_setting('firmseal.lease') as lease,
				current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`);
			return { ...rows[0], notes: (await tx.execute(NOTES)).rows.length, pid: await pidOf(tx) };
		});
	const NEXT = { role: 'firmseal_break_glass', lease: '', statement: '15s', idle: '15s', notes: 0 };

	/** Expects that the lease can be ended at once, because no one locks it any more. */
	async function expectFree(): Promise<void> {
		await revokeBySql(two, lease);
		const [row] = await two.admin`select state from leases where id = ${lease.id}`;
		expect(row?.state).toBe('REVOKED');
	}

	it('under a lease has five seconds for a statement and between two', async () => {
		const timeouts = await underLease(async (tx) => {
			const { rows } = await tx.execute(sql`select current_setting('statement_timeout') as statement,
				current_setting('idle_in_transaction_session_timeout') as idle, current_setting('firmseal.lease') as lease`);
			return rows[0];
		});
		expect(timeouts).toEqual({ statement: '5s', idle: '5s', lease: lease.id });
		expect(await next()).toMatchObject(NEXT);
	});

	const failures: [what: string, isSame: boolean, work: (tx: Transaction, pid: number) => Promise<unknown>][] = [
		['nothing went wrong', true, async () => {}],
		['an error of the program', true, () => Promise.reject(new Error('ours'))],
		['an error of the database', true, (tx) => tx.execute(sql`select 1 / 0`)],
		['a refused privilege', true, (tx) => tx.execute(sql`delete from public.notes`)],
		[
			'an ignored error',
			true,
			async (tx) => {
				await tx.execute(sql`select 1 / 0`).catch(() => {});
			},
		],
		[
			'a statement that timed out',
			true,
			async (tx) => {
				await tx.execute(sql`set local statement_timeout = 50`);
				await tx.execute(sql`select pg_sleep(5)`);
			},
		],
		[
			'a transaction that timed out while idle',
			false,
			async (tx, pid) => {
				await tx.execute(sql`set local idle_in_transaction_session_timeout = 50`);
				while ((await two.admin`select 1 from pg_stat_activity where pid = ${pid}`).length > 0);
				await tx.execute(sql`select 1`);
			},
		],
		[
			'a killed backend',
			false,
			async (tx, pid) => {
				await two.admin`select pg_terminate_backend(${pid}, 5000)`;
				await tx.execute(sql`select 1`);
			},
		],
		[
			'a cancelled statement',
			true,
			async (tx, pid) => {
				const running = tx.execute(sql`select pg_sleep(60)`);
				const cancel = () => two.admin`
					select pg_cancel_backend(pid) from pg_stat_activity where pid = ${pid} and wait_event = 'PgSleep'`;
				const cancelled = async () => {
					while ((await cancel()).length === 0);
				};
				await Promise.all([running, cancelled()]);
			},
		],
	];

	it.each(failures)('inherits nothing of a lease after %s', async (_, isSame, work) => {
		let before = 0;
		await underLease(async (tx, pid) => {
			before = pid;
			return work(tx, pid);
		}).catch(() => {});
		const { pid, ...after } = await next();
		expect(after).toEqual(NEXT);
		expect(pid === before).toBe(isSame);
		expect(await left()).toEqual(BARE);
		await expectFree();
	});

	it('inherits nothing of it after many at once, some of which failed', async () => {
		const attempts = Array.from({ length: 40 }, (_, index) =>
			index % 2 === 0
				? underLease(async (tx) => {
						if (index % 4 === 0) await tx.execute(sql`select 1 / 0`);
					}).then(
						() => 'done',
						() => 'failed',
					)
				: next(),
		);
		const answers = await Promise.all(attempts);
		expect(answers.filter((answer) => answer === 'failed')).toHaveLength(10);
		for (const answer of answers) if (typeof answer === 'object') expect(answer).toMatchObject(NEXT);
		expect(await left()).toEqual(BARE);
	});
});
