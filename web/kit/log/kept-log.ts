import type { LogRecords } from './log-records.ts';

/** A checkpoint that this browser has accepted. */
export interface KeptCheckpoint {
	readonly size: number;
	readonly root: Uint8Array;
	/** As it was signed. */
	readonly note: string;
	/** When it was made, as the server says. */
	readonly createdAt: string;
}

/** How far the entries were read: the right edge of their tree, and what they say about leases. */
export interface WalkState {
	readonly size: number;
	/** Roots of the complete subtrees, the largest first. */
	readonly complete: readonly Uint8Array[];
	readonly records: LogRecords;
}

/** A log that did not verify, kept as evidence. */
export interface KeptAlarm {
	readonly at: string;
	readonly kind: string;
	readonly why: string;
	/** The note that the server has sent; empty if there was none. */
	readonly note: string;
}

/** All that a browser keeps of a firm's log: what was signed, and hashes, ids and times of what it says about leases. No content. */
export interface KeptLog {
	readonly v: 1;
	readonly firm: string;
	/** The name of the tree. */
	readonly origin: string;
	/** The verifier keys that this browser trusts: those of the first visit, and those that its person has accepted since. */
	readonly vkeys: readonly string[];
	/** When this browser saw the log for the first time. */
	readonly since: string;
	/** The newest checkpoint that was accepted: each later one must continue it. */
	readonly head: KeptCheckpoint;
	/** Sizes of the accepted checkpoints, oldest first. */
	readonly history: readonly { readonly size: number; readonly at: string }[];
	/** Entries whose root was signed. */
	readonly verified: WalkState | null;
	/** When the checkpoint of these entries was made; null without entries. */
	readonly verifiedAt: string | null;
	/** Entries that were read since, and prove nothing before the next signed root. */
	readonly begun: WalkState | null;
	readonly alarms: readonly KeptAlarm[];
}

/** Where a browser keeps logs. */
export interface KeptLogStore {
	load(firm: string): Promise<KeptLog | null>;
	save(kept: KeptLog): Promise<void>;
}
