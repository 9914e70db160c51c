import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeError } from '../../src/api/logger.ts';
import {
	DatabaseError,
	insertFirm,
	insertRows,
	insertUser,
	openPlane,
	type Plane,
	type Sealed,
	type Transaction,
	tables,
} from '../../src/database/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import { servers } from '../support/both-servers.ts';
import { makeTwoFirms, type Side, type TwoFirms } from './two-firms.ts';

const MARKER = 'Marker-Quince-7431';

function refuse(text: string): never {
	throw new TypeError(text);
}
const MARKER_HEX = Buffer.from(MARKER).toString('hex');

/** Everything that a log, a client or a debugger can read from an error. */
function everythingOf(error: unknown): string {
	const parts: string[] = [];
	for (let each = error; each instanceof Error; each = each.cause) {
		const own = Object.getOwnPropertyNames(each).map((name) => [
			name,
			(each as unknown as Record<string, unknown>)[name],
		]);
		parts.push(
			inspect(each, { showHidden: true, depth: 20, getters: true }),
			JSON.stringify(own),
			JSON.stringify(each),
			String(each),
			String(each.stack),
		);
	}
	return parts.join('\n');
}

describe.each(servers)('a database error on $name', (server) => {
	let two: TwoFirms;
	const planes = new Map<Side, Plane>();
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		for (const side of ['firm', 'operator', 'worker'] as const) planes.set(side, two.plane(side, 2));
	});
	afterAll(() => two?.close());

	async function errorOf(side: Side, work: (tx: Transaction) => Promise<unknown>): Promise<unknown> {
		return planes
			.get(side)
			?.write(two.north.id, work)
			.then(
				() => expect.fail('was not refused'),
				(error: unknown) => error,
			);
	}
	const user = (more: object) => ({
		id: uuidv7(),
		personId: uuidv7(),
		issuer: 'i',
		subject: uuidv7(),
		email: `${uuidv7()}@x.example`,
		name: 'N',
		...more,
	});
	const note = (more: object) => ({ firmId: two.north.id, id: uuidv7(), authorId: two.north.author, ...more });
	const plaintext = Buffer.from(`${MARKER}, written without sealing, and long enough`) as unknown as Sealed;

	const CASES: [string, Side, string, (tx: Transaction) => Promise<unknown>][] = [
		[
			'a duplicate id',
			'worker',
			'23505',
			async (tx) => {
				const id = uuidv7();
				await insertUser(tx, user({ id, email: `${MARKER}@x.example` }));
				await insertUser(tx, user({ id, email: `${MARKER}@x.example` }));
			},
		],
		[
			'plaintext in a sealed column',
			'firm',
			'23514',
			(tx) => insertRows(tx, tables.notes, [note({ title: plaintext })]),
		],
		[
			'a row that violates a check',
			'worker',
			'23514',
			(tx) => insertFirm(tx, { id: uuidv7(), slug: MARKER, name: MARKER }),
		],
		[
			'a foreign key without a target',
			'firm',
			'23503',
			(tx) =>
				tx.execute(
					sql`insert into memberships (firm_id, user_id, role) select ${two.north.id}, gen_random_uuid(), 'MEMBER' where ${MARKER} <> ''`,
				),
		],
		['a null in a required column', 'worker', '23502', (tx) => insertUser(tx, user({ name: null, email: MARKER }))],
		['a text that is not an id', 'firm', '22P02', (tx) => insertRows(tx, tables.notes, [note({ authorId: MARKER })])],
		['a text that is not a number', 'firm', '22P02', (tx) => tx.execute(sql`select ${MARKER}::text::int`)],
		['a cast of a whole row', 'worker', '22P02', (tx) => tx.execute(sql`select (${MARKER} || name)::int from firms`)],
		['an invalid statement', 'firm', '42601', (tx) => tx.execute(sql.raw(`selec '${MARKER}'`))],
		['an unknown name', 'firm', '42703', (tx) => tx.execute(sql.raw(`select "${MARKER}" from notes`))],
		[
			'a missing privilege',
			'operator',
			'42501',
			(tx) => tx.execute(sql`select title from notes where title = ${plaintext}`),
		],
		['a NUL in a text', 'worker', '22021', (tx) => insertUser(tx, user({ email: `${MARKER}\0@x.example` }))],
		[
			'an exception of a function',
			'firm',
			'P0001',
			(tx) =>
				tx.execute(
					sql.raw(
						`do $$ begin raise exception '${MARKER}' using detail = '${MARKER}', hint = '${MARKER}', constraint = 'named'; end $$`,
					),
				),
		],
		[
			'a value that the driver cannot send',
			'firm',
			'XX000',
			(tx) => tx.execute(sql`select ${MARKER}, ${sql.param({ toPostgres: () => refuse(MARKER) })}`),
		],
	];

	it.each(CASES)('reveals its code and nothing of the row: %s', async (_name, side, code, work) => {
		const error = await errorOf(side, work);
		const text = everythingOf(error);
		expect(error).toBeInstanceOf(DatabaseError);
		expect((error as DatabaseError).code).toBe(code);
		expect(text).not.toContain(MARKER);
		expect(text).not.toContain(MARKER_HEX);
		expect(text).not.toContain(MARKER.toLowerCase());
		expect(text).not.toMatch(/select|insert|Failed query/i);
		expect((error as Error).cause).toBeUndefined();
	});

	it('contains the marker if the driver’s message does, so this test would detect it', async () => {
		const raw = two.admin`insert into firms (id, slug, name) values (${uuidv7()}, ${MARKER}, ${MARKER})`;
		const error = await raw.then(
			() => null,
			(thrown: unknown) => thrown,
		);
		expect(everythingOf(error)).toContain(MARKER);
	});

	it('names the constraint, by which a caller decides', async () => {
		const error = await errorOf('worker', (tx) => insertFirm(tx, { id: uuidv7(), slug: MARKER, name: MARKER }));
		expect(error).toMatchObject({
			code: '23514',
			constraint: 'firms_slug_form',
			message: 'The database refused a statement (SQLSTATE 23514, constraint firms_slug_form).',
		});
	});

	it('leaves an error of the caller’s work unchanged, and rolls the work back', async () => {
		const mine = new FirmsealError('CONFLICT', 'mine');
		const id = uuidv7();
		const error = await errorOf('worker', async (tx) => {
			await insertFirm(tx, { id, slug: 'undone', name: 'Undone' });
			throw mine;
		});
		expect(error).toBe(mine);
		expect(await two.admin`select 1 from firms where id = ${id}`).toEqual([]);
	});

	async function errorAt(change: (url: URL) => void, work: (tx: Transaction) => Promise<unknown>): Promise<unknown> {
		const url = new URL(two.installation.env.DATABASE_URL as string);
		change(url);
		const plane = openPlane({ url: url.href, role: 'firmseal_firm', connections: 1 });
		const error = await plane.read(null, work).then(
			() => null,
			(thrown: unknown) => thrown,
		);
		await plane.close();
		const text = everythingOf(error);
		expect(text).not.toContain(MARKER);
		expect(text).not.toContain('only-for-tests');
		return error;
	}
	const select = (tx: Transaction) => tx.execute(sql`select ${MARKER}`);

	it('is AUDIT_UNAVAILABLE, without the URL, if the server is down', async () => {
		expect(await errorAt((url) => Object.assign(url, { port: '1' }), select)).toMatchObject({
			code: 'AUDIT_UNAVAILABLE',
			cause: { code: 'ECONNREFUSED' },
		});
	});

	it('is AUDIT_UNAVAILABLE, with the reason in the log, if the server accepts no more connections', async () => {
		const database = new URL(two.installation.env.DATABASE_URL as string).pathname.slice(1);
		await two.admin`alter database ${two.admin(database)} connection limit 0`;
		const error = await errorAt(() => {}, select);
		await two.admin`alter database ${two.admin(database)} connection limit -1`;
		expect(error).toMatchObject({ code: 'AUDIT_UNAVAILABLE', cause: { code: '53300' } });
		expect(describeError(error)).toEqual({
			class: 'FirmsealError',
			code: 'AUDIT_UNAVAILABLE',
			cause: { class: 'DatabaseUnreachableError', code: '53300' },
		});
	});

	it.each([
		['no memory, as PostgreSQL reports it', '53200', 'out of memory', '53200'],
		[
			'no memory, as its library reports it',
			'XX000',
			'could not convert epoch to timestamp: Cannot allocate memory',
			'53200',
		],
		['no memory for a library', '58P01', 'could not load library "plpgsql.so": failed to map segment', '58P01'],
		['a failing disk', '58030', 'could not read block 1', '58030'],
	])('is AUDIT_UNAVAILABLE, with the reason in the log, if the server has %s', async (_, sqlstate, message, code) => {
		const raise = `do $$ begin raise exception '%', '${message}' using errcode = '${sqlstate}', detail = '${MARKER}'; end $$`;
		const error = await errorOf('firm', (tx) => tx.execute(sql.raw(raise)));
		expect(error).toMatchObject({ code: 'AUDIT_UNAVAILABLE', cause: { code } });
		expect(everythingOf(error)).not.toContain(MARKER);
	});

	it('is not AUDIT_UNAVAILABLE after an internal error of the server', async () => {
		const raise = "do $$ begin raise exception 'cache lookup failed' using errcode = 'XX000'; end $$";
		expect(await errorOf('firm', (tx) => tx.execute(sql.raw(raise)))).toMatchObject({ code: 'XX000' });
	});

	it('is AUDIT_UNAVAILABLE, with the reason in the log, if other work has all connections of the pool', async () => {
		const plane = openPlane({
			url: two.installation.env.DATABASE_URL as string,
			role: 'firmseal_firm',
			connections: 1,
		});
		const { promise: done, resolve: finish } = Promise.withResolvers<void>();
		const first = plane.read(null, () => done);
		await expect(plane.read(null, select)).rejects.toMatchObject({
			code: 'AUDIT_UNAVAILABLE',
			cause: { code: 'ETIMEDOUT' },
		});
		finish();
		await first;
		await plane.close();
	});

	it('is a code, without the URL, if the password is wrong', async () => {
		const wrong = (url: URL) => void Object.assign(url, { username: MARKER, password: MARKER });
		expect(await errorAt(wrong, select)).toBeInstanceOf(DatabaseError);
	});

	it('is AUDIT_UNAVAILABLE if the connection ends in a transaction, and the next transaction gets a new one', async () => {
		const pidOf = async (tx: Transaction) =>
			Number((await tx.execute(sql`select pg_backend_pid() as pid`)).rows[0]?.pid);
		const end = (pid: number, wait = '%') => two.admin`
			select pg_terminate_backend(pid) from pg_stat_activity where pid = ${pid} and coalesce(wait_event, '') like ${wait}`;
		const plane = openPlane({
			url: two.installation.env.DATABASE_URL as string,
			role: 'firmseal_firm',
			connections: 1,
		});
		for (const isHeard of [false, true]) {
			const between = plane.read(null, async (tx) => {
				const pid = await pidOf(tx);
				await end(pid);
				if (isHeard) await expect.poll(() => end(pid), { interval: 5 }).toEqual([]);
				await select(tx);
			});
			await expect(between).rejects.toMatchObject({
				code: 'AUDIT_UNAVAILABLE',
				cause: { code: expect.stringMatching(/^57P01$|^ECONNRESET$/) },
			});
			const during = plane.read(null, async (tx) => {
				const pid = await pidOf(tx);
				const cut = expect.poll(() => end(pid, 'PgSleep'), { interval: 5 }).not.toEqual([]);
				await Promise.all([tx.execute(sql`select ${MARKER}, pg_sleep(60)`), cut]);
			});
			await expect(during).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE', cause: { code: '57P01' } });
			await expect(plane.read(null, select)).resolves.toBeDefined();
		}
		await plane.close();
	});

	it('is raised for every write in a read-only transaction', async () => {
		const error = await planes
			.get('firm')
			?.read(two.north.id, (tx) => insertRows(tx, tables.notes, [note({})]))
			.then(
				() => null,
				(thrown: unknown) => thrown,
			);
		expect(error).toMatchObject({ name: 'DatabaseError', code: '25006' });
	});
});

describe('the log of the embedded server', () => {
	it('contains the error, and no row, parameter or statement', () => {
		const embedded = servers.find(({ name }) => name === 'embedded');
		const log = readFileSync(join(embedded?.files ?? '', '..', 'log'), 'utf8');
		expect(log).toContain('violates check constraint "firms_slug_form"');
		expect(log).not.toContain('DETAIL');
		expect(log).not.toContain('STATEMENT');
	});
});
