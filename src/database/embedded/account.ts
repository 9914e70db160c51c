import { execFile, execFileSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

/** Who runs PostgreSQL's programs and owns its files. */
export interface ServerAccount {
	run(file: string, args: readonly string[]): Promise<unknown>;
	own(path: string): void;
}

/** PostgreSQL gets nothing of our environment, which may hold keys and passwords. */
const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

/** PostgreSQL asks access(2) about its programs, which ignores a capability of another user than root without the bit. */
const THROUGH = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];

/**
 * PostgreSQL refuses to run as root. There it runs as the user `postgres`, made if need be. Where the way to one of
 * `paths` is closed to that user, it is started with the capability to read and search anywhere (CAP_DAC_READ_SEARCH),
 * still much less than root; a data directory that others may pass to does without.
 */
export function serverAccount(paths: readonly string[]): ServerAccount {
	if (process.getuid?.() !== 0) {
		return { run: (file, args) => runFile(file, args, { env: environment }), own: () => {} };
	}
	const uid = idOf('-u');
	const gid = idOf('-g');
	const passes = paths.every((path) => othersMayPass(dirname(path)));
	const through = passes ? [] : THROUGH;
	const as = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...through, '--'];
	return {
		run: (file, args) => runFile('setpriv', [...as, file, ...args], { cwd: '/', env: environment }),
		own: (path) => chownSync(path, uid, gid),
	};
}

function idOf(flag: '-u' | '-g'): number {
	const ask = () =>
		Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
	try {
		return ask();
	} catch {
		execFileSync('useradd', [
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
