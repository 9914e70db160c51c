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

/** Who waits for a turn, by whose work it is; in the order in which these have theirs. */
const timeSliceQueues = new Map<string, (() => void)[]>();
let isGrantingTimeSlices = false;

/** Of the time that a turn has taken, as much belongs to others before the next: what they do takes several questions to the database. */
const YIELDED_SHARE = 1 / 8;
/** Milliseconds that one turn earns at most, such as one in which the machine was frozen. */
const MAX_YIELD = 100;
/** Milliseconds of rest that are still to come: a turn may have earned less than the one that a timer counts. */
let owedYield = 0;

const nextEventLoopTurn = () => new Promise((resolve) => setImmediate(resolve));

async function grantTimeSlices(): Promise<void> {
	isGrantingTimeSlices = true;
	for (const [of, line] of timeSliceQueues) {
		await nextEventLoopTurn();
		const began = performance.now();
		// What comes for it now has its turn after all others.
		timeSliceQueues.delete(of);
		line.shift()?.();
		if (line.length > 0) timeSliceQueues.set(of, line);
		await nextEventLoopTurn();
		owedYield += Math.min((performance.now() - began) * YIELDED_SHARE, MAX_YIELD);
		const whole = Math.floor(owedYield);
		owedYield -= whole;
		if (whole > 0) await systemClock.sleep(whole);
	}
	isGrantingTimeSlices = false;
}

/**
 * Resolves when it is the caller's turn to keep the thread for some milliseconds: one caller's in each round of the event loop, so that timers,
 * what the database has answered, and small requests come in between. `of`: whose work it is, such as a firm's. Each of these has a turn before
 * one has its second, however many it waits for.
 */
export function waitForTimeSlice(of: string): Promise<void> {
	return new Promise((resolve) => {
		const line = timeSliceQueues.get(of);
		if (line) line.push(resolve);
		else timeSliceQueues.set(of, [resolve]);
		if (!isGrantingTimeSlices) void grantTimeSlices();
	});
}
