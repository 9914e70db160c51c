import { PassThrough } from 'node:stream';
import { runCommand } from '../../../src/cli/run-command.ts';
import { type Clock, systemClock } from '../../../src/clock/clock.ts';
import type { Ended, Env } from '../../system/program.ts';

/** A command that runs at a terminal: a test reads what it shows, and types. */
export interface Session {
	readonly ended: Promise<Ended>;
	/** Resolves once standard error has a match after what was seen before. Rejects if the command ends without one. */
	sees(pattern: RegExp): Promise<RegExpExecArray>;
	type(line: string): void;
	/** Closes the terminal, as Ctrl-D does. */
	close(): void;
}

/** Milliseconds. Commands that wait for each other would pause for longer. */
const LONGEST_PAUSE = 500;
/** A service on a loaded machine signs late: after so many pauses, each is longer. */
const SHORT_PAUSES = 10;

function patientClock(): Clock {
	let pauses = 0;
	const lengthOf = (milliseconds: number) =>
		pauses++ < SHORT_PAUSES ? Math.min(milliseconds, LONGEST_PAUSE) : 4 * LONGEST_PAUSE;
	return { ...systemClock, sleep: (milliseconds) => systemClock.sleep(lengthOf(milliseconds)) };
}

/** Runs a command to its end, without a terminal. */
export function withoutTerminal(env: Env, ...args: readonly string[]): Promise<Ended> {
	const session = start(env, args, false);
	session.close();
	return session.ended;
}

export const atTerminal = (env: Env, ...args: readonly string[]): Session => start(env, args, true);

function start(env: Env, args: readonly string[], isTTY: boolean): Session {
	let isRaw = false;
	const setRawMode = (raw: boolean) => {
		isRaw = raw;
	};
	const stream = () => Object.assign(new PassThrough({ highWaterMark: 2 ** 20 }), { isTTY, columns: 400, setRawMode });
	const [stdin, stdout, stderr] = [stream(), stream(), stream()];
	const shown = { stdout: '', stderr: '', seen: 0 };
	const lookers = new Set<() => void>();
	stdout.on('data', (piece) => {
		shown.stdout += piece;
	});
	stderr.on('data', (piece) => {
		shown.stderr += piece;
		for (const look of lookers) look();
	});
	const io = {
		stdin,
		stdout,
		stderr,
		log: stderr,
		untilStopped: () => new Promise<void>(() => {}),
		clock: patientClock(),
	};
	const ended = runCommand(args, env, io).then(async (code): Promise<Ended> => {
		await Promise.all([stdout, stderr].map((each) => new Promise<void>((resolve) => each.end(resolve))));
		return { code, signal: null, stdout: shown.stdout, stderr: shown.stderr, bytes: Buffer.from(shown.stdout) };
	});
	return {
		ended,
		type(line) {
			// A terminal shows what is typed.
			if (!isRaw) shown.stderr += `${line}\n`;
			stdin.write(`${line}\n`);
		},
		close: () => void stdin.end(),
		sees: (pattern) =>
			new Promise((resolve, reject) => {
				const look = () => {
					const found = pattern.exec(shown.stderr.slice(shown.seen));
					if (!found || !lookers.delete(look)) return;
					shown.seen += found.index + found[0].length;
					resolve(found);
				};
				lookers.add(look);
				look();
				void ended.then((outcome) => reject(new Error(`No ${pattern} in ${JSON.stringify(outcome)}`)), reject);
			}),
	};
}
