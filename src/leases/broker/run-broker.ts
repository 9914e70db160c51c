import type { BackgroundTask, Clock } from '../../clock/index.ts';
import { type LeaderLock, raiseClockHighWaterMark } from '../../database/index.ts';
import type { BrokerParts, LeaseRef } from './parts.ts';
import { retryDelayAfter } from './retry-delay.ts';
import { createLeaseTasks } from './tasks.ts';
import { type ReportFailure, sweepGrants, watchKeys } from './watch.ts';

export interface BrokerRun {
	/** Looks at once whether the firms with leases still let their keys be used, which it does each second anyway. */
	checkKeysNow(): void;
	/** Begins nothing more, and waits for what is under way. */
	stop(): Promise<void>;
}

export interface BrokerRunOptions {
	readonly clock: Clock;
	/** A connection of the broker's own. */
	readonly openSession: () => Promise<LeaderLock>;
	readonly onLeader: () => void;
	/** A round or a connection that failed, or a side job, each minute for as long as it does; it is tried again. */
	readonly onFailure: (error: unknown, of?: Partial<LeaseRef>) => void;
}

/** Milliseconds between two looks, when nothing in this process wakes it. */
const PERIOD = 1_000;
/** Milliseconds between two comparisons of all grants with all leases. */
const SWEEP_INTERVAL_MS = 60_000;

/**
 * Works on leases for as long as it is let, one broker at a time on a database: another one waits for the place. Whatever fails is
 * reported and tried again; nothing ends it but stop().
 */
export function runBroker(parts: BrokerParts, options: BrokerRunOptions): BrokerRun {
	const { clock, openSession, onLeader, onFailure } = options;
	const stopping = new AbortController();
	const { signal } = stopping;
	const tasks = createLeaseTasks(parts, clock);
	const side = (work: PeriodicWork, period: number) =>
		createPeriodicTask(work, { clock, period, onFailure, onDue: () => rounds.wake() });
	// Each by itself: one that fails or takes long holds up none of the others. The first two in each round, whatever has woken it.
	const ends = side(() => tasks.startDue(true, wake), 0);
	const others = side(() => tasks.startDue(false, wake), 0);
	const keys = side((fail) => watchKeys(parts, fail), PERIOD);
	// The worker does it too: where none runs, a clock that goes back is seen all the same.
	const floor = side(() => parts.plane.write(null, raiseClockHighWaterMark), PERIOD);
	const sweep = side((fail) => sweepGrants(parts, fail), SWEEP_INTERVAL_MS);
	const sides = [ends, others, floor, keys, sweep];
	function wake(): void {
		ends.makeDue();
		others.makeDue();
		rounds.wake();
	}

	let session: LeaderLock | null = null;
	let isDeciding = false;
	/** Rounds that failed, or connections, without a good round between them. */
	let failures = 0;

	async function round(): Promise<number> {
		try {
			session ??= await openSession();
			const holds = await session.isHeld();
			if (holds) {
				if (!isDeciding) {
					onLeader();
					sweep.makeDue();
				}
				for (const each of sides) each.beginIfDue();
			}
			isDeciding = holds;
			failures = 0;
			return PERIOD;
		} catch (error) {
			isDeciding = false;
			failures += 1;
			onFailure(error);
			await clock.sleep(retryDelayAfter(failures), signal);
			await leave();
			return 0;
		}
	}

	async function leave(): Promise<void> {
		const left = session;
		session = null;
		await left?.close();
	}

	const rounds = clock.every(round);
	return {
		checkKeysNow() {
			keys.makeDue();
			wake();
		},
		async stop() {
			stopping.abort();
			await rounds.stop();
			await leave();
			await Promise.all(sides.map((each) => each.settled()));
			await tasks.whenIdle();
		},
	};
}

/** Milliseconds between two tellings of what goes on failing, and how much of it is told each time. */
const REPORT_INTERVAL_MS = 60_000;
const MAX_REPORTED_FAILURES = 10;

type PeriodicWork = (fail: ReportFailure) => Promise<void>;

interface PeriodicTaskOptions {
	readonly clock: Clock;
	readonly period: number;
	readonly onFailure: ReportFailure;
	/** It was made due while it ran, and has ended. */
	readonly onDue: () => void;
}

/** Something that is done from time to time beside the rounds, never twice at once. */
function createPeriodicTask(work: PeriodicWork, { clock, period, onFailure, onDue }: PeriodicTaskOptions) {
	let dueAt = 0;
	let toldAt = Number.NEGATIVE_INFINITY;
	let running: BackgroundTask | null = null;
	async function run(): Promise<null> {
		const failed: Parameters<ReportFailure>[] = [];
		await work((...failure) => failed.push(failure)).catch((error: unknown) => failed.push([error, {}]));
		running = null;
		if (dueAt === 0) onDue();
		if (failed.length === 0 || clock.now() - toldAt < REPORT_INTERVAL_MS) return null;
		toldAt = clock.now();
		for (const failure of failed.slice(0, MAX_REPORTED_FAILURES)) onFailure(...failure);
		return null;
	}
	return {
		makeDue() {
			dueAt = 0;
		},
		beginIfDue() {
			if (running || clock.now() < dueAt) return;
			dueAt = clock.now() + period;
			running = clock.every(run);
		},
		async settled() {
			await running?.stop();
		},
	};
}
