import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../src/cli/run-command.ts';
import { type Clock, systemClock } from '../../src/clock/clock.ts';
import { type SettingName, settingNames } from '../../src/config/settings.ts';
import { type Ask, askAt } from '../support/ask.ts';
import { clocksOfWorkers } from '../support/stepped-clock.ts';

/** Runs the program as its users run it. Every child process has a time limit and is ended by its own id. */

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
export const MAIN = join(PROJECT, 'src/cli/main.ts');
export const START = join(PROJECT, 'src/cli/npm-start.js');

export type Env = Readonly<Record<string, string>>;

export interface Ended {
	/** null if a signal ended the command. */
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
	/** Standard output without decoding, because it may be a file. */
	readonly bytes: Buffer;
}

export interface Running {
	readonly pid: number;
	readonly output: { readonly stdout: string; readonly stderr: string };
	readonly ended: Promise<Ended>;
	/** Closes the reading end of its standard output. */
	closeOutput(): void;
	/** Resolves once standard output or standard error matches. Rejects if the program ends without a match. */
	saw(pattern: RegExp): Promise<RegExpExecArray>;
	kill(signal: NodeJS.Signals): void;
}

export interface RunningApi extends Running {
	readonly url: string;
	readonly ask: Ask;
}

/** Milliseconds; longer than any test file runs, because the test's own timeout bounds every wait. */
const LONGEST = 600_000;
const directories: string[] = [];
const running = new Set<Running>();
/** For each command that runs in this process, a function that ends it as Ctrl-C would. */
const stops = new Set<() => void>();

/** The environment without Firmseal's settings: a setting of this process must not reach the program. */
export const bare = (): Env =>
	Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT.has(name))) as Record<string, string>;

const KEPT = new Set(['PATH', 'HOME', 'TMPDIR', 'NODE_COMPILE_CACHE']);

export function newDirectory(): string {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-program-'));
	directories.push(directory);
	return directory;
}

/** The arguments of a command: splits the text at spaces, but not the values that are filled in. */
export const words = (texts: TemplateStringsArray, ...given: readonly string[]): string[] =>
	texts
		.map((text, n) => text.replaceAll(' ', '\n') + (given[n] ?? ''))
		.join('')
		.split('\n');

interface LaunchOptions {
	readonly detached?: boolean;
	readonly longest?: number;
	readonly cwd?: string;
	/** Standard input; empty by default. */
	readonly input?: Uint8Array | undefined;
}

export function launch(
	env: Env,
	file: string,
	args: readonly string[],
	{ detached = false, longest = LONGEST, cwd = PROJECT, input }: LaunchOptions = {},
): Running {
	const child = spawn(file, args, { cwd, env: { ...bare(), ...env }, detached });
	child.stdin.on('error', () => {}).end(input ?? '');
	const bytes: Buffer[] = [];
	child.stdout.on('data', (piece: Buffer) => bytes.push(piece));
	const output = { stdout: '', stderr: '' };
	const lookers = new Set<() => void>();
	for (const name of ['stdout', 'stderr'] as const) {
		const decoder = new StringDecoder();
		child[name].on('data', (piece: Buffer) => {
			output[name] += decoder.write(piece);
			for (const look of lookers) look();
		});
	}
	const saw = (pattern: RegExp) =>
		new Promise<RegExpExecArray>((resolve, reject) => {
			const look = () => {
				const found = pattern.exec(output.stdout) ?? pattern.exec(output.stderr);
				if (found && lookers.delete(look)) resolve(found);
			};
			lookers.add(look);
			look();
			const missed = ({ bytes: _, ...outcome }: Ended) =>
				reject(new Error(`the program ended without output that matches ${pattern}: ${JSON.stringify(outcome)}`));
			ended.then(missed, reject);
		});
	const timer = setTimeout(() => child.kill('SIGKILL'), longest);
	const ended = new Promise<Ended>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code, signal) => {
			clearTimeout(timer);
			running.delete(program);
			resolve({ code, signal, ...output, bytes: Buffer.concat(bytes) });
		});
	});
	const program: Running = {
		pid: child.pid ?? 0,
		output,
		ended,
		saw,
		closeOutput: () => void child.stdout.destroy(),
		kill: (signal) => void child.kill(signal),
	};
	running.add(program);
	return program;
}

/** Runs a command to its end in its own process, for tests of signals, the environment and the like. */
export const spawned = (env: Env, ...args: string[]): Promise<Ended> =>
	launch(env, process.execPath, [MAIN, ...args], { cwd: process.cwd() }).ended;

/**
 * Runs a command to its end. Runs it in this process, which is faster, if it depends on its settings alone and ends by itself.
 * @throws Error if the command advises its user to run that same command
 */
export async function firmseal(env: Env, ...args: string[]): Promise<Ended> {
	const [name = ''] = args;
	const isAlone = LASTING.has(name) || !Object.keys(env).every(isSetting);
	const ended = await (isAlone ? spawned(env, ...args) : inProcess(env, args));
	const said = ended.stdout + ended.stderr;
	if (OF_ONE_WORD.has(name) && said.includes(`\`firmseal ${name}\``))
		throw new Error(`The output of \`firmseal ${name}\` advises to run that same command: ${said}`);
	return ended;
}

const OF_ONE_WORD = new Set(['init', 'doctor', 'demo', 'token', 'serve', 'worker', 'broker']);
const LASTING = new Set(['serve', 'worker', 'broker']);
const isSetting = (name: string) => name.startsWith('FIRMSEAL_') || settingNames.includes(name as SettingName);

