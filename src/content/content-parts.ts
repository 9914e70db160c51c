import type { AuditLog } from '../audit/index.ts';
import type { Aead, ChunkAead } from '../envelope/index.ts';
import type { DataKeys } from '../keys/index.ts';
import type { PlaintextCodec } from './plaintext-codec.ts';

/** What content is made of. Each session carries the parts of the content that began it. */
export interface ContentParts<Key = unknown> extends ContentEvents {
	readonly dataKeys: DataKeys<Key>;
	readonly aead: Aead<Key> & ChunkAead<Key>;
	readonly audit: AuditLog;
	/** Values that are still in columns of plaintext; null unless given: none is. */
	readonly plaintext?: PlaintextSource | null;
}

/** What is reported to the people who run the program. */
export interface ContentEvents {
	/** For metrics: values of one class, once per request and field. */
	readonly onOutcome?: (outcome: 'opened' | 'denied' | 'failed', contentClass: string, count: number) => void;
	/** For the people on call: values that an allowed request asked for and that stayed closed, once per request and reason. */
	readonly onFailure?: (failure: ContentFailure) => void;
}

/** Ids and counts only. */
export interface ContentFailure {
	readonly code: 'CIPHERTEXT_INVALID' | 'KEY_UNAVAILABLE';
	readonly firm: string;
	readonly requestId: string;
	/** Values. */
	readonly count: number;
}

/** The way to values that were not sealed yet. */
export interface PlaintextSource extends PlaintextCodec {
	/** Whether a field's values may still be in the clear. */
	mayRead(coordinate: string): boolean;
}
