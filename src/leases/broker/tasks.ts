import type { BackgroundTask, Clock } from '../../clock/index.ts';
import { type DueLease, type LeaseTask, selectDueLeases } from '../../database/index.ts';
import { decideLease } from './decide.ts';
import { type Attempt, endByBroker, LockedLeaseError, READER_GRACE_MS, revokeEndedGrants } from './end.ts';
import type { BrokerParts, LeaseRef } from './parts.ts';

/** Leases worked on at the same time. Each takes one connection. */
export const MAX_CONCURRENT_LEASES = 6;
/** Lower limits for leases that were active and for all others, so that neither kind blocks the other. */
const MAX_CONCURRENT_ACTIVE = 5;
const MAX_CONCURRENT_OTHERS = 4;

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;

/**
 * Milliseconds to wait after a number of failures in a row: doubled each time, from 250 up to 5,000, less a random part of up to half, so that
 * simultaneous failures are not retried simultaneously.
 */
export const retryDelayAfter = (failures: number): number =>
	Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);

type Work = (parts: BrokerParts, id: LeaseRef, attempt: Attempt) => Promise<unknown>;

const WORK: Readonly<Record<LeaseTask, Work>> = {
	DECIDE: decideLease,
	EXPIRE: (parts, id, attempt) => endByBroker(parts, id, 'EXPIRED', attempt),
	EXHAUST: (parts, id, attempt) => endByBroker(parts, id, 'EXHAUSTED', attempt),
	async REVOKE(parts, id, attempt) {
		if (await endByBroker(parts, id, 'REVOKED', attempt)) parts.report.revoked(id, 'MARK');
	},
	LAPSE: (parts, id, attempt) => endByBroker(parts, id, 'LAPSED', attempt),
	CLEAR: revokeEndedGrants,
};

/** A lease to be retried. */
interface FailedLease {
	readonly failures: number;
	/** By the clock of the process. */
	readonly retryAt: number;
	/** The error, if the row was locked. */
	readonly held: LockedLeaseError | null;
}

export interface LeaseTasks {
	/**
	 * Starts the due tasks of leases that were active, or of all others, and doesn't wait for them, so that a lease that waits for its readers delays
	 * no other. Skips leases that are being worked on or wait for a retry. Leases that failed come after those that have not. Calls `onDone`
	 * when there may be more to do.
	 */
	startDue(wereActive: boolean, onDone: () => void): Promise<void>;
	/** Resolves when no task is running. */
	whenIdle(): Promise<void>;
}

export function createLeaseTasks(parts: BrokerParts, clock: Clock): LeaseTasks {
	const running = new Map<string, { readonly task: BackgroundTask; readonly wereActive: boolean }>();
	const failed = new Map<string, FailedLease>();

	async function work({ lease, firm, task }: DueLease, wereActive: boolean): Promise<void> {
		const before = failed.get(lease);
		const lockTimeout = wereActive && !before ? READER_GRACE_MS : 0;
		try {
			await WORK[task](
				parts,
				{ lease, firm },
				{ lockTimeout, areGrantsRevoked: before?.held?.areGrantsRevoked === true },
			);
			failed.delete(lease);
		} catch (error) {
			const failures = (before?.failures ?? 0) + 1;
			const held = error instanceof LockedLeaseError ? error : null;
			failed.set(lease, { failures, retryAt: clock.now() + retryDelayAfter(failures), held });
			// Reports a locked row once, so that a person who locks many rows can't flood the log. `firmseal doctor` counts overdue leases.
			if (!held || !before?.held) parts.report.failed({ lease, firm }, task, error);
		}
	}

	function room(wereActive: boolean): number {
		const ofThese = [...running.values()].filter((each) => each.wereActive === wereActive).length;
		return Math.min(
			MAX_CONCURRENT_LEASES - running.size,
			(wereActive ? MAX_CONCURRENT_ACTIVE : MAX_CONCURRENT_OTHERS) - ofThese,
		);
	}

	return {
		async startDue(wereActive, onDone) {
			const most = room(wereActive);
			if (most <= 0) return;
			const resting = [...failed].flatMap(([lease, { retryAt }]) => (retryAt > clock.now() ? [lease] : []));
			const turn = { wereActive, except: [...running.keys(), ...resting], failedBefore: [...failed.keys()], most };
			const due = await parts.plane.read(null, (tx) => selectDueLeases(tx, turn));
			// Other tasks may have started during the query.
			for (const one of due.filter(({ lease }) => !running.has(lease)).slice(0, Math.max(0, room(wereActive)))) {
				const task = clock.every(async () => {
					await work(one, wereActive);
					running.delete(one.lease);
					onDone();
					return null;
				});
				running.set(one.lease, { task, wereActive });
			}
		},
		async whenIdle() {
			await Promise.all([...running.values()].map(({ task }) => task.stop()));
		},
	};
}
