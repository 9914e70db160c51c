import type { Clock, Repetition } from '../../clock.ts';
import { type DueLease, type LeaseTask, selectDueLeases } from '../../database/index.ts';
import { decideLease } from './decide.ts';
import { clearLease, endByBroker } from './end.ts';
import type { BrokerParts, LeaseId } from './parts.ts';
import { pauseAfter } from './pause.ts';

/** Leases worked on at the same time; each is one connection. */
export const MOST_AT_ONCE = 6;

const WORK: Readonly<Record<LeaseTask, (parts: BrokerParts, id: LeaseId) => Promise<unknown>>> = {
	DECIDE: decideLease,
	EXPIRE: (parts, id) => endByBroker(parts, id, 'EXPIRED'),
	EXHAUST: (parts, id) => endByBroker(parts, id, 'EXHAUSTED'),
	async REVOKE(parts, id) {
		if (await endByBroker(parts, id, 'REVOKED')) parts.report.withdrawn(id, 'MARK');
	},
	LAPSE: (parts, id) => endByBroker(parts, id, 'LAPSED'),
	CLEAR: clearLease,
};

export interface LeaseTasks {
	/**
	 * Begins what is due, and answers without waiting for it: a lease that waits for whoever uses it holds up no other. Nothing is
	 * begun for a lease that is still worked on, or that rests after a failure. `onDone` is called when there may be more.
	 */
	begin(onDone: () => void): Promise<void>;
	/** Resolves when nothing is under way. */
	settled(): Promise<void>;
}

export function createLeaseTasks(parts: BrokerParts, clock: Clock): LeaseTasks {
	const running = new Map<string, Repetition>();
	const resting = new Map<string, { failures: number; until: number }>();

	async function work({ lease, firm, task }: DueLease): Promise<void> {
		try {
			await WORK[task](parts, { lease, firm });
			resting.delete(lease);
		} catch (error) {
			const failures = (resting.get(lease)?.failures ?? 0) + 1;
			resting.set(lease, { failures, until: clock.now() + pauseAfter(failures) });
			parts.report.failed({ lease, firm }, task, error);
		}
	}

	return {
		async begin(onDone) {
			const room = MOST_AT_ONCE - running.size;
			if (room <= 0) return;
			const rest = [...resting].flatMap(([lease, { until }]) => (until > clock.now() ? [lease] : []));
			const due = await parts.plane.read(null, (tx) => selectDueLeases(tx, [...running.keys(), ...rest], room));
			for (const one of due) {
				const task = clock.every(async () => {
					await work(one);
					running.delete(one.lease);
					onDone();
					return null;
				});
				running.set(one.lease, task);
			}
		},
		async settled() {
			await Promise.all([...running.values()].map((task) => task.stop()));
		},
	};
}
