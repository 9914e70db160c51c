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
	/** Where wrapped data keys are kept. */
	readonly store: DataKeyStore;
	readonly audit: AuditLog;
	readonly aead: Aead<Key> & ChunkAead<Key>;
	/** Every sealed column with its class. */
	readonly fields: readonly SealedField[];
	/** Values that are still in columns of plaintext. */
	readonly plaintext?: PlaintextSource | null;
	/** Whose keyring it is; 'firm' unless given. */
	readonly plane?: Extract<EntryPlane, 'firm' | 'operator'>;
	/** How long a data key stays at hand, in seconds; 300 unless given, a day at most, and a minute under a key that the firm has brought. */
	readonly keySeconds?: number;
	/** Data keys at hand at once; 10,000 unless given. */
	readonly maxKeys?: number;
	/** The system's unless given. */
	readonly clock?: Clock;
	/** A call of the keyring that could not be recorded; the firm's keys are dropped then. */
	readonly onUnrecorded?: (error: unknown, firm: string) => void;
	/** The keyring has refused a key of the firm; its keys here are dropped already. */
	readonly onRefused?: (firm: string) => void;
}

export interface KeyedContent extends Content {
	keyStats(): DataKeyStats;
	/** Drops the keys at hand of the firm, or all: the next use asks the keyring again. */
	purge(firm?: string): void;
}

/**
 * The door to content with a key cache of its own. Each call of the keyring is an entry of the log: if that can't be
 * written, the firm's keys are dropped, so that the next use asks, and records, again.
 * @throws RangeError for keySeconds or maxKeys that can't be.
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

/** What the log says of a call of the keyring. */
export function keyEventAct(event: DataKeyEvent): Act {
	const { firm, class: keyClass, version, requestId } = event;
	const action = event.call === 'generate' ? 'key.generate' : 'key.unwrap';
	const key = { class: keyClass, version, source: 'KEYRING', requestId } as const;
	return event.outcome === 'ok'
		? { action, firm, keys: [key] }
		: { action, firm, keys: [key], decision: 'FAILED', reason: event.outcome };
}
