import { setTimeout as delay } from 'node:timers/promises';
import { type PlaceSession, raiseClockFloor } from '../../database/index.ts';
import type { BrokerParts, LeaseId } from './parts.ts';
import { pauseAfter } from './pause.ts';
import { createLeaseTasks } from './tasks.ts';
import { type Fail, sweepGrants, watchKeys } from './watch.ts';

export interface BrokerRun {
	/** Looks at once whether the firms with leases still let their keys be used, which it does each second anyway. */
	lookAtKeys(): void;
	/** Begins nothing more, and waits for what is under way. */
	stop(): Promise<void>;
}

export interface RunOptions {
	/** A connection of the broker's own; `wake` is called for each move of a lease, and when the connection is gone. */
	readonly openSession: (wake: () => void) => Promise<PlaceSession>;
	/** Milliseconds between two comparisons of all grants with all leases; a minute unless given. */
	readonly sweepEvery?: number;
	readonly onDeciding: () => void;
	/** A round or a connection that failed, or a side job, each minute for as long as it does; it is tried again. */
	readonly onFailure: (error: unknown, of?: Partial<LeaseId>) => void;
}

/** Milliseconds between two looks, when nobody wakes it. */
const PERIOD = 1_000;
const SWEEP_EVERY = 60_000;

/**
 * Works on leases for as long as it is let, one broker at a time on a database: another one waits for the place. Whatever fails is
 * reported and tried again; nothing ends it but stop().
 */
export function runBroker(parts: BrokerParts, options: RunOptions): BrokerRun {
	const { openSession, sweepEvery = SWEEP_EVERY, onDeciding, onFailure } = options;
	const tasks = createLeaseTasks(parts);
	const stopping = new AbortController();
	const { signal } = stopping;
	const bell = createBell(signal);
	const keys = createSideJob((fail) => watchKeys(parts, fail), PERIOD, onFailure, bell.ring);
	// The worker does it too: where none runs, a clock that goes back is seen all the same.
	const clock = createSideJob(() => parts.plane.write(null, raiseClockFloor), PERIOD, onFailure);
	const sweep = createSideJob((fail) => sweepGrants(parts, fail), sweepEvery, onFailure);

	/** Rounds that failed, or connections, without a good round between them. */
	let failures = 0;

	/** Until the connection is lost. */
	async function useSession(session: PlaceSession): Promise<void> {
		let isDeciding = false;
		while (!signal.aborted) {
			bell.reset();
			const holds = await session.holdsPlace();
			if (holds) {
				if (!isDeciding) {
					onDeciding();
					sweep.makeDue();
				}
				await tasks.begin(bell.ring);
				clock.beginIfDue();
				keys.beginIfDue();
				sweep.beginIfDue();
			}
			isDeciding = holds;
			failures = 0;
			await bell.wait(PERIOD);
		}
	}

	async function run(): Promise<void> {
		while (!signal.aborted) {
			let session: PlaceSession | null = null;
			try {
				session = await openSession(bell.ring);
				await useSession(session);
			} catch (error) {
				failures += 1;
				onFailure(error);
				await delay(pauseAfter(failures), undefined, { signal }).catch(() => {});
			} finally {
				await session?.close();
			}
		}
	}

	const running = run();
	return {
		lookAtKeys() {
			keys.makeDue();
			bell.ring();
		},
		async stop() {
			stopping.abort();
			await running;
			await Promise.all([tasks.settled(), clock.settled(), keys.settled(), sweep.settled()]);
		},
	};
}

/** Wakes whoever waits, or the next who would. */
function createBell(signal: AbortSignal) {
	let rung = Promise.withResolvers<void>();
	signal.addEventListener('abort', () => rung.resolve());
	return {
		ring: () => rung.resolve(),
		reset() {
			if (!signal.aborted) rung = Promise.withResolvers<void>();
		},
		async wait(milliseconds: number) {
			const over = new AbortController();
			const timer = delay(milliseconds, undefined, { signal: over.signal }).catch(() => {});
			await Promise.race([rung.promise, timer]);
			over.abort();
		},
	};
}

/** Milliseconds between two tellings of what goes on failing, and how much of it is told each time. */
const TELL_EVERY = 60_000;
const MOST_TOLD = 10;

/** Something that is done from time to time beside the rounds, never twice at once. `onDue`: it was made due while it ran, and has ended. */
function createSideJob(work: (fail: Fail) => Promise<void>, period: number, onFailure: Fail, onDue = () => {}) {
	let dueAt = 0;
	let toldAt = Number.NEGATIVE_INFINITY;
	let running: Promise<void> | null = null;
	async function run(): Promise<void> {
		const failed: Parameters<Fail>[] = [];
		await work((...failure) => failed.push(failure)).catch((error: unknown) => failed.push([error, {}]));
		if (failed.length === 0 || performance.now() - toldAt < TELL_EVERY) return;
		toldAt = performance.now();
		for (const failure of failed.slice(0, MOST_TOLD)) onFailure(...failure);
	}
	return {
		makeDue() {
			dueAt = 0;
		},
		beginIfDue() {
			if (running || performance.now() < dueAt) return;
			dueAt = performance.now() + period;
			running = run().finally(() => {
				running = null;
				if (dueAt === 0) onDue();
			});
		},
		async settled() {
			await running;
		},
	};
}
