import type { Clock, Repetition } from '../../clock/index.ts';
import { type DueLease, type LeaseTask, selectDueLeases } from '../../database/index.ts';
import { decideLease } from './decide.ts';
import { type Attempt, clearLease, endByBroker, HeldLeaseError, PATIENCE } from './end.ts';
import type { BrokerParts, LeaseId } from './parts.ts';
import { pauseAfter } from './pause.ts';

/** Leases worked on at the same time; each is one connection. */
export const MOST_AT_ONCE = 6;
/** At most so many of those that were active, and of all others: neither keeps the other waiting. */
const MOST_ACTIVE = 5;
const MOST_OTHERS = 4;

type Work = (parts: BrokerParts, id: LeaseId, attempt: Attempt) => Promise<unknown>;

const WORK: Readonly<Record<LeaseTask, Work>> = {
	DECIDE: decideLease,
	EXPIRE: (parts, id, attempt) => endByBroker(parts, id, 'EXPIRED', attempt),
	EXHAUST: (parts, id, attempt) => endByBroker(parts, id, 'EXHAUSTED', attempt),
	async REVOKE(parts, id, attempt) {
		if (await endByBroker(parts, id, 'REVOKED', attempt)) parts.report.withdrawn(id, 'MARK');
	},
	LAPSE: (parts, id, attempt) => endByBroker(parts, id, 'LAPSED', attempt),
	CLEAR: clearLease,
};

/** A lease that failed, and is tried again. */
interface Failed {
	readonly failures: number;
	/** Until when it rests. */
	readonly until: number;
	/** Why, if somebody held its row. */
	readonly held: HeldLeaseError | null;
}

export interface LeaseTasks {
	/**
	 * Begins what is due, of the leases that were active or of all others, and answers without waiting for it: a lease that waits for whoever uses it
	 * holds up no other. Nothing is begun for a lease that is still worked on, or that rests after a failure; what has failed comes after what
	 * has not. `onDone` is called when there may be more.
	 */
	begin(wereActive: boolean, onDone: () => void): Promise<void>;
	/** Resolves when nothing is under way. */
	settled(): Promise<void>;
}

export function createLeaseTasks(parts: BrokerParts, clock: Clock): LeaseTasks {
	const running = new Map<string, { readonly task: Repetition; readonly wereActive: boolean }>();
	const failed = new Map<string, Failed>();

	async function work({ lease, firm, task }: DueLease, wereActive: boolean): Promise<void> {
		const before = failed.get(lease);
		const patience = wereActive && !before ? PATIENCE : 0;
		try {
			await WORK[task](parts, { lease, firm }, { patience, areGrantsTaken: before?.held?.areGrantsTaken === true });
			failed.delete(lease);
		} catch (error) {
			const failures = (before?.failures ?? 0) + 1;
			const held = error instanceof HeldLeaseError ? error : null;
			failed.set(lease, { failures, until: clock.now() + pauseAfter(failures), held });
			// Who holds many rows for long fills no log by it; `firmseal doctor` counts what is late.
			if (!held || !before?.held) parts.report.failed({ lease, firm }, task, error);
		}
	}

	function room(wereActive: boolean): number {
		const ofThese = [...running.values()].filter((each) => each.wereActive === wereActive).length;
		return Math.min(MOST_AT_ONCE - running.size, (wereActive ? MOST_ACTIVE : MOST_OTHERS) - ofThese);
	}

	return {
		async begin(wereActive, onDone) {
			const most = room(wereActive);
			if (most <= 0) return;
			const resting = [...failed].flatMap(([lease, { until }]) => (until > clock.now() ? [lease] : []));
			const turn = { wereActive, besides: [...running.keys(), ...resting], failed: [...failed.keys()], most };
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
		async settled() {
			await Promise.all([...running.values()].map(({ task }) => task.stop()));
		},
	};
}
