import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Ends all processes of a test run as soon as the main process of the run has ended, even by SIGKILL: only that process holds the other
 * end of the guardian's standard input. The only argument is the directory of the run, which is removed last. Without /proc the guardian
 * finds no process; PostgreSQL then ends by itself within a minute, because its directory is gone.
 */
const [directory = ''] = process.argv.slice(2);

/** Programs with a clean environment and hidden arguments. They belong to the run if they work in its directory. */
const WITHOUT_ENVIRONMENT = /^(initdb|pg_ctl|pgbouncer|postgres|setpriv)$/;
/** PostgreSQL must free its shared memory first. pg_ctl ends with its server, and knows the shell that starts one. */
const GENTLE: Readonly<Record<string, NodeJS.Signals>> = { postgres: 'SIGQUIT', pg_ctl: 'SIGCONT' };
const GRACE_PERIOD_MS = 5_000;

interface Process {
	readonly pid: number;
	readonly parent: number;
	readonly name: string;
	readonly isMarked: boolean;
}

/** The processes with the run's directory as TMPDIR or a path in it among their arguments, and all their descendants. */
function processesOfRun(): readonly Process[] {
	const pids = existsSync('/proc') ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
	const all = new Map(pids.flatMap((pid) => readProcess(Number(pid)) ?? []).map((each) => [each.pid, each]));
	const belongs = (each: Process | undefined): boolean =>
		each !== undefined && (each.isMarked || belongs(all.get(each.parent)));
	return [...all.values()].filter((each) => each.pid !== process.pid && belongs(each));
}

/** null if the process has ended or belongs to another user. */
function readProcess(pid: number): Process | null {
	const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'utf8');
	try {
		const [, name = '', state, parent] = /^\d+ \((.*)\) (\S) (\d+)/s.exec(read('stat')) ?? [];
		if (state === 'Z') return null;
		const isMarked =
			read('environ')
				.split('\0')
				.some((entry) => entry.startsWith(`TMPDIR=${directory}`)) ||
			read('cmdline').includes(directory) ||
			(WITHOUT_ENVIRONMENT.test(name) && readlinkSync(`/proc/${pid}/cwd`).startsWith(directory));
		return { pid, name, parent: Number(parent), isMarked };
	} catch {
		return null;
	}
}

function signal(pid: number, name: NodeJS.Signals): void {
	try {
		process.kill(pid, name);
	} catch {
		// The process has ended by itself.
	}
}

async function endProcesses(): Promise<void> {
	const patient = performance.now() + GRACE_PERIOD_MS;
	for (let found = processesOfRun(); found.length > 0; found = processesOfRun()) {
		for (const { pid, name } of found) {
			signal(pid, (performance.now() < patient && GENTLE[name]) || 'SIGKILL');
			// A stopped process receives no other signal.
			signal(pid, 'SIGCONT');
		}
		await delay(20);
	}
}

/** Unmounts the disks that a test has mounted, the innermost first. */
function unmountAll(): void {
	const mounts = existsSync('/proc/mounts') ? readFileSync('/proc/mounts', 'utf8').split('\n') : [];
	const inside = mounts.map((line) => line.split(' ')[1] ?? '').filter((path) => path.startsWith(`${directory}/`));
	for (const path of inside.reverse()) execFileSync('umount', ['--lazy', path]);
}

/** A killed process can still write a file into the directory, such as its compile cache. */
function removeDirectory(): void {
	for (let left = 50; existsSync(directory); left--)
		try {
			rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
		} catch (error) {
			if (left === 0) throw error;
		}
}

// Ctrl-C and a closed terminal are for the run.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
for await (const _ of process.stdin);
await endProcesses();
unmountAll();
removeDirectory();
