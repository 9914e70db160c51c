import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg, { type Client } from 'pg';
import postgres, { type Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openConnection } from '../../src/database/connection.ts';
import {
	type EmbeddedServer,
	inspectDatabase,
	openPlane,
	type PlaneLogin,
	prepareDatabase,
	SUPERUSER,
	selectAllFirms,
	startEmbeddedServer,
} from '../../src/database/index.ts';
import { SetupError } from '../../src/errors.ts';
import { untilBlocked } from '../support/blocked.ts';
import { servers } from '../support/both-servers.ts';
import { embedded } from '../support/own-servers.ts';
import { codeOf } from './two-firms.ts';

const migrations = readdirSync(new URL('../../drizzle', import.meta.url)).filter((name) => name.endsWith('.sql'));

const PASSWORD = 'only-for-tests';
const ADMIN = 'creates_roles';

const at = (url: string, database: string, user?: string) => {
	const changed = new URL(url);
	changed.pathname = `/${database}`;
	return user === undefined ? changed.href : Object.assign(changed, { username: user, password: PASSWORD }).href;
};

/** A new cluster without roles: roles belong to the cluster, so a shared one would have them already. */
async function startFreshCluster(prepared = 0): Promise<{ url: string; stop(): Promise<void> }> {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-prepare-'));
	const start = () => startEmbeddedServer({ directory: join(directory, 'postgres') });
	let embedded: EmbeddedServer = await start();
	if (prepared > 0) {
		const root = postgres(embedded.urlOf(SUPERUSER), { max: 1 });
		await root.unsafe(`alter system set max_prepared_transactions = ${prepared}`);
		await root.end();
		await embedded.stop();
		embedded = await start();
	}
	return {
		url: embedded.urlOf(SUPERUSER),
		async stop() {
			await embedded.stop();
			rmSync(directory, { recursive: true, force: true });
		},
	};
}

const clusters = [
	{ name: 'a new embedded cluster', start: startFreshCluster },
	...servers
		.filter((server) => server !== embedded)
		.map(({ name, url }) => ({ name, start: async () => ({ url, stop: async () => {} }) })),
];

