import { type Clock, waitAtMost } from '../clock/index.ts';

/** Milliseconds within which a second signal counts as the same one: under npm, Ctrl-C arrives from the terminal and again from npm. */
const SAME_SIGNAL = 1_000;
/** Milliseconds that unfinished work has. The process ends within three seconds. */
const GRACE = 2_000;
/** The exit code that a shell reports for a program that SIGINT ended. */
const INTERRUPTED = 130;

export const STOPPING = 'Stopping. Ctrl-C again ends everything at once.';

let isAwaited = false;

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP (the terminal was closed), even if no one awaits the promise yet. A later signal ends the
 * process at once. In a child process with a channel to its parent, the promise also resolves when the parent is gone.
 * Call this before starting anything that would be left behind.
 */
export function untilStopped(): Promise<void> {
	isAwaited = true;
	return new Promise((resolve) => {
		void signalled().then(resolve);
		if (process.channel) {
			process.once('disconnect', resolve);
			// The channel alone must not keep this process running.
			process.channel.unref();
		}
	});
}

const signalled = (): Promise<void> =>
	new Promise((resolve) => {
		let first: number | null = null;
		const stop = () => {
			if (first !== null && performance.now() - first > SAME_SIGNAL) process.exit(INTERRUPTED);
			first ??= performance.now();
			resolve();
		};
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
		process.on('SIGHUP', () => {
			// Writing to a closed terminal fails, and must not end the process before its work is done.
			for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
			stop();
		});
	});

interface Ending {
	readonly clock: Clock;
	readonly stderr: { write(line: string): unknown };
	/** The servers that this process starts and that end with it, with when they have `started`. null if there are none. */
	readonly findOwn: () => Promise<{ readonly started: Promise<unknown> } | null>;
}

/** Ends the process when it is signalled, unless its command waits for the signal itself. */
export async function endWhenStopped({ clock, stderr, findOwn }: Ending): Promise<void> {
	await signalled();
	if (isAwaited) return;
	const own = await findOwn();
	if (own) stderr.write(`${STOPPING}\n`);
	await endAfter(clock, Promise.resolve(own?.started), INTERRUPTED);
}

/** Ends the process when `ended` resolves, but at the latest after the grace period. Its own servers end with it. */
export async function endAfter(clock: Clock, ended: Promise<unknown>, code?: number): Promise<never> {
	await waitAtMost(clock, GRACE, ended);
	process.exit(code);
}
