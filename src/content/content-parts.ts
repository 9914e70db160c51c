import type { AuditLog } from '../audit/index.ts';
import type { Aead, ChunkAead } from '../envelope/index.ts';
import type { DataKeys } from '../keys/index.ts';
import type { PlaintextCodec } from './plaintext-codec.ts';

/** The parts of a Content. Each session has those of the content that began it. */
export interface ContentParts<Key = unknown> extends ContentEvents {
	readonly dataKeys: DataKeys<Key>;
	readonly aead: Aead<Key> & ChunkAead<Key>;
	readonly audit: AuditLog;
	/** Reads values that are still in plaintext columns. Null by default, if there are none. */
	readonly plaintext?: PlaintextSource | null;
}

/** Reports to the people who run the program. */
export interface ContentEvents {
	/** For metrics: the number of values of one class, once per request and field. */
	readonly onOutcome?: (outcome: 'opened' | 'denied' | 'failed', contentClass: string, count: number) => void;
	/** For the people on call: values that an allowed request could not open, once per request and reason. */
	readonly onFailure?: (failure: ContentFailure) => void;
}

/** Ids and counts only. */
export interface ContentFailure {
	readonly code: 'CIPHERTEXT_INVALID' | 'KEY_UNAVAILABLE';
	readonly firm: string;
	readonly requestId: string;
	/** Number of values. */
	readonly count: number;
}

/** Reads values that are not sealed yet. */
export interface PlaintextSource extends PlaintextCodec {
	/** Whether a field's values may still be plaintext. */
	mayRead(coordinate: string): boolean;
}
