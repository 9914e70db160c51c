import { execFileSync, spawn } from 'node:child_process';
import { lchownSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Who runs PostgreSQL's programs and owns its files. */
export interface ServerAccount {
	/** Rejects with what the program has said (`stderr`) if it fails, or is ended because `signal` is aborted. */
	run(file: string, args: readonly string[], signal?: AbortSignal): Promise<void>;
	takeOwnership(path: string): void;
}

/** PostgreSQL gets nothing of our environment, which may hold keys and passwords. */
const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

/** PostgreSQL asks access(2) about its programs, which ignores a capability of another user than root without the bit. */
const PASS_THROUGH_CAPABILITIES = [
	'--securebits=+no_setuid_fixup',
	'--inh-caps=+dac_read_search',
	'--ambient-caps=+dac_read_search',
];

/**
 * PostgreSQL refuses to run as root. There it runs as the user `postgres`, made if need be. Where the way to one of
 * `paths` is closed to that user, it is started with the capability to read and search anywhere (CAP_DAC_READ_SEARCH),
 * still much less than root; a data directory that others may pass to does without.
 */
export function resolveServerAccount(paths: readonly string[]): ServerAccount {
	if (process.getuid?.() !== 0) {
		return { run: (file, args, signal) => runFile(file, args, { signal }), takeOwnership: () => {} };
	}
	const uid = idOf('-u');
	const gid = idOf('-g');
	const passes = paths.every((path) => othersMayPass(dirname(path)));
	const through = passes ? [] : PASS_THROUGH_CAPABILITIES;
	const as = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...through, '--'];
	return {
		run: (file, args, signal) => runFile('setpriv', [...as, file, ...args], { cwd: '/', signal }),
		// Not what a link leads to.
		takeOwnership: (path) => lchownSync(path, uid, gid),
	};
}

interface RunOptions {
	readonly cwd?: string;
	readonly signal: AbortSignal | undefined;
}

/** In a session of its own: Ctrl-C is for this process, which decides what becomes of the other. */
function runFile(file: string, args: readonly string[], { cwd, signal }: RunOptions): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(file, args, { cwd, env: environment, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
		// With the programs that it has started itself.
		const end = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL');
		signal?.addEventListener('abort', end, { once: true });
		process.once('exit', end);
		let stderr = '';
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			stderr += text;
		});
		child.once('error', reject).once('close', (code) => {
			signal?.removeEventListener('abort', end);
			process.off('exit', end);
			if (code === 0) resolve();
			else reject(Object.assign(new Error(`${basename(file)} has failed.`), { stderr }));
		});
	});
}

/** The same while nothing else is done: what it prints. */
const runFileSync = (words: readonly string[]): string =>
	execFileSync('setsid', ['--wait', ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

function idOf(flag: '-u' | '-g'): number {
	const ask = () => Number(runFileSync(['id', flag, 'postgres']));
	try {
		return ask();
	} catch {
		runFileSync([
			'useradd',
			'--system',
			'--user-group',
			'--no-create-home',
			'--shell',
			'/usr/sbin/nologin',
			'postgres',
		]);
		return ask();
	}
}

/** Whether every directory up to the root lets anybody pass. */
function othersMayPass(path: string): boolean {
	const parent = dirname(path);
	return (statSync(path).mode & 0o001) !== 0 && (parent === path || othersMayPass(parent));
}
