import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { withRunningLog } from '../../bench/running-log.ts';
import { joinFirm, type NewMember } from '../../examples/demo/act-as-person.ts';
import type { FirmPrincipal, OperatorRole } from '../../src/access/index.ts';
import { createLogger, type Logger, principalOf } from '../../src/api/index.ts';
import { type Clock, systemClock } from '../../src/clock/clock.ts';
import { type Config, readConfig } from '../../src/config/config.ts';
import { CONNECTIONS_PER_PROCESS } from '../../src/database/connection-limits.ts';
import { identifyToken, selectAccountByEmail } from '../../src/database/index.ts';
import { createFirm, createRow } from '../../src/firms/index.ts';
import { type BrokerOptions, type RunningBroker, startBroker } from '../../src/processes/broker.ts';
import { type RunningServer, type StartOptions, startServer } from '../../src/processes/server.ts';
import { type RunningWorker, startWorker, type WorkerOptions } from '../../src/processes/worker.ts';
import { type DatabaseAccess, openDatabase, openIssuer, prepareInstallationDatabase } from '../../src/wiring/index.ts';
import { initInstallation } from '../../src/wiring/installation.ts';
import { actAs } from './act-as.ts';
import { addInitialOperator, type LazyAdminContext, openLazyAdminContext } from './admin-context.ts';
import { type Ask, askAt } from './ask.ts';
import { claimsOf } from './claims.ts';
import { type Person, personOf } from './person.ts';
import { type Proofs, proofsOf } from './proofs.ts';
import type { TestServer } from './servers.ts';
import { clocksOfWorkers, steppedClock } from './stepped-clock.ts';

/** The passwords of the planes' logins, the same on every server of the tests. */
export const PASSWORD = 'only-for-tests';

export const LOGINS = {
	firm: 'firmseal_firm_login',
	operator: 'firmseal_operator_login',
	worker: 'firmseal_worker_login',
	broker: 'firmseal_broker_login',
} as const;

export type { Person };

export interface TestFirm {
	readonly id: string;
	readonly slug: string;
	readonly owner: Person;
	readonly member: Person;
	readonly client: Person;
	/** The client that the portal user belongs to. */
	readonly clientId: string;
}

/** An installation for one test: a database, a data directory with keyring and issuer, and people to act as. */
export interface TestInstallation {
	readonly config: Config;
	readonly env: Readonly<Record<string, string>>;
	readonly database: DatabaseAccess;
	readonly directory: string;
	/** The name of the database. */
	readonly name: string;
	/** A connection as the database's superuser, for acts of a database administrator. */
	readonly admin: Sql;
	/** The administration of the installation, kept open for the test. */
	readonly adminContext: LazyAdminContext;
	/** Sets valid MACs on rows that a test has made by SQL. */
	readonly proofs: Proofs;
	/** Raises the connection limit of a plane's login to this number of processes, since some tests run more than `init` expects. */
	allowProcesses(plane: keyof typeof LOGINS, processes: number): Promise<void>;
	/** A connection signed in as a plane's login. */
	signIn(plane: keyof typeof LOGINS): Sql;
	/** `key`: the key service's name of the firm's own key. */
	addFirm(slug: string, key?: string): Promise<TestFirm>;
	/** Adds a person whom an owner invites, and who accepts. */
	addMember(owner: Person, who: Omit<NewMember, 'name' | 'role'> & Partial<NewMember>): Promise<TestMember>;
	addOperator(...roles: OperatorRole[]): Promise<Person>;
	/** The person of an account. */
	person(email: string): Promise<Person>;
	/** A new token that expires after `seconds`. */
	token(email: string, seconds: number): Promise<string>;
	/** Starts the API on a free port; log lines go to `lines`. */
	serve(overrides?: Readonly<Record<string, string>>, options?: StartOptions): Promise<TestApi>;
	/** Starts keeping the audit log, once. serve() does it too for a plane whose readers wait for the log. */
	keepLog(): Promise<void>;
	/** Starts a broker in this process; log lines go to `lines`. */
	startBroker(overrides?: Readonly<Record<string, string>>, options?: BrokerOptions): Promise<TestBroker>;
	/** Starts a worker in this process. It keeps and publishes the log, and works when it is stepped. Log lines go to `lines`. */
	startWorker(overrides?: Readonly<Record<string, string>>, options?: WorkerOptions): Promise<TestWorker>;
	/** Steps the worker of another process with those of this one, until the returned function is called. */
	stepWith(turn: (milliseconds: number) => Promise<void>): () => void;
	/** The clock of commands: while a command waits, the workers run, as in workUntil(). */
	readonly clock: Clock;
	/** Steps all workers and waiting jobs by half a second, until `isSo` is true. */
	workUntil(isSo: () => boolean | Promise<boolean>): Promise<void>;
	close(): Promise<void>;
}

