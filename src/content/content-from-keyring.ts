import { type Act, type AuditLog, type EntryPlane, systemEntry } from '../audit/index.ts';
import { type Clock, systemClock } from '../clock/index.ts';
import type { Aead, ChunkAead } from '../envelope/index.ts';
import {
	createDataKeys,
	type DataKeyEvent,
	type DataKeyStats,
	type DataKeyStore,
	type Keyring,
	type SealedField,
} from '../keys/index.ts';
import { type Content, contentFromKeys } from './content.ts';
import type { ContentEvents, PlaintextSource } from './content-parts.ts';

export interface ContentOptions<Key> extends ContentEvents {
	readonly keyring: Keyring;
	/** The store of wrapped data keys. */
	readonly store: DataKeyStore;
	readonly audit: AuditLog;
	readonly aead: Aead<Key> & ChunkAead<Key>;
	/** Every sealed column with its class. */
	readonly fields: readonly SealedField[];
	/** Reads values that are still in plaintext columns. */
	readonly plaintext?: PlaintextSource | null;
	/** The plane of the keyring; 'firm' by default. */
	readonly plane?: Extract<EntryPlane, 'firm' | 'operator'>;
	/** How long a data key stays in the cache, in seconds: 300 by default, at most a day, and at most a minute under a firm's own key. */
	readonly keySeconds?: number;
	/** Most data keys in the cache; 10,000 by default. */
	readonly maxKeys?: number;
	/** The system clock by default. */
	readonly clock?: Clock;
	/** Called if a call of the keyring could not be recorded. The firm's keys are then dropped from the cache. */
	readonly onUnrecorded?: (error: unknown, firm: string) => void;
	/** Called after the keyring has refused a key of the firm. The firm's keys are already dropped from the cache. */
	readonly onRefused?: (firm: string) => void;
}

export interface KeyedContent extends Content {
	keyStats(): DataKeyStats;
	/** Drops the cached keys of the firm, or of all firms: the next use calls the keyring again. */
	purge(firm?: string): void;
}

/**
 * Content with its own key cache. Each call of the keyring is an entry of the log. If the entry cannot be written, the firm's keys are
 * dropped, so that the next use calls the keyring and records the call again.
 * @throws RangeError for invalid keySeconds or maxKeys.
 */
export function contentFromKeyring<Key>(options: ContentOptions<Key>): KeyedContent {
	const {
		keyring,
		store,
		fields,
		plane = 'firm',
		keySeconds = 300,
		maxKeys = 10_000,
		clock = systemClock,
		onUnrecorded,
		onRefused,
		...parts
	} = options;
	const { audit, aead } = parts;
	const dataKeys = createDataKeys({
		keyring,
		store,
		aead,
		fields,
		ttlSeconds: keySeconds,
		maxKeys,
		clock,
		onEvent(event) {
			if (event.outcome === 'REFUSED') onRefused?.(event.firm);
			audit.append([systemEntry(plane, keyEventAct(event))]).catch((error: unknown) => {
				dataKeys.purge(event.firm);
				onUnrecorded?.(error, event.firm);
			});
		},
	});
	return { ...contentFromKeys({ ...parts, dataKeys }), keyStats: dataKeys.stats, purge: dataKeys.purge };
}

/** The act that the log records for a call of the keyring. */
export function keyEventAct(event: DataKeyEvent): Act {
	const { firm, class: keyClass, version, requestId } = event;
	const action = event.call === 'generate' ? 'key.generate' : 'key.unwrap';
	const key = { class: keyClass, version, source: 'KEYRING', requestId } as const;
	return event.outcome === 'ok'
		? { action, firm, keys: [key] }
		: { action, firm, keys: [key], decision: 'FAILED', reason: event.outcome };
}