/** Runs a command as if a person at a terminal typed `typed`. */
export const runInteractively = (env: Env, typed: string, ...args: string[]): Promise<Ended> =>
	inProcess(env, args, typed);

async function inProcess(env: Env, args: readonly string[], typed?: string): Promise<Ended> {
	// The buffer is so large that no write waits for a reader.
	const stream = () => Object.assign(new PassThrough({ highWaterMark: 2 ** 30 }), { isTTY: typed !== undefined });
	const [stdin, stdout, stderr] = [stream().end(typed), stream(), stream()];
	const { promise, resolve } = Promise.withResolvers<void>();
	stops.add(resolve);
	const given = clocksOfWorkers.get(env.FIRMSEAL_WORKER_DATABASE_URL ?? '') ?? systemClock;
	const sleep: Clock['sleep'] = async (milliseconds, signal) => {
		await given.sleep(milliseconds, signal);
		if (!stops.has(resolve)) throw new Error('the test is over');
	};
	const clock = { ...given, sleep };
	const io = { stdin, stdout, stderr, log: stderr, untilStopped: () => promise, clock };
	const code = await runCommand(args, env, io).finally(() => stops.delete(resolve));
	const bytes: Buffer = stdout.read() ?? Buffer.alloc(0);
	return { code, signal: null, stdout: String(bytes), stderr: String(stderr.read() ?? ''), bytes };
}

export const firmsealJson = async (env: Env, ...args: string[]) => oneLine(await firmseal(env, ...args, '--json'));

/**
 * Agrees as a person does: reads the request, then names its hash. A person who may not agree is refused at the reading. `run` runs a
 * command as this person, like firmsealJson().
 */
export async function agreeBy(run: (...args: string[]) => ReturnType<typeof firmsealJson>, ...command: string[]) {
	const seen = await run(...command, '--dry-run');
	return seen.code === 0 ? run(...command, '--hash', seen.result.requestHash) : seen;
}

export const approveJobByCommand = (run: (...args: string[]) => ReturnType<typeof firmsealJson>, job: string) =>
	agreeBy(run, 'job', 'approve', '--job', job);

/** The text without the marks of the rows that a person decides by, each row on one line. */
export const unmarked = (text: string): string => text.replaceAll(/\n {14}│ /g, '').replaceAll('│ ', '');

/** The result of a command with `--json`. @throws Error if the output is not exactly one line */
export function oneLine({ code, stdout, stderr }: Pick<Ended, 'code' | 'stdout' | 'stderr'>) {
	if (!/^[^\n]+\n$/.test(stdout))
		throw new Error(`The output is not exactly one line: ${JSON.stringify({ code, stdout, stderr })}`);
	return { code, stderr, ...JSON.parse(stdout) };
}

/** Starts the program of `npm start`, or another command, and waits until it prints the URL where it answers. */
export async function startApi(env: Env, args: readonly string[] = [START], longest = LONGEST): Promise<RunningApi> {
	const program = launch(env, process.execPath, args, { longest });
	const [, url = ''] = await program.saw(ANSWERING);
	return { ...program, url, ask: askAt(url) };
}

/** `serve` prints one line. The last line of `npm start` says how to stop it. */
const ANSWERING = /Firmseal answers on (\S+)\/graphql\n(?:$|[\s\S]*Ctrl-C stops everything)/;

/** Polls a condition that gives no signal when it becomes true. The limit only keeps the loop from outliving its test. */
export async function until(met: () => boolean | Promise<boolean>, milliseconds = 55_000): Promise<void> {
	const end = Date.now() + milliseconds;
	while (!(await met())) {
		if (Date.now() > end) throw new Error(`The condition is still false after ${milliseconds} ms: ${met}`);
		await delay(50);
	}
}

/** The path of the file of tokens that `npm start` printed. */
export const tokensFileOf = ({ output }: Running): string =>
	resolve(PROJECT, /^ {2}\. (\S+)$/m.exec(output.stdout)?.[1] ?? '');

/** The tokens in that file, by e-mail address. */
export const tokensOf = (program: Running): Readonly<Record<string, string>> =>
	Object.fromEntries(
		[...readFileSync(tokensFileOf(program), 'utf8').matchAll(/^\w+='(\S+)' # (\S+@\S+)$/gm)].map(
			([, token = '', email = '']) => [email, token],
		),
	);

/** The URL of the database's superuser, from the same file. */
export const databaseOf = (program: Running): string =>
	/'(postgres:[^']+)'/.exec(readFileSync(tokensFileOf(program), 'utf8'))?.[1] ?? '';

/** The process id of the embedded PostgreSQL of a data directory; null if none runs. */
export function postmasterOf(directory: string): number | null {
	const file = join(directory, 'postgres/cluster/postmaster.pid');
	if (!existsSync(file)) return null;
	const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
	return isAlive(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(directory) ? pid : null;
}

export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		return false;
	}
}

/** Ends every process that a test left running and removes every directory that it created. */
export async function endAll(): Promise<void> {
	for (const stop of stops) if (stops.delete(stop)) stop();
	for (const program of running) {
		program.kill('SIGKILL');
		await program.ended;
	}
	for (const directory of directories.splice(0)) {
		const pid = postmasterOf(directory);
		if (pid) {
			process.kill(pid, 'SIGQUIT');
			await until(() => !isAlive(pid));
		}
		rmSync(directory, { recursive: true, force: true });
	}
}