export interface TestMember {
	readonly id: string;
	readonly person: Person;
}

export interface TestWorker extends RunningWorker {
	readonly lines: string[];
	/** Steps the worker's clock (by default a second), and runs every task that is due until it has no more work. */
	advance(milliseconds?: number): Promise<void>;
	/** Works until every present log entry is a leaf and published. */
	publishLog(): Promise<void>;
}

export interface TestBroker extends RunningBroker {
	readonly lines: string[];
}

export interface TestApi extends RunningServer {
	readonly ask: Ask;
	readonly lines: string[];
}

export interface InstallationOptions {
	/** Returns the URL of a pooler for a URL of the database. The planes use the pooler, and get the direct URL too. */
	readonly pooled?: (url: string) => string;
	/** Settings in addition to those of its own database and directory. */
	readonly settings?: Readonly<Record<string, string>>;
	/** The installation to copy. */
	readonly original?: { readonly database: string; readonly directory: string };
}

export async function makeInstallation(
	server: TestServer,
	{ pooled, settings = {}, original }: InstallationOptions = {},
): Promise<TestInstallation> {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-installation-'));
	if (original) copyDirectory(original.directory, directory);
	const name = `t_${uuidv7().replaceAll('-', '')}`;
	const root = postgres(server.url, { max: 1, onnotice: () => {} });
	const template = original?.database ?? server.template ?? 'template1';
	await root`create database ${root(name)} template ${root(template)} strategy file_copy`;
	const urlOf = (user: string, password: string) => {
		const url = new URL(server.url);
		return Object.assign(url, { username: user, password, pathname: `/${name}` }).href;
	};
	const planeUrl = (user: string) => (pooled ?? String)(urlOf(user, PASSWORD));
	const adminUrl = Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
	const env = {
		FIRMSEAL_DATA_DIR: directory,
		FIRMSEAL_PORT: '0',
		FIRMSEAL_LOG_LEVEL: 'debug',
		FIRMSEAL_RATE_PER_MINUTE: '1000000',
		DATABASE_URL: planeUrl(LOGINS.firm),
		FIRMSEAL_OPERATOR_DATABASE_URL: planeUrl(LOGINS.operator),
		FIRMSEAL_WORKER_DATABASE_URL: planeUrl(LOGINS.worker),
		FIRMSEAL_BROKER_DATABASE_URL: planeUrl(LOGINS.broker),
		FIRMSEAL_ADMIN_DATABASE_URL: adminUrl,
		...(pooled && { FIRMSEAL_DIRECT_DATABASE_URL: adminUrl }),
		...settings,
	};
	const config = readConfig(env);
	const database = await openDatabase(config);
	await forgetLimits(root);
	// A copied database does not have the original's privileges.
	await (original ? prepareInstallationDatabase(database) : initInstallation(config, database));
	const admin = postgres(adminUrl, { max: 3, onnotice: () => {} });
	const connections: Sql[] = [];
	const servers: RunningServer[] = [];
	const brokers: RunningBroker[] = [];
	const leaders: { stop(): Promise<void> }[] = [];
	const workers = new Set<TestWorker>();
	const turns = new Set<(milliseconds: number) => Promise<void>>();
	const turnAll = async () => {
		// A worker that no test steps runs by itself.
		if (turns.size === 0) return systemClock.sleep(50);
		await admin`
			update jobs set next_at = next_at - interval '500 milliseconds' where id in
				(select id from jobs where ended_at is null and next_at > clock_timestamp() for update skip locked)`;
		await Promise.all([...turns].map((turn) => turn(500)));
	};
	function stepWith(turn: (milliseconds: number) => Promise<void>): () => void {
		turns.add(turn);
		return () => void turns.delete(turn);
	}
	const clock = { ...systemClock, sleep: turnAll };
	clocksOfWorkers.set(env.FIRMSEAL_WORKER_DATABASE_URL, clock);

	const office = openLazyAdminContext(config, database);
	const principalAs = (issuer: string, subject: string) =>
		office.use(async ({ worker, rights }) => {
			const identity = await worker.read(null, (tx) => identifyToken(tx, issuer, subject));
			if (!identity) throw new Error(`no account ${subject}`);
			return principalOf(identity, { issuer, subject }, { firm: rights, operator: rights });
		});
	const accountOf = async (email: string) => {
		const account = await office.use(({ worker }) => worker.read(null, (tx) => selectAccountByEmail(tx, email)));
		if (!account) throw new Error(`no account ${email}`);
		return account;
	};
	const principal = async (email: string) => {
		const { issuer, subject } = await accountOf(email);
		return principalAs(issuer, subject);
	};

	const signIn = async (subject: string, seconds = 3600) => (await openIssuer(config)).issueToken({ subject, seconds });

	const token = async (email: string, seconds: number) => signIn((await accountOf(email)).subject, seconds);

	const person = async (email: string) => personOf(directory, await token(email, 3600));

	async function keep(): Promise<void> {
		if (leaders.length > 0) return;
		const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const keeping = withRunningLog({ config, database }, () => {
			begun.resolve();
			return over.promise;
		});
		leaders.push({
			stop() {
				over.resolve();
				return keeping;
			},
		});
		await Promise.race([begun.promise, keeping]);
	}

	return {
		config,
		env,
		database,
		directory,
		name,
		admin,
		adminContext: office,
		proofs: proofsOf({ office, admin }),
		person,
		token,
		signIn(plane) {
			const sql = postgres(urlOf(LOGINS[plane], PASSWORD), { max: 2, onnotice: () => {} });
			connections.push(sql);
			return sql;
		},
		async addFirm(slug, key) {
			const email = (who: string) => `${who}@${slug}.example`;
			const { id } = await office.use((admin) =>
				createFirm(admin, { slug, name: `Firm ${slug}`, owner: { email: email('owner'), name: 'Owner' }, key }),
			);
			const owner = (await principal(email('owner'))) as FirmPrincipal;
			const clientId = await actAs(config, database, owner, async (services, acting) => {
				const client = await createRow(services, acting, 'Client', { name: `Client of ${slug}` });
				await joinFirm(services, acting, { email: email('member'), name: 'Member', role: 'MEMBER' });
				await joinFirm(services, acting, {
					email: email('client'),
					name: 'Client',
					role: 'CLIENT',
					clientId: client.id,
				});
				return client.id;
			});
			return {
				id,
				slug,
				owner: await person(email('owner')),
				member: await person(email('member')),
				client: await person(email('client')),
				clientId,
			};
		},
		async allowProcesses(plane, processes) {
			const most = processes * CONNECTIONS_PER_PROCESS[`firmseal_${plane}`];
			await admin.unsafe(`alter role ${LOGINS[plane]} connection limit ${most}`);
		},
		async addMember(owner, who) {
			const { iss = '', sub } = claimsOf(owner);
			const by = (await principalAs(iss, sub)) as FirmPrincipal;
			const joining = { name: 'Member', role: 'MEMBER', ...who } as const;
			const id = await actAs(config, database, by, (services, acting) => joinFirm(services, acting, joining));
			return { id, person: personOf(directory, await signIn(who.subject ?? id)) };
		},
		async addOperator(...roles) {
			const [row] = await admin`select from operators where 'APPROVER' = any (roles) limit 1`;
			const first = { email: 'first.approver@platform.example', name: 'Approver' };
			const email = `${roles.join('.').toLowerCase()}.${uuidv7()}@platform.example`;
			await office.use(async (admin) => {
				if (!row) await addInitialOperator(admin, first, ['APPROVER']);
				await addInitialOperator(admin, { email, name: 'Operator' }, roles);
			});
			return person(email);
		},
		async serve(overrides = {}, options = {}) {
			const lines: string[] = [];
			const logger: Logger = createLogger({
				level: 'debug',
				destination: { write: (line: string) => void lines.push(line) },
			});
			const changed = readConfig({ ...env, ...overrides });
			const server = await startServer(changed, database, logger, options);
			servers.push(server);
			// Reads of operators wait for the log.
			if (changed.plane !== 'firm' && changed.proof.operators) await keep();
			return { ...server, lines, ask: askAt(server.url) };
		},
		keepLog: keep,
		async startBroker(overrides = {}, options = {}) {
			const lines: string[] = [];
			const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
			const changed = readConfig({ ...env, ...overrides });
			const broker = await startBroker(changed, await openDatabase(changed), logger, options);
			brokers.push(broker);
			return { ...broker, lines };
		},
		stepWith,
		clock,
		async startWorker(overrides = {}, options = {}) {
			const lines: string[] = [];
			const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
			const changed = readConfig({ ...env, ...overrides });
			const stepped = steppedClock();
			const started = await startWorker(changed, await openDatabase(changed), logger, { clock: stepped, ...options });
			const turn = (milliseconds = 1_000) => stepped.advance(milliseconds);
			const leave = stepWith(turn);
			const worker: TestWorker = {
				...started,
				lines,
				advance: turn,
				publishLog: () => untilPublished(admin, turn, lines),
				stop() {
					workers.delete(worker);
					leave();
					return started.stop();
				},
			};
			workers.add(worker);
			return worker;
		},
		async workUntil(isSo) {
			do await turnAll();
			while (!(await isSo()));
		},
		async close() {
			await office.close().catch(() => {});
			for (const leader of leaders) await leader.stop().catch(() => {});
			clocksOfWorkers.delete(env.FIRMSEAL_WORKER_DATABASE_URL);
			for (const worker of workers) await worker.stop().catch(() => {});
			for (const broker of brokers) await broker.stop().catch(() => {});
			for (const server of servers) await server.stop().catch(() => {});
			await Promise.all([admin, ...connections].map((sql) => sql.end({ timeout: 5 })));
			await root`drop database if exists ${root(name)} with (force)`;
			await root.end({ timeout: 5 });
			rmSync(directory, { recursive: true, force: true });
		},
	};
}

