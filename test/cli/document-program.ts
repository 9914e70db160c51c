import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { bare, type Env, MAIN, oneLine } from '../system/program.ts';

export interface Ran {
	/** null: ended by a signal. */
	readonly code: number | null;
	/** As it came: it may be a file. */
	readonly stdout: Buffer;
	readonly stderr: string;
	/** The most memory that it had, in bytes. */
	readonly memory: number;
}

export interface Started {
	readonly ended: Promise<Ran>;
	kill(signal: NodeJS.Signals): void;
	/** Hangs up on what it writes. */
	closeOutput(): void;
}

export interface RunOptions {
	readonly env: Env;
	/** The directory at hand. */
	readonly cwd: string;
	/** On standard input; none unless given. */
	readonly input?: Uint8Array | undefined;
}

const LONGEST = 100_000;

/** `firmseal document …` in a directory of the test's. */
export function startDocument({ env, cwd, input }: RunOptions, ...args: readonly string[]): Started {
	const child = spawn(process.execPath, [MAIN, 'document', ...args], { cwd, env: { ...bare(), ...env } });
	child.stdin.on('error', () => {}).end(input ?? '');
	const out: Buffer[] = [];
	let stderr = '';
	let memory = 0;
	child.stdout.on('data', (piece: Buffer) => out.push(piece));
	child.stderr.setEncoding('utf8').on('data', (text: string) => {
		stderr += text;
	});
	const watch = setInterval(() => {
		memory = Math.max(memory, peakOf(child.pid ?? 0));
	}, 50);
	const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST);
	const ended = once(child, 'close').then(([code]) => {
		clearTimeout(timer);
		clearInterval(watch);
		return { code, stdout: Buffer.concat(out), stderr, memory };
	});
	return {
		ended,
		kill: (signal) => void child.kill(signal),
		closeOutput: () => void child.stdout.destroy(),
	};
}

/** Runs it to its end. */
export const runDocument = (options: RunOptions, ...args: readonly string[]): Promise<Ran> =>
	startDocument(options, ...args).ended;

/** The same with --json: the exit code and the one object. */
export async function askDocument(options: RunOptions, ...args: readonly string[]) {
	const { code, stdout, stderr } = await runDocument(options, ...args, '--json');
	return oneLine({ code, stdout: stdout.toString(), stderr });
}

function peakOf(pid: number): number {
	try {
		return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
	} catch {
		return 0;
	}
}
