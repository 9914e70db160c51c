import type { OfferedCheckpoint } from './offered-log.ts';

export interface OfferedLeaf {
	readonly index: number | null;
	readonly leaf: string;
}

/** Where a page gets the log of one firm from: the operations of its app. */
export interface LogSource {
	readonly firm: string;
	/** GET /.well-known/firmseal/checkpoint-key of the firm. */
	keys(): Promise<readonly string[]>;
	/** The newest checkpoint; null if nothing is published. */
	checkpoint(): Promise<OfferedCheckpoint | null>;
	/** When the newest checkpoint of the tree of all firms was made, as the server says; null before the first. */
	newestAt(): Promise<string | null>;
	proof(from: number, to: number): Promise<readonly string[]>;
	/** Entries from an index on, in their order. @throws with the code TOO_EXPENSIVE for too many */
	leaves(from: number, first: number): Promise<readonly OfferedLeaf[]>;
}
