import { mkdtempSync, rmSync } from 'node:fs';
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

/** A cluster of its own: that no role is made shows only where there is none. */
describe('preparing a database with the migrations of another program', () => {
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
	async function newDatabase(make: (root: Sql, name: string) => Promise<unknown>): Promise<string> {
		const name = `m_${uuidv7().replaceAll('-', '')}`;
		const root = postgres(server.urlOf(SUPERUSER), { max: 1, onnotice: () => {} });
		await root.unsafe(`create database ${name}`);
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

	/** What is refused, in which words, and that nothing in the database or of its server has changed. */
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
		{ chain: 'a later migration', at: 4_102_444_800_000, told: '2100-01-01T00:00:00.000Z' },
		{ chain: 'a migration between those of this version', at: 1_796_036_400_001, told: '2026-11-30T11:00:00.001Z' },
	])('refuses one of a newer version, which has $chain, and changes nothing', async ({ at, told }) => {
		const name = await newDatabase(async (root, database) => {
			await prepareDatabase(urlOf(database), []);
			await root`insert into drizzle.__drizzle_migrations (hash, created_at) values (${'f'.repeat(64)}, ${at})`;
		});
		expect(await refused(name)).toBe(
			`The database NAME was prepared by a newer version of Firmseal: it has a migration of ${told} that this version does not know. Run that version or a newer one; nothing in the database was changed.`,
		);
	});

	it('accepts one of its own again, and changes nothing', async () => {
		const name = await newDatabase((_, database) => prepareDatabase(urlOf(database), []));
		const before = await inDatabase(name, everythingIn);
		await prepareDatabase(urlOf(name), []);
		expect(await inDatabase(name, everythingIn)).toEqual(before);
	});
});
