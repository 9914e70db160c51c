/** The newest state of a firm's log, as the API offers it. Nothing of it is believed before it is verified. */
export interface OfferedLog {
	/** The verifier keys of GET /.well-known/firmseal/checkpoint-key, newest first. */
	readonly vkeys: readonly string[];
	readonly checkpoint: OfferedCheckpoint;
	/** The consistency proof from the size that this browser keeps; empty if it keeps none, or the size is the same. */
	readonly proof: readonly string[];
}

/** AuditCheckpoint of the API. */
export interface OfferedCheckpoint {
	readonly size: number;
	readonly note: string;
	readonly createdAt: string;
	readonly rootInclusion: {
		readonly index: number;
		readonly hashes: readonly string[];
		readonly note: string;
	} | null;
}