/**
 * Removes the connection limits that an earlier file may have left on the cluster: `init` sets them, as on a new cluster. Other logins
 * would make the sum exceed the server's connections, which doctor reports and every process logs.
 */
async function forgetLimits(root: Sql): Promise<void> {
	const logins = await root<{ name: string; isOurs: boolean }[]>`
		select rolname::text as name, rolname in ${root(Object.values(LOGINS))} as "isOurs" from pg_roles where rolcanlogin and not rolsuper`;
	const others = logins.filter(({ isOurs }) => !isOurs).map(({ name }) => name);
	if (others.length > 0)
		throw new Error(`An earlier test has left logins on this server and must drop them: ${others}.`);
	for (const { name } of logins) await root`alter role ${root(name)} connection limit -1`;
}

/** Copies a directory with the modes of its files, which cpSync() does not keep. */
export const copyDirectory = (from: string, to: string) => execFileSync('cp', ['-a', `${from}/.`, to]);

/** Far more turns than a publication takes. */
const MAX_TURNS = 2_000;

/** Steps the log's keeper until a signed checkpoint of the root tree covers every present entry. */
export async function untilPublished(
	admin: Sql,
	turn: () => Promise<unknown>,
	lines: readonly string[] = [],
): Promise<void> {
	const [{ ids } = { ids: [] }] = await admin`select array(select id from audit_entries) as ids`;
	for (let [yes, turns] = [false, 0]; !yes; turns++) {
		if (turns === MAX_TURNS) throw new Error(`not published: ${lines.slice(-20).join('')}`);
		await turn();
		const [row] = await admin`select audit_is_published(${ids as string[]}::uuid[]) as yes`;
		yes = row?.yes;
	}
}

/** Publishes the present entries of the log, and no later ones. */
export async function publishLog(installation: TestInstallation): Promise<void> {
	const worker = await installation.startWorker();
	await worker.publishLog();
	await worker.stop();
}