describe.each(clusters)('preparing a database of $name', ({ start }) => {
	let cluster: Awaited<ReturnType<typeof startFreshCluster>>;
	let root: Sql;
	const made: string[] = [];
	const loginNames: string[] = [];

	beforeAll(async () => {
		cluster = await start();
		root = postgres(cluster.url, { max: 4, onnotice: () => {} });
	});
	afterAll(async () => {
		for (const name of made) await root`drop database if exists ${root(name)} with (force)`;
		for (const name of [...loginNames, ADMIN]) await root.unsafe(`drop role if exists ${name}`).catch(() => {});
		await root?.end({ timeout: 5 });
		await cluster?.stop();
	});

	async function createDatabase(owner?: string): Promise<string> {
		const name = `p_${uuidv7().replaceAll('-', '')}`;
		made.push(name);
		await root.unsafe(`create database ${name}${owner ? ` owner ${owner}` : ''}`);
		return name;
	}
	const logins = (database: string, prefix: string): PlaneLogin[] =>
		(['firm', 'operator', 'worker', 'broker'] as const).map((side) => {
			const user = `${prefix}_${side}`;
			if (!loginNames.includes(user)) loginNames.push(user);
			return { url: at(cluster.url, database, user), role: `firmseal_${side}` };
		});

	/** What a dump of the schema would show: objects, their privileges, policies and migrations. */
	async function stateOf(database: string): Promise<unknown> {
		const sql = postgres(at(cluster.url, database), { max: 1 });
		const rows = await sql`
			select 'class' as kind, relname::text as name, relacl::text as acl, relrowsecurity::text || relforcerowsecurity::text || relowner::regrole::text as more from pg_class where relnamespace = 'public'::regnamespace
			union all select 'policy', polname || polrelid::regclass, polroles::regrole[]::text, pg_get_expr(polqual, polrelid) from pg_policy
			union all select 'proc', proname, proacl::text, prosrc from pg_proc where pronamespace = 'public'::regnamespace
			union all select 'trigger', tgname, tgenabled::text, tgrelid::regclass::text from pg_trigger where not tgisinternal
			union all select 'database', '', datacl::text, '' from pg_database where datname = current_database()
			union all select 'schema', nspname, nspacl::text, '' from pg_namespace where nspname in ('public', 'drizzle')
			union all select 'migration', hash, created_at::text, '' from drizzle.__drizzle_migrations
			order by 1, 2, 3, 4`;
		await sql.end();
		return [...rows];
	}

	async function eachPlaneWorks(planes: readonly PlaneLogin[]): Promise<void> {
		for (const { url, role } of planes) {
			const plane = openPlane({ url, role, connections: 1 });
			expect(await plane.read(null, selectAllFirms)).toEqual([]);
			await plane.close();
		}
	}

	it('creates roles, logins and schema on several databases of the cluster at the same moment', async () => {
		const databases = await Promise.all([createDatabase(), createDatabase(), createDatabase(), createDatabase()]);
		const outcomes = await Promise.all(
			databases.map((name) => codeOf(prepareDatabase(at(cluster.url, name), logins(name, 'several')))),
		);
		expect(outcomes).toEqual(['done', 'done', 'done', 'done']);
		for (const name of databases) await eachPlaneWorks(logins(name, 'several'));
	});

	it('sets a bound, even if the login sets something else of its own at the same moment', async () => {
		const name = await createDatabase();
		const planes = logins(name, 'rival');
		await root.unsafe(`create role rival_firm login noinherit password '${PASSWORD}'`);
		const rival = await openConnection(at(cluster.url, name, 'rival_firm'));
		await rival.query('begin');
		await rival.query("alter role rival_firm set work_mem = '4MB'");
		const prepared = codeOf(prepareDatabase(at(cluster.url, name), planes));
		const sql = postgres(at(cluster.url, name), { max: 1 });
		await untilBlocked(sql, 'rival_firm');
		await rival.query('commit');
		expect(await prepared).toBe('done');
		const [set] =
			await sql`select setconfig from pg_db_role_setting s join pg_roles r on r.oid = s.setrole where r.rolname = 'rival_firm'`;
		expect(set?.setconfig).toEqual(['work_mem=4MB', 'temp_file_limit=256MB']);
		await Promise.all([rival.end(), sql.end()]);
	});

	it('happens once if four run it at once, and changes nothing if run again', async () => {
		const name = await createDatabase();
		const prepare = () => prepareDatabase(at(cluster.url, name), logins(name, 'once'));
		expect(await Promise.all([1, 2, 3, 4].map(() => codeOf(prepare())))).toEqual(['done', 'done', 'done', 'done']);
		const state = await stateOf(name);
		expect((state as { kind: string }[]).filter(({ kind }) => kind === 'migration')).toHaveLength(migrations.length);
		await prepare();
		expect(await stateOf(name)).toEqual(state);
		await eachPlaneWorks(logins(name, 'once'));
	});

	it('waits for the lock, even if it is free only at the moment of the check for its holder', async () => {
		const url = at(cluster.url, await createDatabase());
		const [first, second] = await Promise.all([openConnection(url), openConnection(url)]);
		const { query } = pg.Client.prototype;
		const waits = Promise.withResolvers<void>();
		const order: string[] = [];
		let looks = 0;
		async function look(ask: () => Promise<unknown>): Promise<unknown> {
			looks++;
			if (looks === 1) await first.query('select pg_advisory_unlock(4611001)');
			const found = await ask();
			if (looks === 1) await second.query('select pg_advisory_lock(4611001)');
			if (looks === 4) waits.resolve();
			return found;
		}
		vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: Client, ...args: unknown[]) {
			const ask = () => Reflect.apply(query, this, args);
			const isLook = this !== first && this !== second && String(args[0]).includes('pg_locks');
			return isLook ? look(ask) : ask();
		});
		try {
			await first.query('select pg_advisory_lock(4611001)');
			const prepared = prepareDatabase(url, []).then(() => order.push('prepared'));
			await Promise.race([prepared, waits.promise]);
			order.push('given back');
			await second.query('select pg_advisory_unlock(4611001)');
			await prepared;
			expect(order).toEqual(['given back', 'prepared']);
		} finally {
			vi.restoreAllMocks();
			await Promise.all([first.end(), second.end()]);
		}
	});

	it('gives each login its share of the connections, again if it has none, and keeps a limit set by an administrator', async () => {
		const name = await createDatabase();
		const prepare = () => prepareDatabase(at(cluster.url, name), logins(name, 'once'));
		const limits = async (): Promise<Record<string, number>> => {
			const rows = await root`select rolname as name, rolconnlimit as limit from pg_roles
				where rolcanlogin and not rolsuper order by rolname`;
			return Object.fromEntries(rows.map(({ name, limit }) => [name, limit]));
		};
		const total = (of: Record<string, number>) => Object.values(of).reduce((sum, each) => sum + each, 0);
		const [{ available } = { available: 0 }] = await root`
			select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as available`;
		await prepare();
		const made = await limits();
		expect(Math.min(...Object.values(made))).toBeGreaterThan(0);
		expect(total(made)).toBeLessThan(available);
		await root`alter role once_operator connection limit -1`;
		await prepare();
		expect(await limits()).toEqual(made);
		const least = made.once_firm ?? 0;
		await root.unsafe(`alter role once_firm connection limit ${least - 1}`);
		await prepare();
		expect((await limits()).once_firm).toBe(least > 26 ? least - 1 : least);
	});

	it('leaves no unexpected owner or login', async () => {
		const name = await createDatabase();
		await prepareDatabase(at(cluster.url, name), logins(name, 'once'));
		const roles =
			await root`select rolname, rolsuper, rolinherit, rolcanlogin, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname ~ '^firmseal_(owner|firm|portal|operator|break_glass|broker|worker|log|signer)$' or rolname like 'once\\_%'`;
		expect(roles).toHaveLength(13);
		for (const role of roles) {
			expect(role).toEqual({
				rolname: role.rolname,
				rolsuper: false,
				rolinherit: false,
				rolcanlogin: role.rolname.startsWith('once_'),
				rolbypassrls: false,
				rolcreaterole: false,
				rolcreatedb: false,
			});
		}
		const sql = postgres(at(cluster.url, name), { max: 1 });
		const owners =
			await sql`select distinct relowner::regrole::text as owner from pg_class where relnamespace = 'public'::regnamespace`;
		await sql.end();
		expect(owners).toEqual([{ owner: 'firmseal_owner' }]);
	});

	it('creates a login whose password contains SQL delimiters', async () => {
		const name = await createDatabase();
		const user = 'odd\'"user';
		const url = Object.assign(new URL(at(cluster.url, name)), {
			username: encodeURIComponent(user),
			password: encodeURIComponent('it\'s; drop\\ "x" %'),
		}).href;
		await prepareDatabase(at(cluster.url, name), [{ url, role: 'firmseal_worker' }]);
		await eachPlaneWorks([{ url, role: 'firmseal_worker' }]);
		await root.unsafe(`drop role "odd'""user"`);
		const withoutUser = Object.assign(new URL(url), { username: '', password: '' }).href;
		await expect(
			prepareDatabase(at(cluster.url, name), [{ url: withoutUser, role: 'firmseal_worker' }]),
		).rejects.toThrow(new SetupError('A database URL has no user: write postgres://USER:PASSWORD@HOST/DATABASE.'));
	});

	it('refuses a server before 15, and changes nothing there', async () => {
		const name = await createDatabase();
		const sql = postgres(at(cluster.url, name), { max: 1 });
		// Replaces the answer of the server, which is newer.
		await sql.unsafe(`create schema old; create function old.current_setting(text) returns text language sql as $$ select '140011' $$;
			alter database ${name} set search_path = old, pg_catalog, public`);
		await sql.end();
		await expect(prepareDatabase(at(cluster.url, name), logins(name, 'once'))).rejects.toMatchObject({
			name: 'SetupError',
			message: 'PostgreSQL 15 or newer is needed: upgrade the server.',
		});
		const after = postgres(at(cluster.url, name), { max: 1 });
		expect(await after`select 1 from pg_class where relnamespace = 'public'::regnamespace`).toEqual([]);
		await after.end();
	});
});

