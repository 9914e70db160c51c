/**
 * How a process waits and repeats, and how it tells the age of what it remembers. A process has the system's, which it gets as it starts; a
 * test has one that stands still until it is stepped. It does not decide when a lease ends or whether a sign-in is fresh: the database's time
 * and the session's own five seconds do. It does decide how long a key stays cached and how often a right is checked again, so only a test
 * may stop it. Time limits on calls to other systems (the key service, a socket, a statement) have timers of their own.
 */
export interface Clock {
	/** Milliseconds since some moment; they never go back. */
	now(): number;
	/** Resolves after so many milliseconds, or once `signal` is aborted; never rejects. */
	sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
	/**
	 * Does something again and again, never twice at a time. `work` answers how many milliseconds it rests until the next time, 0 for
	 * none, or null when it is over; it must not reject.
	 */
	every(work: () => Promise<number | null>, options?: EveryOptions): WakeableTask;
}

export interface EveryOptions {
	/** Milliseconds until the first time; none unless given. */
	readonly after?: number;
	/** Whether its rest keeps the process from ending; it does unless given. */
	readonly ref?: boolean;
}

export interface BackgroundTask {
	/** Begins no more, and waits for what is under way. */
	stop(): Promise<void>;
}

export interface WakeableTask extends BackgroundTask {
	/** Ends its rest; called while it works, it goes on without one. */
	wake(): void;
}

export const systemClock: Clock = {
	now: () => performance.now(),
	sleep: (milliseconds, signal) =>
		new Promise((resolve) => {
			if (signal?.aborted) return resolve();
			const end = () => {
				clearTimeout(timer);
				signal?.removeEventListener('abort', end);
				resolve();
			};
			const timer = setTimeout(end, milliseconds);
			signal?.addEventListener('abort', end);
		}),
	every(work, { after = 0, ref = true } = {}) {
		let isStopped = false;
		let isWoken = false;
		let endRest = () => {};
		const rest = (milliseconds: number) =>
			new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, milliseconds);
				if (!ref) timer.unref();
				endRest = () => {
					clearTimeout(timer);
					resolve();
				};
			});
		async function run(): Promise<void> {
			if (after > 0) await rest(after);
			while (!isStopped) {
				isWoken = false;
				const pause = await work();
				if (pause === null) return;
				if (pause > 0 && !isWoken && !isStopped) await rest(pause);
			}
		}
		const running = run();
		return {
			wake() {
				isWoken = true;
				endRest();
			},
			async stop() {
				isStopped = true;
				endRest();
				await running;
			},
		};
	},
};

/** Waits for `work`, so many milliseconds at most, and answers what it has brought; undefined: it takes longer. Rejects if `work` does. */
export async function waitAtMost<T>(clock: Clock, milliseconds: number, work: Promise<T>): Promise<T | undefined> {
	const over = new AbortController();
	try {
		return (await Promise.race([work, clock.sleep(milliseconds, over.signal)])) ?? undefined;
	} finally {
		over.abort();
	}
}

export interface RepeatOptions {
	readonly clock: Clock;
	/** Milliseconds from an end to the next beginning. */
	readonly period: number;
	/** The first error of a row; what failed is tried again after a period. */
	readonly onFailure: (error: unknown) => void;
	/** It works again. */
	readonly onRecovery: () => void;
}

/**
 * Does something again and again, never twice at a time, and tells of a row of failures once. `work` answers whether there is more to do
 * at once, or in how many milliseconds; null: nothing was tried, so that what failed fails still.
 */
export function repeat(
	work: () => Promise<boolean | number | null>,
	{ clock, period, onFailure, onRecovery }: RepeatOptions,
): WakeableTask {
	let fails = false;
	return clock.every(async () => {
		try {
			const more = await work();
			if (fails && more !== null) onRecovery();
			fails &&= more === null;
			if (typeof more === 'number') return more;
			return more ? 0 : period;
		} catch (error) {
			if (!fails) onFailure(error);
			fails = true;
			return period;
		}
	});
}
