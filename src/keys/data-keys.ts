import type { Clock } from '../clock/index.ts';
import { type Aead, type FieldKey, prepareFieldKey } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { type AuditedKeyring, auditKeyring, type DataKeyEvent } from './audited-keyring.ts';
import type { DataKeyRecord, DataKeyStore } from './data-key-store.ts';
import { deriveDocumentKey, deriveFieldKey, deriveFirmTag } from './derive-keys.ts';
import { guardKeyring } from './guarded-keyring.ts';
import { type CacheId, createKeyCache } from './key-cache.ts';
import type { Keyring } from './keyring.ts';
import { createOwnKeyWatch, OWN_KEY_CACHE_SECONDS } from './own-key-watch.ts';
import { createSealingKeys } from './sealing-keys.ts';
import { unwrapDataKey } from './unwrap-data-key.ts';

const SEAL_BLOCK = 4096;
/** Half of the maximum in FORMAT.md, section 3, so that a repeated random nonce is practically impossible. */
export const MAX_SEALED_VALUES = 2 ** 31;
export const MAX_CACHED_KEY_USES = 2 ** 20;
/** A day. */
const MAX_TTL_SECONDS = 86_400;

/** One sealed column: the names that its values are bound to, and its content class. */
export interface SealedField {
	readonly class: string;
	readonly table: string;
	readonly column: string;
}

export interface DataKeysOptions<Key> {
	/** The guard is added here. */
	readonly keyring: Keyring;
	readonly store: DataKeyStore;
	readonly aead: Aead<Key>;
	/** Every sealed column. */
	readonly fields: readonly SealedField[];
	/** How long a key stays in the cache, from the call of the key service: at most a day, and at most a minute under a firm's own key. */
	readonly ttlSeconds: number;
	/** Most data keys in the cache; the least recently used one is evicted. */
	readonly maxKeys: number;
	/** A cached key is unwrapped again after so many sealed values and uses for opening. 2^20 by default. */
	readonly maxUses?: number;
	/** Values reserved at once; 4096 by default. */
	readonly sealBlock?: number;
	/** Most values sealed under one version; 2^31 by default. */
	readonly sealLimit?: number;
	readonly clock: Clock;
	readonly onEvent?: (event: DataKeyEvent) => void;
}

export interface DataKeyStats {
	readonly hits: number;
	readonly misses: number;
	/** Cached keys. */
	readonly size: number;
}

/** The data keys of one plane. Synchronous if the key is cached; otherwise the caller must load it. */
export interface DataKeys<Key> {
	/** Undefined if the key is not cached. */
	openingKey(firm: string, keyClass: string, version: number): ClassKey<Key> | undefined;
	/** Throws CIPHERTEXT_INVALID for a version that never existed, KeyUnavailableError if the key is unavailable. */
	loadOpeningKey(firm: string, keyClass: string, version: number): Promise<ClassKey<Key>>;
	/** The key for sealing `count` values, which it counts as sealed. Undefined if the key must be loaded. */
	sealingKey(firm: string, keyClass: string, count: number): ClassKey<Key> | undefined;
	/** As sealingKey. Makes the first or the next version if needed. Throws KeyUnavailableError. */
	loadSealingKey(firm: string, keyClass: string, count: number): Promise<ClassKey<Key>>;
	/** Drops the cached keys of the firm, or of all firms. Keys that are being loaded are not cached either. */
	purge(firm?: string): void;
	stats(): DataKeyStats;
}

