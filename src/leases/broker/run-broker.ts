import type { BackgroundTask, Clock, WakeableTask } from '../../clock/index.ts';
import { type LeaderLock, raiseClockHighWaterMark } from '../../database/index.ts';
import type { BrokerParts, LeaseRef } from './parts.ts';
import { createLeaseTasks, type LeaseTasks, retryDelayAfter } from './tasks.ts';
import { type ReportFailure, sweepGrants, watchKeys } from './watch.ts';

export interface BrokerRun {
	/** Checks now, instead of within a second, whether the keys of firms with leases can be used. */
	checkKeysNow(): void;
	/** Starts no more work, and waits for running work. */
	stop(): Promise<void>;
}

export interface BrokerRunOptions {
	readonly clock: Clock;
	/** Opens a separate connection. */
	readonly openLeaderLock: () => Promise<LeaderLock>;
	readonly onLeader: () => void;
	/** Called for a failed round or connection, and each minute for side work that keeps failing. The work is retried. */
	readonly onFailure: (error: unknown, of?: Partial<LeaseRef>) => void;
}

/** Milliseconds between two rounds, unless something in this process wakes the broker earlier. */
const PERIOD = 1_000;
/** Milliseconds between two comparisons of all grants with all leases. */
const SWEEP_INTERVAL_MS = 60_000;

/**
 * Works on leases until stop() is called. A database has one active broker; others wait for the leader lock. Failures are reported and
 * retried.
 */
export const runBroker = (parts: BrokerParts, options: BrokerRunOptions): BrokerRun => new Broker(parts, options);

class Broker implements BrokerRun {
	readonly #options: BrokerRunOptions;
	readonly #tasks: LeaseTasks;
	/** Leases that were active. */
	readonly #ends: PeriodicTask;
	/** All other leases. */
	readonly #others: PeriodicTask;
	readonly #keys: PeriodicTask;
	readonly #sweep: PeriodicTask;
	readonly #sideWork: readonly PeriodicTask[];
	readonly #rounds: WakeableTask;
	readonly #stopping = new AbortController();
	#lock: LeaderLock | null = null;
	#isLeader = false;
	/** Failed rounds in a row. */
	#failures = 0;

	constructor(parts: BrokerParts, options: BrokerRunOptions) {
		this.#options = options;
		const tasks = createLeaseTasks(parts, options.clock);
		const every = (period: number, work: PeriodicWork) =>
			createPeriodicTask(work, { ...options, period, onDue: () => this.#rounds.wake() });
		const onDone = () => this.#workOnLeasesNow();
		this.#tasks = tasks;
		// Separate tasks, so that one that fails or takes long delays none of the others. Period 0: in every round.
		this.#ends = every(0, () => tasks.startDue(true, onDone));
		this.#others = every(0, () => tasks.startDue(false, onDone));
		this.#keys = every(PERIOD, (fail) => watchKeys(parts, fail));
		this.#sweep = every(SWEEP_INTERVAL_MS, (fail) => sweepGrants(parts, fail));
		// The worker also does this. Without a worker, the broker still detects a clock that goes back.
		const clockMark = every(PERIOD, () => parts.plane.write(null, raiseClockHighWaterMark));
		this.#sideWork = [this.#ends, this.#others, clockMark, this.#keys, this.#sweep];
		this.#rounds = options.clock.every(() => this.#round());
	}

	checkKeysNow(): void {
		this.#keys.makeDue();
		this.#workOnLeasesNow();
	}

	async stop(): Promise<void> {
		this.#stopping.abort();
		await this.#rounds.stop();
		await this.#closeLock();
		await Promise.all(this.#sideWork.map((each) => each.settled()));
		await this.#tasks.whenIdle();
	}

	async #round(): Promise<number> {
		try {
			await this.#askForLock();
			if (this.#isLeader) for (const each of this.#sideWork) each.beginIfDue();
			this.#failures = 0;
			return PERIOD;
		} catch (error) {
			const { onFailure, clock } = this.#options;
			this.#isLeader = false;
			this.#failures += 1;
			onFailure(error);
			await clock.sleep(retryDelayAfter(this.#failures), this.#stopping.signal);
			await this.#closeLock();
			return 0;
		}
	}

	/** Takes the leader lock if it is free, and checks whether it is still held. @throws an Error of the connection */
	async #askForLock(): Promise<void> {
		this.#lock ??= await this.#options.openLeaderLock();
		const isHeld = await this.#lock.isHeld();
		if (isHeld && !this.#isLeader) {
			this.#options.onLeader();
			this.#sweep.makeDue();
		}
		this.#isLeader = isHeld;
	}

	async #closeLock(): Promise<void> {
		const lock = this.#lock;
		this.#lock = null;
		await lock?.close();
	}

	#workOnLeasesNow(): void {
		this.#ends.makeDue();
		this.#others.makeDue();
		this.#rounds.wake();
	}
}

/** Milliseconds between two reports of a task that keeps failing. */
const REPORT_INTERVAL_MS = 60_000;
/** Failures in one report. */
const MAX_REPORTED_FAILURES = 10;

type PeriodicWork = (fail: ReportFailure) => Promise<void>;

interface PeriodicTaskOptions {
	readonly clock: Clock;
	readonly period: number;
	readonly onFailure: ReportFailure;
	/** Called when the task has ended and was made due while it ran. */
	readonly onDue: () => void;
}

/** Work that rounds start when it is due. Never runs twice at once. */
interface PeriodicTask {
	makeDue(): void;
	beginIfDue(): void;
	/** Waits for a running task. */
	settled(): Promise<void>;
}

function createPeriodicTask(
	work: PeriodicWork,
	{ clock, period, onFailure, onDue }: PeriodicTaskOptions,
): PeriodicTask {
	let dueAt = 0;
	let reportedAt = Number.NEGATIVE_INFINITY;
	let running: BackgroundTask | null = null;
	async function run(): Promise<null> {
		const failed: Parameters<ReportFailure>[] = [];
		await work((...failure) => failed.push(failure)).catch((error: unknown) => failed.push([error, {}]));
		running = null;
		if (dueAt === 0) onDue();
		if (failed.length === 0 || clock.now() - reportedAt < REPORT_INTERVAL_MS) return null;
		reportedAt = clock.now();
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
