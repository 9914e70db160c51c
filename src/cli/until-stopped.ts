import { type Clock, waitAtMost } from '../clock/index.ts';

/** Milliseconds. Ctrl-C under npm arrives twice: from the terminal, and passed on by npm. */
const SAME_SIGNAL = 1_000;
/** Milliseconds in which what is being made ends in peace; the process ends within three seconds. */
const GRACE = 2_000;
/** As a shell has it of a program that SIGINT has ended. */
const INTERRUPTED = 130;

export const STOPPING = 'Stopping. Ctrl-C again ends everything at once.';

let isAwaited = false;

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP (its terminal was closed), also one that comes before anybody waits; a later one ends the
 * process at once.
 * A child process with a channel to its parent stops when the parent is gone, however that ended.
 * To be called before anything is started that would be left behind.
 */
export function untilStopped(): Promise<void> {
	isAwaited = true;
	return new Promise((resolve) => {
		void signalled().then(resolve);
		if (process.channel) {
			process.once('disconnect', resolve);
			// The channel alone keeps nobody running.
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
			// What is said to a terminal that is gone fails, and must not end the process before its work.
			for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
			stop();
		});
	});

interface Ending {
	readonly clock: Clock;
	readonly stderr: { write(line: string): unknown };
	/** What the process has of its own that ends with it, once it has `started`; null: nothing. */
	readonly findOwn: () => Promise<{ readonly started: Promise<unknown> } | null>;
}

/** Ends the process when it is signalled, unless its command waits for that itself. */
export async function endWhenStopped({ clock, stderr, findOwn }: Ending): Promise<void> {
	await signalled();
	if (isAwaited) return;
	const own = await findOwn();
	if (own) stderr.write(`${STOPPING}\n`);
	await endAfter(clock, Promise.resolve(own?.started), INTERRUPTED);
}

/** Ends the process when `ended` is, and soon anyway. What it has started of its own ends with it. */
export async function endAfter(clock: Clock, ended: Promise<unknown>, code?: number): Promise<never> {
	await waitAtMost(clock, GRACE, ended);
	process.exit(code);
}
