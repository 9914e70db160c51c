import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServingDatabase } from '../../src/cli/start/open-serving-database.ts';
import { readConfig } from '../../src/config/config.ts';
import {
	acquireStartLock,
	BROKER_LEADER_LOCK,
	LOG_LEADER_LOCK,
	openPlane,
	type Plane,
	type PlaneRole,
	prepareDatabase,
} from '../../src/database/index.ts';
import { type LeaseAnswer, leasesOver } from '../leases/by-api.ts';
import { servers } from '../support/both-servers.ts';
import {
	LOGINS,
	PASSWORD,
	type Person,
	type TestApi,
	type TestFirm,
	type TestInstallation,
} from '../support/installation.ts';
import { activeLease } from '../support/leases.ts';
import { makeNote } from '../support/notes.ts';
import { PGBOUNCER, type Pooler, startPgbouncer } from '../support/pgbouncer.ts';
import { makePopulated } from '../support/populated.ts';
import { until } from './program.ts';

const NAME = PGBOUNCER ? 'behind pgbouncer' : 'behind pgbouncer (skipped: pgbouncer is not installed)';

/** The pooler's maximum number of server connections for each login. The programs open many more connections to the pooler. */
const FEW = 4;
const STARTED = 4_611_002;
const POOLER_IN_THE_WAY = {
	name: 'SetupError',
	message: expect.stringContaining('This database URL leads to a pooler'),
};

