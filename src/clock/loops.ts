import { type BackgroundTask, type Clock, waitAtMost } from './clock.ts';

/** A row of a process's table: what the process repeats, how often, and how the loop stops. A loop never runs two steps at a time. */
export interface Loop {
	/** What the loop does, such as "checking for alerts". After a failure, "NAME works again" is logged. */
	readonly name: string;
	/** Logged at the first of several failures in a row; "NAME failed: retrying" unless given. */
	readonly failure?: string;
	/** Milliseconds from the end of a step to the start of the next, also after a failure. */
	readonly period: number;
	/** Milliseconds until the first step; 0 unless given. */
	readonly after?: number;
	/** Whether a pause of the loop keeps the process from ending; it does unless given. */
	readonly ref?: boolean;
	/**
	 * Returns true if there is more to do at once, false to pause for a period, a number to pause for that many milliseconds, and null if
	 * nothing was tried, so that an earlier failure is not over.
	 */
	step(): Promise<boolean | number | null>;
	/** Cuts a running step short. Called once, when the loop stops; failures after that are not logged. */
	cancel?(): void;
	/** Milliseconds that a running step has to end by itself before `cancel` is called; 0 unless given. */
	readonly grace?: number;
	/** Milliseconds after which stop() no longer waits for a running step; without a limit unless given. */
	readonly stopTimeout?: number;
	/** Releases what the step uses. Called when all loops of the table have stopped. */
	close?(): Promise<void>;
}

export interface LoopParts {
	readonly clock: Clock;
	/** Where failures and recoveries go; without one, the steps report their own. */
	readonly logger?: LoopLog;
}

/** The part of a process's logger that loops use. */
export interface LoopLog {
	error(fields: { readonly err: unknown }, message: string): void;
	info(fields: Readonly<Record<string, never>>, message: string): void;
}

/** Runs the loops of a table until stop(), which stops all of them at the same time and then closes them. */
export function runLoops(loops: readonly Loop[], parts: LoopParts): BackgroundTask {
	const running = loops.map((loop) => runLoop(loop, parts));
	return {
		async stop() {
			await Promise.all(running.map((each) => each.stop()));
			await Promise.all(loops.map(async (loop) => loop.close?.()));
		},
	};
}

function runLoop(loop: Loop, { clock, logger }: LoopParts): BackgroundTask {
	const { name, failure = `${name} failed: retrying`, period, after = 0, ref = true, grace = 0, stopTimeout } = loop;
	let isFailing = false;
	let isCancelled = false;
	const task = clock.every(
		async () => {
			try {
				const next = await loop.step();
				if (isFailing && next !== null) logger?.info({}, `${name} works again`);
				isFailing &&= next === null;
				if (typeof next === 'number') return next;
				return next ? 0 : period;
			} catch (error) {
				if (!isFailing && !isCancelled) logger?.error({ err: error }, failure);
				isFailing = true;
				return period;
			}
		},
		{ after, ref },
	);
	return {
		async stop() {
			const stopped = task.stop();
			if (grace > 0) await waitAtMost(clock, grace, stopped);
			isCancelled = loop.cancel !== undefined;
			loop.cancel?.();
			await (stopTimeout === undefined ? stopped : waitAtMost(clock, stopTimeout, stopped));
		},
	};
}
