import { execFileSync, spawn } from 'node:child_process';
import { lchownSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

/** The account that runs PostgreSQL's programs and owns its files. */
export interface ServerAccount {
	/** Rejects with the program's output (`stderr`) if the program fails, or if `signal` is aborted, which kills it. */
	run(file: string, args: readonly string[], signal?: AbortSignal): Promise<void>;
	takeOwnership(path: string): void;
}

/** Replaces our environment, which may hold keys and passwords. */
const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

/** PostgreSQL checks its programs with access(2), which ignores the capabilities of a user other than root without no_setuid_fixup. */
const PASS_THROUGH_CAPABILITIES = [
	'--securebits=+no_setuid_fixup',
	'--inh-caps=+dac_read_search',
	'--ambient-caps=+dac_read_search',
];

/**
 * PostgreSQL refuses to run as root, so root runs it as the user `postgres` and makes that user if necessary. If that user cannot reach one of
 * `paths`, PostgreSQL gets the capability to read and search everywhere (CAP_DAC_READ_SEARCH), which is still much less than root.
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
		// lchown, so as not to follow a link.
		takeOwnership: (path) => lchownSync(path, uid, gid),
	};
}

interface RunOptions {
	readonly cwd?: string;
	readonly signal: AbortSignal | undefined;
}

/** Runs a program in its own session: Ctrl-C reaches only this process, which decides when to end the program. */
function runFile(file: string, args: readonly string[], { cwd, signal }: RunOptions): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(file, args, { cwd, env: environment, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
		// The whole process group.
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

/** The same, synchronously. @returns what the program prints */
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

/** Whether any user can pass through every directory up to the root. */
function othersMayPass(path: string): boolean {
	const parent = dirname(path);
	return (statSync(path).mode & 0o001) !== 0 && (parent === path || othersMayPass(parent));
}