/** README.md describes the life of a data key. */
export function createDataKeys<Key>(options: DataKeysOptions<Key>): DataKeys<Key> {
	const { store, aead, fields, ttlSeconds, maxKeys, clock } = options;
	const { maxUses = MAX_CACHED_KEY_USES, sealBlock = SEAL_BLOCK, sealLimit = MAX_SEALED_VALUES } = options;
	assertLimits({ ttlSeconds, maxKeys, maxUses, sealBlock, sealLimit });
	const keyring = auditKeyring(guardKeyring(options.keyring), (event) => {
		// After a refusal, no earlier key of the firm may be used any more.
		if (event.outcome === 'REFUSED') purge(event.firm);
		options.onEvent?.(event);
	});
	const cached = { store, ttlSeconds, maxKeys, clock };
	const opening = createOpeningKeys({ ...cached, keyring, aead, fields, maxUses, purge });
	const sealing = createSealingKeys({ ...cached, keyring, opening, sealBlock, sealLimit });
	let hits = 0;
	let misses = 0;

	function purge(firm?: string): void {
		opening.purge(firm);
		sealing.purge(firm);
	}

	function counted(key: ClassKey<Key> | undefined): ClassKey<Key> | undefined {
		if (key) hits++;
		else misses++;
		return key;
	}

	return {
		openingKey: (firm, keyClass, version) => counted(opening.take(firm, keyClass, version, 1)),
		loadOpeningKey: opening.load,
		sealingKey: (firm, keyClass, count) => counted(sealing.sealingKey(firm, keyClass, count)),
		loadSealingKey: sealing.loadSealingKey,
		purge,
		stats: () => ({ hits, misses, size: opening.size() }),
	};
}

/** The cached keys, for opening and sealing. */
export interface OpeningKeys<Key> {
	/** A cached key; counts `uses` more. Undefined if it is not cached, or has no uses left. */
	take(firm: string, keyClass: string, version: number, uses: number): ClassKey<Key> | undefined;
	/** Throws CIPHERTEXT_INVALID for a version that never existed, KeyUnavailableError if the key is unavailable. */
	load(firm: string, keyClass: string, version: number): Promise<ClassKey<Key>>;
	/** The key of a record, unwrapped if it is not cached; counts `uses` more. Throws KeyUnavailableError. */
	openRecord(record: DataKeyRecord, uses: number): Promise<ClassKey<Key>>;
	purge(firm?: string): void;
	/** Number of cached keys. */
	size(): number;
}

interface OpeningKeysOptions<Key>
	extends Pick<DataKeysOptions<Key>, 'store' | 'aead' | 'fields' | 'ttlSeconds' | 'maxKeys' | 'clock'> {
	readonly keyring: AuditedKeyring;
	readonly maxUses: number;
	/** Drops all cached keys of a firm whose key was refused. */
	readonly purge: (firm: string) => void;
}

interface CachedKey<Key> {
	readonly key: ClassKey<Key>;
	readonly ownKey: boolean;
	uses: number;
}

function createOpeningKeys<Key>(options: OpeningKeysOptions<Key>): OpeningKeys<Key> {
	const { keyring, store, aead, fields, ttlSeconds, maxKeys, maxUses, clock } = options;
	const keys = createKeyCache<CachedKey<Key>>({
		max: maxKeys,
		ttlSeconds,
		clock,
		ttlOf: ({ ownKey }) => (ownKey ? OWN_KEY_CACHE_SECONDS : ttlSeconds),
	});
	const watch = createOwnKeyWatch({
		clock,
		keyring,
		isCached: (record) => keys.has(keyAt(record.firm, record.class, record.version)),
		purge: options.purge,
	});

	function take(firm: string, keyClass: string, version: number, uses: number): ClassKey<Key> | undefined {
		const id = keyAt(firm, keyClass, version);
		const held = keys.at(id);
		if (!held) return undefined;
		held.uses += uses;
		if (held.uses <= maxUses) return held.key;
		keys.drop(id);
		return undefined;
	}

	/** Keeps only the keys derived from the data key. Throws as unwrapDataKey() does. */
	async function unwrap(record: DataKeyRecord): Promise<CachedKey<Key>> {
		const { firm, class: keyClass, version, ownKey } = record;
		const key = await unwrapDataKey(keyring, record, (dataKey, { keyId, requestId }) =>
			deriveClassKey(aead, fields, { firm, class: keyClass, version, keyId, requestId }, dataKey),
		);
		watch.noteOpened(record);
		return { key, ownKey, uses: 0 };
	}

	return {
		take,
		async load(firm, keyClass, version) {
			const id = keyAt(firm, keyClass, version);
			const held = await keys.load(id, async () => unwrap(await findVersion(store, id)));
			held.uses++;
			return held.key;
		},
		async openRecord(record, uses) {
			const { firm, class: keyClass, version } = record;
			const held = take(firm, keyClass, version, uses);
			if (held) return held;
			const loaded = await keys.load(keyAt(firm, keyClass, version), () => unwrap(record));
			loaded.uses += uses;
			return loaded.key;
		},
		purge(firm) {
			keys.purge(firm);
			watch.stop(firm);
		},
		size: keys.size,
	};
}

