import type { BackgroundTask, Clock } from '../../clock/index.ts';
import { type DueLease, type LeaseTask, selectDueLeases } from '../../database/index.ts';
import { decideLease } from './decide.ts';
import { type Attempt, endByBroker, LockedLeaseError, READER_GRACE_MS, revokeEndedGrants } from './end.ts';
import type { BrokerParts, LeaseRef } from './parts.ts';
import { retryDelayAfter } from './retry-delay.ts';

/** Leases worked on at the same time; each is one connection. */
export const MAX_CONCURRENT_LEASES = 6;
/** At most so many of those that were active, and of all others: neither keeps the other waiting. */
const MAX_CONCURRENT_ACTIVE = 5;
const MAX_CONCURRENT_OTHERS = 4;

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

/** A lease that failed, and is tried again. */
interface FailedLease {
	readonly failures: number;
	/** Until when it rests. */
	readonly retryAt: number;
	/** Why, if someone held its row. */
	readonly held: LockedLeaseError | null;
}

export interface LeaseTasks {
	/**
	 * Begins what is due, of the leases that were active or of all others, and answers without waiting for it: a lease that waits for anyone who uses it
	 * holds up no other. Nothing is begun for a lease that is still worked on, or that rests after a failure; what has failed comes after what
	 * has not. `onDone` is called when there may be more.
	 */
	startDue(wereActive: boolean, onDone: () => void): Promise<void>;
	/** Resolves when nothing is under way. */
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
			// Who holds many rows for long fills no log by it; `firmseal doctor` counts what is late.
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
			// The others may have begun meanwhile.
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