describe.each(clusters)('preparing as a role that may create roles, and owns the database, on $name', ({ start }) => {
	let cluster: Awaited<ReturnType<typeof startFreshCluster>>;
	let root: Sql;
	const name = `q_${uuidv7().replaceAll('-', '')}`;
	beforeAll(async () => {
		cluster = await start(3);
		root = postgres(cluster.url, { max: 1, onnotice: () => {} });
		await root.unsafe(`create role ${ADMIN} login createrole password '${PASSWORD}'`);
		// In this locale, the lower case of I is not i.
		await root.unsafe(
			`create database ${name} owner ${ADMIN} template template0 locale_provider icu icu_locale 'tr' locale 'C'`,
		);
	});
	afterAll(async () => {
		await root`drop database if exists ${root(name)} with (force)`;
		for (const role of ['made_firm', 'made_operator', 'made_worker', ADMIN])
			await root.unsafe(`drop role if exists ${role}`).catch(() => {});
		await root.end({ timeout: 5 });
		await cluster.stop();
	});

	it('works without a superuser, twice, and leaves the schema of the migrations, in another locale', async () => {
		const admin = at(cluster.url, name, ADMIN);
		const planes = (['firm', 'operator', 'worker'] as const).map(
			(side): PlaneLogin => ({ url: at(cluster.url, name, `made_${side}`), role: `firmseal_${side}` }),
		);
		for (let i = 0; i < 2; i++) expect(await codeOf(prepareDatabase(admin, planes))).toBe('done');
		const asking = openPlane({ url: planes[2]?.url ?? '', role: 'firmseal_worker', connections: 1 });
		const findings = await inspectDatabase(asking);
		expect(findings.filter(({ check, ok }) => check.includes('of the migrations') && !ok)).toEqual([]);
		const open = findings.find(({ check }) => check.includes('advisory locks'));
		// Only a superuser can revoke these from everyone.
		expect(open?.fix).toMatch(
			/^Logins can call these functions: lo_close \(every login\), .*, pg_advisory_lock \(every login\)/,
		);
		// A login that prepares a transaction keeps its locks after it has signed out.
		const [{ most } = { most: 0 }] = await root<{ most: number }[]>`
			select current_setting('max_prepared_transactions')::int as most`;
		const prepared = findings.find(({ check }) => check.includes('prepared transaction'));
		expect(prepared).toMatchObject({ ok: most === 0 });
		if (most > 0) expect(prepared?.fix).toMatch(/^max_prepared_transactions is 3: set it to 0/);
		// A superuser revokes the function from the logins, but the next preparation can use it as the owner.
		await root.unsafe(`alter role ${ADMIN} noinherit`);
		for (const url of [at(cluster.url, name), admin]) expect(await codeOf(prepareDatabase(url, planes))).toBe('done');
		const taken = (await inspectDatabase(asking)).find(({ check }) => check.includes('advisory locks'));
		expect(taken).toMatchObject({ ok: true });
		// The administrator has no limit for temporary files, because a migration may sort a table.
		const bounded = await root`select r.rolname as name from pg_db_role_setting s join pg_roles r on r.oid = s.setrole
			where 'temp_file_limit=256MB' = any(s.setconfig) and (r.rolname like 'made%' or r.rolname = ${ADMIN}) order by 1`;
		expect(bounded.map((role) => role.name)).toEqual(['made_firm', 'made_operator', 'made_worker']);
		await asking.close();
		for (const { url, role } of planes) {
			const plane = openPlane({ url, role, connections: 1 });
			expect(await plane.read(null, selectAllFirms)).toEqual([]);
			await plane.close();
		}
	});
});
