/**
 * The clock by which a process waits, repeats its loops, and measures the age of what it caches. A process gets `systemClock` at its start; a
 * test passes a clock that stands still until the test steps it. The clock does not decide when a lease ends or whether a sign-in is fresh:
 * the database's time and the session's own five seconds do. It does decide how long a key stays cached and how often a right is checked
 * again, so only a test may stop the clock. Time limits on calls to other systems (the key service, a socket, a statement) use timers of
 * their own.
 */
export interface Clock {
	/** Milliseconds since an arbitrary moment; monotonic. */
	now(): number;
	/** Resolves after `milliseconds`, or when `signal` is aborted; never rejects. */
	sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
	/**
	 * Repeats `work`, never two runs at a time. `work` resolves to the pause before the next run in milliseconds, or to null to end the
	 * task; it must not reject. Loops that last as long as their process are rows of runLoops().
	 */
	every(work: () => Promise<number | null>, options?: EveryOptions): WakeableTask;
}

export interface EveryOptions {
	/** Milliseconds until the first run; 0 unless given. */
	readonly after?: number;
	/** Whether a pause keeps the process from ending; it does unless given. */
	readonly ref?: boolean;
}

export interface BackgroundTask {
	/** Starts no further run, and resolves when the current run has ended. */
	stop(): Promise<void>;
}

export interface WakeableTask extends BackgroundTask {
	/** Ends the pause. If called during a run, the next run follows without a pause. */
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
		let endPause = () => {};
		const pauseFor = (milliseconds: number) =>
			new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, milliseconds);
				if (!ref) timer.unref();
				endPause = () => {
					clearTimeout(timer);
					resolve();
				};
			});
		async function run(): Promise<void> {
			if (after > 0) await pauseFor(after);
			while (!isStopped) {
				isWoken = false;
				const pause = await work();
				if (pause === null) return;
				if (pause > 0 && !isWoken && !isStopped) await pauseFor(pause);
			}
		}
		const running = run();
		return {
			wake() {
				isWoken = true;
				endPause();
			},
			async stop() {
				isStopped = true;
				endPause();
				await running;
			},
		};
	},
};

/** The result of `work`, or undefined if `work` takes longer than `milliseconds`. Rejects if `work` does. */
export async function waitAtMost<T>(clock: Clock, milliseconds: number, work: Promise<T>): Promise<T | undefined> {
	const over = new AbortController();
	try {
		return (await Promise.race([work, clock.sleep(milliseconds, over.signal)])) ?? undefined;
	} finally {
		over.abort();
	}
}
