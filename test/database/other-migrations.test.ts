import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedServer, prepareDatabase, SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { SetupError } from '../../src/errors.ts';
import { everythingIn, makeUnpublished } from './unpublished-chain.ts';

const PASSWORD = 'only-for-tests';
const ADMIN = 'prepares_databases';

/** A separate cluster: only one without roles shows that none is made. */
describe('preparing a database that is not for these migrations', () => {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-other-migrations-'));
	let server: EmbeddedServer;

	beforeAll(async () => {
		server = await startEmbeddedServer({ directory: join(directory, 'postgres') });
	});
	afterAll(async () => {
		await server.stop();
		rmSync(directory, { recursive: true, force: true });
	});

	const urlOf = (database: string, user = SUPERUSER) => {
		const url = Object.assign(new URL(server.urlOf(user)), { pathname: `/${database}` });
		return (user === SUPERUSER ? url : Object.assign(url, { password: PASSWORD })).href;
	};

	/** An empty database; `make` fills it. */
	async function newDatabase(make: (root: Sql, name: string) => Promise<unknown>, options = ''): Promise<string> {
		const name = `m_${uuidv7().replaceAll('-', '')}`;
		const root = postgres(server.urlOf(SUPERUSER), { max: 1, onnotice: () => {} });
		await root.unsafe(`create database ${name} ${options}`);
		await root.end();
		await inDatabase(name, (sql) => make(sql, name));
		return name;
	}

	async function inDatabase<T>(name: string, work: (sql: Sql) => Promise<T>): Promise<T> {
		const sql = postgres(urlOf(name), { max: 1, onnotice: () => {} });
		try {
			return await work(sql);
		} finally {
			await sql.end();
		}
	}

	/** Expects a refusal that changes nothing in the database or its server. @returns the message */
	async function refused(name: string, user?: string): Promise<string> {
		const before = await inDatabase(name, everythingIn);
		const logins = [{ url: urlOf(name, 'other_firm_login'), role: 'firmseal_firm' }] as const;
		const error = await prepareDatabase(urlOf(name, user), logins).catch((thrown: unknown) => thrown);
		expect(await inDatabase(name, everythingIn)).toEqual(before);
		expect(error).toBeInstanceOf(SetupError);
		const { host } = new URL(server.urlOf(SUPERUSER));
		return (error as SetupError).message.replace(`${name} at ${host}`, 'NAME');
	}

	const UNPUBLISHED =
		'The database NAME has the migrations of another program, or of a version of Firmseal that was never published and has no upgrade: make a new database, and set DATABASE_URL and the other database settings to it. Nothing in the database was changed.';

	const ofOtherOwner = (owner: string) =>
		`The database NAME records its migrations in a table of the role ${owner}, not of firmseal_owner: another program made it, or it was restored without its owners. Restore it with its owners (pg_restore without --no-owner), or make a new database, and set DATABASE_URL and the other database settings to it. Nothing in the database was changed.`;

	it('refuses a database of a version before the first published one, and changes nothing', async () => {
		expect(await refused(await newDatabase(makeUnpublished))).toBe(UNPUBLISHED);
	});

	it('refuses it to an administrator who is no superuser and reads the records only as the owner', async () => {
		const name = await newDatabase(async (root, database) => {
			await makeUnpublished(root);
			await root.unsafe(`create role ${ADMIN} login createrole noinherit password '${PASSWORD}';
				grant firmseal_owner to ${ADMIN}; alter database ${database} owner to ${ADMIN}`);
		});
		expect(await refused(name, ADMIN)).toBe(UNPUBLISHED);
	});

	it('refuses one in which another program keeps its migrations, which the administrator cannot read', async () => {
		const name = await newDatabase((root) =>
			root.unsafe(
				`create schema drizzle; create table drizzle.__drizzle_migrations (id serial, hash text, created_at bigint)`,
			),
		);
		expect(await refused(name, ADMIN)).toBe(ofOtherOwner(SUPERUSER));
	});

	it('refuses one of its own whose records belong to another role, as after pg_restore --no-owner', async () => {
		const name = await newDatabase(async (root, database) => {
			await prepareDatabase(urlOf(database), []);
			await root.unsafe('alter table drizzle.__drizzle_migrations owner to current_user');
		});
		expect(await refused(name)).toBe(ofOtherOwner(SUPERUSER));
	});

	it.each([
		['in another order', 'update drizzle.__drizzle_migrations set created_at = 1 where created_at > 1796036400000'],
		[
			'that end with one of ours at another time',
			'insert into drizzle.__drizzle_migrations (hash, created_at) select hash, 4102444800000 from drizzle.__drizzle_migrations limit 1',
		],
	])('refuses migrations %s, and changes nothing', async (_which, change) => {
		const name = await newDatabase(async (root, database) => {
			await prepareDatabase(urlOf(database), []);
			await root.unsafe(change);
		});
		expect(await refused(name)).toBe(UNPUBLISHED);
	});

	it.each([
		{ chain: 'a later migration', at: 4_102_444_800_000, time: '2100-01-01T00:00:00.000Z' },
		{ chain: 'a migration between those of this version', at: 1_796_036_400_001, time: '2026-11-30T11:00:00.001Z' },
	])('refuses one of a newer version, which has $chain, and changes nothing', async ({ at, time }) => {
		const name = await newDatabase(async (root, database) => {
			await prepareDatabase(urlOf(database), []);
			await root`insert into drizzle.__drizzle_migrations (hash, created_at) values (${'f'.repeat(64)}, ${at})`;
		});
		expect(await refused(name)).toBe(
			`The database NAME was prepared by a newer version of Firmseal: it has a migration of ${time} that this version does not know. Run that version or a newer one; nothing in the database was changed.`,
		);
	});

	it('refuses a database whose records of migrations were emptied', async () => {
		const name = await newDatabase(async (root) => {
			await makeUnpublished(root);
			await root`delete from drizzle.__drizzle_migrations`;
		});
		expect(await refused(name)).toBe(UNPUBLISHED);
	});

	it.each([
		['table notes', 'create table notes (id integer); create index leases_open on notes (id)'],
		['view documents', 'create view documents as select 1 as id'],
		['index leases_open', 'create table other (id integer); create index leases_open on other (id)'],
		['type scope_of_lease', "create type scope_of_lease as enum ('own')"],
		['function current_firm', "create function current_firm() returns integer language sql as 'select 1'"],
		['schema drizzle', 'create schema drizzle'],
	])('refuses a database in which another program has the %s, and changes nothing', async (object, make) => {
		const name = await newDatabase((root) => root.unsafe(make));
		expect(await refused(name)).toBe(
			`The database NAME already has the ${object}, which belongs to the role postgres and not to Firmseal: make a new database, and set DATABASE_URL and the other database settings to it. Nothing in the database was changed.`,
		);
	});

	it('prepares a database in which another program has only other names', async () => {
		const name = await newDatabase((root) => root.unsafe('create table ledger (id integer)'));
		await prepareDatabase(urlOf(name), []);
		expect(await inDatabase(name, (sql) => sql`select to_regclass('notes') is not null as made`)).toMatchObject([
			{ made: true },
		]);
	});

	it.each(['LATIN1', 'SQL_ASCII'])('refuses a database with the encoding %s, and changes nothing', async (encoding) => {
		const name = await newDatabase(async () => {}, `template template0 encoding '${encoding}' locale 'C'`);
		expect(await refused(name)).toBe(
			`The database NAME has the encoding ${encoding}, but Firmseal needs UTF8: make a new database by createdb --template=template0 --encoding=UTF8 --locale=C NAME, and set DATABASE_URL and the other database settings to it. Nothing in the database was changed.`,
		);
	});

	it('refuses a database that is read-only by its default, and changes nothing', async () => {
		const name = await newDatabase((root, database) =>
			root.unsafe(`alter database ${database} set default_transaction_read_only = on`),
		);
		expect(await refused(name)).toBe(
			'The database NAME is read-only, because default_transaction_read_only is on: turn it off where it was set, by ALTER DATABASE, ALTER ROLE or ALTER SYSTEM. Nothing in the database was changed.',
		);
	});

	it.each(['postgres', 'template0', 'template1'])('refuses the server’s own database %s', async (name) => {
		const { host } = new URL(server.urlOf(SUPERUSER));
		await expect(prepareDatabase(urlOf(name), [])).rejects.toThrow(
			new SetupError(
				`The database ${name} at ${host} is one that every PostgreSQL server has for itself: make a new database, and set DATABASE_URL and the other database settings to it. Nothing in the database was changed.`,
			),
		);
	});

	it('accepts one of its own again, and changes nothing', async () => {
		const name = await newDatabase((_, database) => prepareDatabase(urlOf(database), []));
		const before = await inDatabase(name, everythingIn);
		await prepareDatabase(urlOf(name), []);
		expect(await inDatabase(name, everythingIn)).toEqual(before);
	});
});

it('preparing a database refuses a standby server', async () => {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-standby-'));
	const server = await startEmbeddedServer({ directory: join(directory, 'postgres') });
	try {
		await server.stop();
		writeFileSync(join(server.files, 'standby.signal'), '');
		await server.restart();
		const url = server.urlOf(SUPERUSER);
		await expect(prepareDatabase(url, [])).rejects.toThrow(
			new SetupError(
				`The database firmseal at ${new URL(url).host} is on a standby server, which can only be read: set the database settings to the primary server. Nothing in the database was changed.`,
			),
		);
	} finally {
		await server.stop();
		rmSync(directory, { recursive: true, force: true });
	}
});