const keyAt = (firm: string, keyClass: string, version: number) => ({ firm, name: keyClass, version });

async function findVersion(store: DataKeyStore, { firm, name, version }: CacheId): Promise<DataKeyRecord> {
	const record = await store.find(firm, name, version);
	if (record) return record;
	throw new FirmsealError('CIPHERTEXT_INVALID', 'The value names a version of its key that does not exist.');
}

/** A data key, and the call of the key service that opened it. */
interface ClassKeyOrigin {
	readonly firm: string;
	readonly class: string;
	readonly version: number;
	/** The wrapping key's id. */
	readonly keyId: string;
	/** The key service's id of the call, for the audit entry. */
	readonly requestId: string;
}

/** The keys derived from an unwrapped data key, as handles of the cipher. */
export interface ClassKey<Key> extends ClassKeyOrigin {
	/** Throws INTERNAL for a column of another class. */
	field(table: string, column: string): FieldKey<Key>;
	/** The key of the firm's files. Throws INTERNAL for a class other than DOCUMENT. */
	document(): Key;
}

/** The content class of files. */
const FILES = 'DOCUMENT';

/**
 * Derives and imports the keys of all columns and files of a class at once, so that no code needs to keep the data key. Overwrites the raw
 * derived keys; the caller overwrites `dataKey`.
 */
export function deriveClassKey<Key>(
	aead: Aead<Key>,
	fields: readonly SealedField[],
	origin: ClassKeyOrigin,
	dataKey: Uint8Array,
): ClassKey<Key> {
	const firmTag = deriveFirmTag(origin.firm);
	const imported = (raw: Uint8Array): Key => {
		try {
			return aead.importKey(raw);
		} finally {
			raw.fill(0);
		}
	};
	const tables = new Map<string, Map<string, FieldKey<Key>>>();
	for (const field of fields) {
		if (field.class !== origin.class) continue;
		const place = { firm: origin.firm, class: field.class, table: field.table, column: field.column };
		const key = imported(deriveFieldKey(dataKey, place));
		const columns = tables.get(field.table) ?? new Map<string, FieldKey<Key>>();
		tables.set(
			field.table,
			columns.set(field.column, prepareFieldKey({ place, firmTag, version: origin.version, key })),
		);
	}
	const documentKey = origin.class === FILES ? { key: imported(deriveDocumentKey(dataKey, origin.firm)) } : null;
	return {
		...origin,
		field(table, column) {
			const key = tables.get(table)?.get(column);
			if (key) return key;
			throw new FirmsealError('INTERNAL', `No field of class ${origin.class} is bound to ${table}.${column}.`);
		},
		document() {
			if (documentKey) return documentKey.key;
			throw new FirmsealError('INTERNAL', `No file is of class ${origin.class}.`);
		},
	};
}

interface Limits {
	readonly ttlSeconds: number;
	readonly maxKeys: number;
	readonly maxUses: number;
	readonly sealBlock: number;
	readonly sealLimit: number;
}

function assertLimits(limits: Limits): void {
	for (const [name, value] of Object.entries(limits)) {
		if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name} must be a whole number of 1 or more.`);
	}
	if (limits.ttlSeconds > MAX_TTL_SECONDS)
		throw new RangeError(`ttlSeconds must not be greater than ${MAX_TTL_SECONDS}.`);
	if (limits.sealBlock > limits.sealLimit) throw new RangeError('sealBlock must not be greater than sealLimit.');
}