describe.skipIf(!PGBOUNCER).each(servers)(`an installation on $name ${NAME}`, (server) => {
	let pooler: Pooler;
	let installation: TestInstallation;
	let api: TestApi;
	let north: TestFirm;
	let harbour: TestFirm;
	let notes: string[];
	let lease: LeaseAnswer;
	let people: { readonly operator: Person; readonly approver: Person };
	const planes: Plane[] = [];

	beforeAll(async () => {
		pooler = await startPgbouncer(server, {
			users: Object.fromEntries(Object.values(LOGINS).map((login) => [login, PASSWORD])),
			serverConnections: FEW,
		});
		({ installation, north, harbour } = await makePopulated(server, { pooled: pooler.pooled }));
		people = {
			operator: await installation.addOperator('OPERATOR'),
			approver: await installation.addOperator('APPROVER'),
		};
		api = await installation.serve();
		await installation.startBroker();
		notes = [];
		for (const { member, slug } of [north, north, harbour]) {
			notes.push(await makeNote(api.ask, member, { title: `A title of ${slug}`, body: 'A body.' }));
		}
		lease = await activeLease({ ask: api.ask, firm: north, ...people });
	});
	afterAll(async () => {
		await Promise.all(planes.map((plane) => plane.close()));
		await installation?.close();
		await pooler?.stop();
	});

	const URLS = {
		firmseal_firm: 'DATABASE_URL',
		firmseal_portal: 'DATABASE_URL',
		firmseal_operator: 'FIRMSEAL_OPERATOR_DATABASE_URL',
		firmseal_break_glass: 'FIRMSEAL_OPERATOR_DATABASE_URL',
		firmseal_worker: 'FIRMSEAL_WORKER_DATABASE_URL',
		firmseal_maintenance: 'FIRMSEAL_WORKER_DATABASE_URL',
		firmseal_log: 'FIRMSEAL_WORKER_DATABASE_URL',
		firmseal_signer: 'FIRMSEAL_WORKER_DATABASE_URL',
		firmseal_broker: 'FIRMSEAL_BROKER_DATABASE_URL',
	} as const;
	function planeOf(role: PlaneRole, connections = 20): Plane {
		const plane = openPlane({ url: installation.env[URLS[role]] as string, role, connections });
		planes.push(plane);
		return plane;
	}
	/** The client ports of the sessions that hold the advisory lock with this number. */
	const holdersOf = async (lock: number) =>
		(
			await installation.admin`select a.client_port as port from pg_locks l join pg_stat_activity a using (pid)
			where l.locktype = 'advisory' and l.objid = ${lock} and a.datname = current_database()`
		).map(({ port }) => port as number);
	const poolerPorts = async () => Object.values(await pooler.serverPorts()).flat();

	it('has every plane on the pooler, with few connections behind it', async () => {
		const ports = await pooler.serverPorts();
		expect(Object.keys(ports).sort()).toEqual(Object.values(LOGINS).sort());
		for (const of of Object.values(ports)) expect(of.length).toBeLessThanOrEqual(FEW);
		const sessions = await installation.admin`select usename as user, client_port as port from pg_stat_activity
			where datname = current_database() and usename in ${installation.admin(Object.values(LOGINS))}`;
		expect(sessions.filter(({ port }) => !Object.values(ports).flat().includes(port))).toEqual([]);
		// The sessions of the broker and of the log leader hold their locks, so they do not use the pooler.
		for (const { lock } of [BROKER_LEADER_LOCK, LOG_LEADER_LOCK])
			expect((await holdersOf(lock)).map((port) => Object.values(ports).flat().includes(port))).toEqual([false]);
	});

	it('reads, writes and logs as it does without a pooler', async () => {
		const read = await api.ask(north.member, '{ notes(first: 10) { totalCount nodes { id title body } } }');
		expect(read.data.notes.totalCount).toBe(2);
		expect(read.data.notes.nodes.map(({ title }: { title: string }) => title)).toEqual([
			'A title of north',
			'A title of north',
		]);
		const foreign = await api.ask(harbour.member, `{ note(id: "${notes[0]}") { title } }`);
		expect(foreign.data).toEqual({ note: null });
		const operator = await api.ask(people.operator, `{ note(id: "${notes[0]}") { id title } }`);
		expect(operator.data.note).toEqual({ id: notes[0], title: null });
		expect(operator.sealed).toEqual([{ coordinate: 'Note.title', reason: 'NO_LEASE', count: 1 }]);
		const update = await api.ask(
			north.member,
			`mutation { updateNote(input: { id: "${notes[1]}", expectedRevision: 1, title: "Another" }) { note { title revision } } }`,
		);
		expect(update.data.updateNote.note).toEqual({ title: 'Another', revision: 2 });
		const log = await api.ask(north.owner, '{ auditEntries(first: 20) { nodes { action decision } } }');
		const seen = new Set(
			log.data.auditEntries.nodes.map(({ action, decision }: Record<string, string>) => `${action} ${decision}`),
		);
		for (const entry of ['content.open ALLOWED', 'content.deny DENIED', 'lease.activate ALLOWED'])
			expect(seen).toContain(entry);
	});

	it('shows an operator a note under a lease, and nothing once the owner has revoked it', async () => {
		const own = await activeLease({ ask: api.ask, firm: north, ...people });
		const read = () =>
			api.ask(people.operator, `{ note(id: "${notes[0]}") { title } }`, {}, { 'x-firmseal-lease': own.id });
		expect((await read()).data).toEqual({ note: { title: 'A title of north' } });
		const revoke = await leasesOver(api.ask).step(north.owner, 'revoke', own.id);
		expect(revoke.data.revokeBreakGlass.lease.state).toBe('REVOKED');
		const refused = await read();
		expect([refused.data ?? null, refused.errors[0]?.extensions.code]).toEqual([null, 'LEASE_NOT_ACTIVE']);
	});

	it('never gives a transaction the role, firm, client, lease or timeouts of another', async () => {
		const of = Object.fromEntries(
			(Object.keys(URLS) as PlaneRole[]).map((role) => [role, planeOf(role)]),
		) as unknown as Record<PlaneRole, Plane>;
		const pids = new Set<unknown>();
		const kinds: { plane: Plane; firm?: string; client?: string; lease?: string; sees: string; rows: number }[] = [
			{ plane: of.firmseal_firm, firm: north.id, sees: 'select title from notes', rows: 2 },
			{ plane: of.firmseal_firm, firm: harbour.id, sees: 'select title from notes', rows: 1 },
			{ plane: of.firmseal_firm, sees: 'select title from notes', rows: 0 },
			{ plane: of.firmseal_portal, firm: north.id, client: north.clientId, sees: 'select id from clients', rows: 1 },
			{ plane: of.firmseal_operator, sees: 'select id from notes', rows: 3 },
			{ plane: of.firmseal_break_glass, firm: north.id, lease: lease.id, sees: 'select title from notes', rows: 2 },
			{ plane: of.firmseal_break_glass, firm: harbour.id, lease: lease.id, sees: 'select title from notes', rows: 0 },
			{ plane: of.firmseal_break_glass, firm: north.id, sees: 'select title from notes', rows: 0 },
			{ plane: of.firmseal_worker, sees: 'select id from firms', rows: 2 },
			{ plane: of.firmseal_log, sees: 'select id from audit_state', rows: 1 },
			{ plane: of.firmseal_signer, sees: 'select id from audit_state', rows: 1 },
			{ plane: of.firmseal_broker, sees: `select id from leases where id = '${lease.id}'`, rows: 1 },
		];
		const one = async (index: number) => {
			const { plane, firm, client, lease: named, sees, rows } = kinds[index % kinds.length] as (typeof kinds)[number];
			const as = client ? plane.forClient(client) : named ? plane.forLease(named) : plane;
			const fails = index % 9 === 0;
			const work = as[index % 2 ? 'read' : 'write'](firm ?? null, async (tx) => {
				const first = await tx.execute(sql`select pg_backend_pid() as pid, pg_sleep(random() / 200)`);
				pids.add(first.rows[0]?.pid);
				expect((await tx.execute(sql.raw(sees))).rows).toHaveLength(rows);
				const { rows: settings } =
					await tx.execute(sql`select current_user::text as user, current_setting('firmseal.firm') as firm,
					current_setting('firmseal.client') as client, current_setting('firmseal.lease') as lease,
					current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle,
					pg_backend_pid() as pid`);
				const timeout = named ? '5s' : '15s';
				expect(settings[0]).toEqual({
					user: plane.role,
					firm: firm ?? '',
					client: client ?? '',
					lease: named ?? '',
					statement: timeout,
					idle: timeout,
					pid: first.rows[0]?.pid,
				});
				if (fails) await tx.execute(sql`select 1 / 0`);
			});
			if (fails) await expect(work).rejects.toMatchObject({ code: '22012' });
			else await work;
		};
		const bare = Object.values(LOGINS).map((login) => {
			const url = Object.assign(new URL(installation.env.DATABASE_URL as string), { username: login });
			return new pg.Pool({ connectionString: url.href, max: 2 });
		});
		const look = async (index: number) => {
			const { rows } = await (
				bare[index % bare.length] as pg.Pool
			).query(`select current_user = session_user as "isBare",
				current_setting('role') as role, coalesce(current_setting('firmseal.firm', true), '') as firm,
				coalesce(current_setting('firmseal.client', true), '') as client, coalesce(current_setting('firmseal.lease', true), '') as lease,
				current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`);
			expect(rows).toEqual([
				{ isBare: true, role: 'none', firm: '', client: '', lease: '', statement: '0', idle: '0' },
			]);
		};
		await Promise.all(Array.from({ length: 240 }, (_, index) => (index % 6 === 0 ? look(index / 6) : one(index))));
		await Promise.all(bare.map((pool) => pool.end()));
		expect(pids.size).toBeLessThanOrEqual(FEW * Object.keys(LOGINS).length);
		expect(pids.size).toBeGreaterThan(4);
	});

	it('runs a statement that another session prepared only with the rights of the current session', async () => {
		const url = installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string;
		const clients = await Promise.all(Array.from({ length: 2 * FEW }, () => openPoolerClient(url)));
		const ask = async (client: (typeof clients)[number], role: string, firm = '', of = '') => {
			await client.query('begin');
			try {
				await client.query({
					name: 'naming',
					text: `select set_config('role', $1, true), set_config('firmseal.firm', $2, true), set_config('firmseal.lease', $3, true)`,
					values: [role, firm, of],
				});
				return (await client.query({ name: 'titles', text: 'select title from notes', values: [] })).rowCount;
			} catch (error) {
				return (error as { code?: string }).code;
			} finally {
				await client.query('rollback');
			}
		};
		for (let round = 0; round < 3; round++) {
			const answers = await Promise.all(
				clients.map((client, index) =>
					index % 4 === 0
						? ask(client, 'firmseal_break_glass', north.id, lease.id)
						: index % 4 === 1
							? ask(client, 'firmseal_operator', north.id, lease.id)
							: index % 4 === 2
								? ask(client, 'firmseal_break_glass', north.id)
								: ask(client, 'none'),
				),
			);
			expect(answers).toEqual(Array.from({ length: FEW / 2 }, () => [2, '42501', 0, '42501']).flat());
			clients.push(clients.shift() as (typeof clients)[number], ...clients.splice(0, 3));
		}
		for (const client of clients) await client.end();
	});

	it('takes the locks of exclusive processes over a direct connection', async () => {
		const config = readConfig(installation.env);
		const first = await openServingDatabase(config, { alone: true });
		const [port] = await holdersOf(STARTED);
		expect(port).toBeTypeOf('number');
		expect(await poolerPorts()).not.toContain(port);
		await expect(openServingDatabase(config, { alone: true })).rejects.toMatchObject({ name: 'SetupError' });
		await first.stop();
		await until(async () => (await holdersOf(STARTED)).length === 0);
		const again = await openServingDatabase(config, { alone: true });
		await again.stop();
	});

	it('reports when work that needs its own session is sent to the pooler', async () => {
		const url = installation.env.FIRMSEAL_BROKER_DATABASE_URL as string;
		await expect(acquireStartLock(url)).rejects.toMatchObject(POOLER_IN_THE_WAY);
		await expect(prepareDatabase(url, [])).rejects.toMatchObject(POOLER_IN_THE_WAY);
	});

	it('prepares the database over a direct connection in development, where one URL may serve everything', async () => {
		const { FIRMSEAL_ADMIN_DATABASE_URL: direct = '', DATABASE_URL = '', FIRMSEAL_DATA_DIR = '' } = installation.env;
		const config = readConfig({ FIRMSEAL_DATA_DIR, DATABASE_URL, FIRMSEAL_DIRECT_DATABASE_URL: direct });
		const opened = await openServingDatabase(config, { alone: true });
		expect(opened.admin).toBe(direct);
		await opened.stop();
	});

	/** Opens one plain connection to the pooler, without the options that the pooler refuses. */
	async function openPoolerClient(url: string) {
		const client = new pg.Client({ connectionString: url });
		client.on('error', () => {});
		await client.connect();
		return client;
	}
});
