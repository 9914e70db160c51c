import { createContext, useContext } from 'react';
import type { OwnLease } from './own-lease.ts';

/** Why content is closed although the API may still open it. */
export type Closing = 'TIME' | 'OFFLINE';

export interface LeaseUse {
	/** The person's own leases, newest first; empty for a person who can't have one. */
	readonly own: readonly OwnLease[];
	readonly error: unknown;
	readonly isLoading: boolean;
	/** Reads the leases again. Never rejects: `error` says what went wrong. */
	readonly refresh: () => Promise<void>;
	/** The lease that the person has chosen, in whatever state it is by now; null if none. */
	readonly chosen: OwnLease | null;
	/**
	 * The lease under which content may be on the screen: chosen, active, its time not over, the server within reach. When it becomes null,
	 * everything that was opened must leave the screen and the memory.
	 */
	readonly inUse: OwnLease | null;
	/** Whether more may be opened: not while the last values of an exhausted budget are still shown. */
	readonly mayOpen: boolean;
	/** Why nothing is open under the chosen lease although its state is ACTIVE; null if that is not so. */
	readonly closing: Closing | null;
	/** Null stops using the lease. */
	readonly choose: (id: string | null) => void;
}

export const LeaseUseContext = createContext<LeaseUse | null>(null);

/** @throws Error outside of the console */
export function useLeaseUse(): LeaseUse {
	const use = useContext(LeaseUseContext);
	if (use === null) throw new Error('useLeaseUse() needs LeaseUseProvider.');
	return use;
}

/** The lease under which content of this firm may be read now; null if none. A lease is never sent to another firm than its own. */
export function useLeaseOn(firmId: string): OwnLease | null {
	const { inUse } = useLeaseUse();
	return inUse?.firmId === firmId ? inUse : null;
}
