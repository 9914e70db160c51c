import type { ReservedSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openConnection } from '../../src/database/connection.ts';
import { SUPERUSER } from '../../src/database/index.ts';
import { untilBlocked } from '../support/blocked.ts';
import { servers } from '../support/both-servers.ts';
import { LOGINS } from '../support/installation.ts';
import {
	activeLeaseBySql,
	asBreakGlass,
	becomeBreakGlass,
	expireIn,
	markEnd,
	type NamingRow,
	ROW_BY_ROW,
	revokeBySql,
	type SqlLease,
	takingApart,
	under,
} from './leases-by-sql.ts';
import { addNote, codeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

/** What an operator's own session may try: it signs in as the login that may break glass, and runs any statement. */
describe.each(servers)('a session of the operator’s login on $name', (server) => {
	let two: TwoFirms;
	let session: ReservedSql;
	let lease: SqlLease;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		for (let i = 0; i < 4; i++) await addNote(two.admin, two.north);
	});
	afterAll(() => two?.close());
	beforeEach(async () => {
		const sql = two.installation.signIn('operator');
		session = await sql.reserve();
		lease = await activeLeaseBySql(two, two.north);
	});
	afterEach(() => session.release());

	const named = (role: string, { firm = '', lease: of = '' } = {}, isLocal = true) =>
		session`select set_config('role', ${role}, ${isLocal}), set_config('firmseal.firm', ${firm}, ${isLocal}),
			set_config('firmseal.lease', ${of}, ${isLocal})`;
	const open = () => named('firmseal_break_glass', under(lease));
	const count = async (statement: string) => (await session.unsafe(statement)).length;
	const NOTES = 'select id, title, body from public.notes';

	async function inTransaction<T>(work: () => Promise<T>): Promise<T> {
		await session`begin`;
		try {
			return await work();
		} finally {
			await session`rollback`;
		}
	}
	/** The SQLSTATE of a statement after others, in one transaction. */
	const refusal = (...statements: string[]) =>
		inTransaction(async () => {
			await open();
			for (const statement of statements.slice(0, -1)) await session.unsafe(statement);
			return codeOf(session.unsafe(statements.at(-1) as string));
		});

	it('keeps neither role nor lease after the transaction, committed or not', async () => {
		for (const end of ['commit', 'rollback']) {
			await session`begin`;
			await open();
			expect(await count(NOTES)).toBe(5);
			await session.unsafe(end);
			const [after] = await session`select current_user as user, current_setting('role') as role,
				current_setting('firmseal.firm') as firm, current_setting('firmseal.lease') as lease`;
			expect(after).toEqual({ user: LOGINS.operator, role: 'none', firm: '', lease: '' });
			expect(await codeOf(session.unsafe(NOTES))).toBe(NO_PRIVILEGE);
		}
	});

	it('sees nothing in any other role that it takes', async () => {
		for (const back of ['reset role', 'set role none', 'set local role none', 'set session authorization default'])
			expect([back, await refusal(back, NOTES)]).toEqual([back, NO_PRIVILEGE]);
		for (const role of ['firm', 'portal', 'worker', 'broker', 'owner'])
			expect([role, await refusal(`set local role firmseal_${role}`)]).toEqual([role, NO_PRIVILEGE]);
		for (const all of ['discard all', 'discard plans; discard all'])
			expect(['25001', NO_PRIVILEGE]).toContain(await refusal(all));
		// Leaves the role, but keeps what the transaction names.
		await inTransaction(async () => {
			await open();
			await session`reset all`;
			expect(await count(NOTES)).toBe(0);
		});
		expect(await refusal('set local row_security = off', NOTES)).toBe(NO_PRIVILEGE);
	});

	it('sees nothing after it rolls back to a savepoint', async () => {
		await inTransaction(async () => {
			await session`savepoint before`;
			await open();
			expect(await count(NOTES)).toBe(5);
			await session`rollback to before`;
			expect(await codeOf(session.unsafe(NOTES))).toBe(NO_PRIVILEGE);
		});
	});

	it('can take the role for the whole session, and then sees only what an active lease shows', async () => {
		await named('firmseal_break_glass', {}, false);
		expect(await count(NOTES)).toBe(0);
		await named('firmseal_break_glass', under(lease), false);
		expect(await count(NOTES)).toBe(5);
		await revokeBySql(two, lease);
		expect(await count(NOTES)).toBe(0);
		await session`discard all`;
		expect(await codeOf(session.unsafe(NOTES))).toBe(NO_PRIVILEGE);
	});

	// This lock knows no persons, and shows only ciphertext. hold_lease(), use_lease() and the resolver check whose lease it is.
	it('that names another operator’s lease sees that lease’s rows, does not hold it, and takes nothing from it', async () => {
		const own = await activeLeaseBySql(two, two.harbour);
		await asBreakGlass(two, under(lease), async (tx) => {
			expect(await tx.unsafe(NOTES)).toHaveLength(5);
			const [held] = await tx`select hold_lease(${lease.id}, ${lease.firm}, ${own.user}) as held,
				use_lease(${lease.id}, ${lease.firm}, ${own.user}, array['NOTE'], array['Note.title'], array[${two.north.note}]::uuid[], 1) as used`;
			expect(held).toEqual({ held: false, used: 'ENDED' });
		});
	});

	describe('with a statement prepared under the lease', () => {
		let statements = 0;
		const prepared = async (after: () => Promise<unknown>) => {
			const answers: unknown[] = [];
			for (const mode of ['auto', 'force_generic_plan', 'force_custom_plan']) {
				await session.unsafe(`set plan_cache_mode = ${mode}`);
				const [name, lateName] = [`all_${++statements}`, `one_${statements}`];
				await session`begin`;
				await open();
				await session.unsafe(`prepare ${name} as ${NOTES}`);
				await session.unsafe(`prepare ${lateName} (uuid) as ${NOTES} where id = $1`);
				expect(await count(`execute ${name}`)).toBe(5);
				expect(await count(`execute ${lateName} ('${two.north.note}')`)).toBe(1);
				await session`commit`;
				await session`begin`;
				await after();
				for (const statement of [`execute ${name}`, `execute ${lateName} ('${two.north.note}')`]) {
					await session`savepoint before`;
					answers.push(await count(statement).catch(({ code }) => code));
					await session`rollback to before`;
				}
				await session`rollback`;
			}
			return [...new Set(answers)];
		};

		it('runs it neither as itself nor as the operator', async () => {
			expect(await prepared(async () => {})).toEqual([NO_PRIVILEGE]);
			expect(await prepared(() => named('firmseal_operator', under(lease)))).toEqual([NO_PRIVILEGE]);
		});

		it('gets no row from it without a lease, under another firm’s lease, or after a revocation', async () => {
			expect(await prepared(() => named('firmseal_break_glass'))).toEqual([0]);
			expect(await prepared(() => named('firmseal_break_glass', { firm: two.north.id }))).toEqual([0]);
			const other = await activeLeaseBySql(two, two.harbour);
			expect(await prepared(() => named('firmseal_break_glass', { ...under(other), firm: two.north.id }))).toEqual([0]);
			const answers = await prepared(async () => {
				await revokeBySql(two, lease);
				await open();
				lease = await activeLeaseBySql(two, two.north);
			});
			expect(answers).toEqual([0]);
		});

		it('sees no more than the lease shows if the statement was prepared where nothing is visible', async () => {
			await inTransaction(async () => {
				await named('firmseal_break_glass');
				await session.unsafe(`prepare early as ${NOTES}`);
				expect(await count('execute early')).toBe(0);
				await open();
				expect(await count('execute early')).toBe(5);
				await named('firmseal_operator');
				expect(await codeOf(session.unsafe('execute early'))).toBe(NO_PRIVILEGE);
			});
		});
	});

	it('whose driver prepares a statement by name gets from it what each transaction may see', async () => {
		const client = await openConnection(two.installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string);
		const ask = async (role: string, { firm = '', lease: of = '' } = {}) => {
			await client.query('begin');
			try {
				await client.query({
					name: 'naming',
					text: `select set_config('role', $1, true), set_config('firmseal.firm', $2, true), set_config('firmseal.lease', $3, true)`,
					values: [role, firm, of],
				});
				return (await client.query({ name: 'notes', text: `${NOTES} where id = any($1)`, values: [[two.north.note]] }))
					.rowCount;
			} catch (error) {
				return (error as { code?: string }).code;
			} finally {
				await client.query('rollback');
			}
		};
		try {
			// More often than PostgreSQL replans.
			for (let i = 0; i < 7; i++) expect(await ask('firmseal_break_glass', under(lease))).toBe(1);
			expect(await ask('firmseal_operator', under(lease))).toBe(NO_PRIVILEGE);
			expect(await ask('none', under(lease))).toBe(NO_PRIVILEGE);
			expect(await ask('firmseal_break_glass', { firm: two.north.id })).toBe(0);
			expect(await ask('firmseal_break_glass', under(lease))).toBe(1);
			await revokeBySql(two, lease);
			expect(await ask('firmseal_break_glass', under(lease))).toBe(0);
		} finally {
			await client.end();
		}
	});

	describe('that names another firm and lease with each row of one statement', () => {
		/** A lease on one record. */
		let narrow: SqlLease;
		let notes: string[];
		beforeEach(async () => {
			narrow = await activeLeaseBySql(two, two.north, { records: [two.north.note] });
			notes = (await two.admin`select id from notes where firm_id = ${two.north.id}`).map(({ id }) => id);
		});

		async function declare(...rows: NamingRow[]) {
			await session`begin`;
			await open();
			for (const plan of ROW_BY_ROW) await session.unsafe(plan);
			await session.unsafe(`declare torn cursor for ${takingApart(...rows)}`);
		}
		async function rows(...of: NamingRow[]) {
			await declare(...of);
			const seen = (await session.unsafe('fetch all from torn')).map(({ id }) => id);
			await session`rollback`;
			return seen;
		}
		const ofNone = (firm: string) => ({ firm, lease: uuidv7() });

		it('sees nothing of another firm', async () => {
			const inHarbour = { ...under(narrow), firm: two.harbour.id };
			expect(
				await rows(
					[under(narrow), two.north.note, false, false],
					[inHarbour, two.harbour.note, true, false],
					[ofNone(two.harbour.id), two.harbour.note],
					[inHarbour, two.harbour.note],
				),
			).toEqual([]);
			// Nor under a lease on all records.
			const whole = { ...under(lease), firm: two.harbour.id };
			for (const of of [ofNone(two.harbour.id), whole])
				expect(await rows([of, two.harbour.note, true, false], [under(lease), two.harbour.note])).toEqual([]);
		});

		it('sees no record outside the lease, whose scope is checked with a single call', async () => {
			const late = [ofNone(two.north.id), under(lease)].flatMap((of) => notes.map((id): NamingRow => [of, id]));
			expect(
				await rows(
					[under(narrow), two.north.note, false, false],
					[under(narrow), two.north.note, true, false],
					...late,
				),
			).toEqual([]);
			expect(await rows([under(narrow), two.north.note], ...late)).toEqual(Array(3).fill(two.north.note));
		});

		it('gets no further row, once the lease that was checked has its end mark', async () => {
			await declare(
				[under(narrow), two.north.note],
				[ofNone(two.north.id), two.north.note],
				[under(lease), two.north.note],
			);
			expect(await count('fetch 1 from torn')).toBe(1);
			await markEnd(two, narrow);
			expect(await count('fetch all from torn')).toBe(0);
			await session`rollback`;
		});
	});

	describe('with a cursor declared under the lease', () => {
		const declare = async (more = '') => {
			await session`begin`;
			await open();
			await session.unsafe(`declare notes_of cursor ${more} for ${NOTES}`);
		};

		it('gets no row from it after the end mark', async () => {
			await declare();
			await revokeBySql(two, lease);
			expect(await count('fetch all from notes_of')).toBe(0);
			await session`rollback`;
		});

		it('gets no row from a cursor with hold, if the end mark came before the commit', async () => {
			await declare('with hold');
			await revokeBySql(two, lease);
			await session`commit`;
			expect(await count('fetch all from notes_of')).toBe(0);
		});

		it('gets no row from it once the session names no lease', async () => {
			await declare();
			await named('firmseal_break_glass', { firm: two.north.id });
			expect(await count('fetch all from notes_of')).toBe(0);
			await session`rollback`;
		});

		it('reads no further row of a partly read one, once the lease has its end mark', async () => {
			await declare();
			expect(await count('fetch 1 from notes_of')).toBe(1);
			await markEnd(two, lease);
			expect(await count('fetch all from notes_of')).toBe(0);
			await session`rollback`;
		});

		it.each(['', uuidv7()])('reads no further row even if it named the lease “%s” meanwhile', async (other) => {
			await declare();
			expect(await count('fetch 1 from notes_of')).toBe(1);
			await session`select set_config('firmseal.lease', ${other}, true)`;
			await markEnd(two, lease);
			expect(await count('fetch all from notes_of')).toBe(0);
			await session`rollback`;
		});

		it('reads no further row of a partly read one, once the lease has expired', async () => {
			await expireIn(two, lease, 1_000);
			await declare();
			expect(await count('fetch 1 from notes_of')).toBe(1);
			await two.admin`select pg_sleep_until(expires_at) from leases where id = ${lease.id}`;
			expect(await count('fetch all from notes_of')).toBe(0);
			await session`rollback`;
		});

		// A sort reads all rows before it returns the first.
		it('receives what was sorted by then, as ciphertext', async () => {
			const statement = `${NOTES} order by title`;
			await session`begin`;
			await open();
			await session.unsafe(`declare notes_of cursor for ${statement}`);
			expect(await count('fetch 1 from notes_of')).toBe(1);
			await markEnd(two, lease);
			const rest = await session.unsafe('fetch all from notes_of');
			expect(rest).toHaveLength(4);
			for (const { title } of rest) expect(Buffer.isBuffer(title)).toBe(true);
			expect(await count(statement)).toBe(0);
			await session`rollback`;
		});

		// The session holds it like any fetched row: ciphertext, whose key needs an active grant.
		it('keeps what it read completely before the end mark', async () => {
			await declare('with hold');
			await session`commit`;
			await revokeBySql(two, lease);
			expect(await count('fetch all from notes_of')).toBe(5);
			await session`close notes_of`;
		});
	});

	describe('with a running statement under the lease', () => {
		it.each([
			['a query', (slow: string) => `select id, title, ${slow} from public.notes`],
			['a COPY', (slow: string) => `copy (select id, title, ${slow} from public.notes) to stdout`],
			[
				'a COPY that names another lease with its first row',
				(slow: string) =>
					`copy (select id, title, set_config('firmseal.lease', '', true), ${slow} from public.notes) to stdout`,
			],
		])('reads no further row of %s, once the lease has its end mark', async (_, statement) => {
			// For each row it waits for a lease's row, which another session locks when the first row comes.
			const other = await activeLeaseBySql(two, two.north);
			const client = await openConnection(two.installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string);
			const holder = await two.admin.reserve();
			try {
				await client.query('begin');
				await client.query(
					`select set_config('role', 'firmseal_break_glass', true), set_config('firmseal.firm', '${lease.firm}', true),
						set_config('firmseal.lease', '${lease.id}', true)`,
				);
				await holder`begin`;
				await holder`select from leases where id = ${other.id} for update`;
				const slow = `public.hold_lease('${other.id}', '${other.firm}', '${other.user}')`;
				const rows = client.query(statement(slow));
				await untilBlocked(two.admin, SUPERUSER);
				await markEnd(two, lease);
				await holder`rollback`;
				expect((await rows).rowCount).toBe(1);
			} finally {
				await holder`rollback`;
				holder.release();
				await client.end();
			}
		});
	});

	it('sees nothing in a transaction whose snapshot cannot see the end mark', async () => {
		for (const level of ['repeatable read', 'serializable']) {
			await session.unsafe(`begin isolation level ${level}`);
			await open();
			expect([level, await count(NOTES)]).toEqual([level, 0]);
			const held = session`select hold_lease(${lease.id}, ${lease.firm}, ${lease.user})`;
			expect([level, await codeOf(held)]).toEqual([level, '25000']);
			await session`rollback`;
		}
	});

	it('sees the end mark with its next statement', async () => {
		await two.as('operator', null, async (tx) => {
			await becomeBreakGlass(tx, under(lease));
			expect(await tx.unsafe(NOTES)).toHaveLength(5);
			await session`begin`;
			await named('firmseal_operator');
			await session`insert into lease_ends (lease_id, firm_id) values (${lease.id}, ${lease.firm})`;
			await session`commit`;
			expect(await tx.unsafe(NOTES)).toHaveLength(0);
		});
	});
});
