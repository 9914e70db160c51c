import type { Clock } from '../clock/index.ts';
import type { Aead } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { auditKeyring, type DataKeyEvent } from './audited-keyring.ts';
import type { ClassKey, SealedField } from './class-key.ts';
import type { DataKeyRecord, DataKeyStore } from './data-key-store.ts';
import { guardKeyring } from './guarded-keyring.ts';
import { createKeyCache } from './key-cache.ts';
import type { Keyring } from './keyring.ts';
import { createOwnKeyWatch, OWN_KEY_CACHE_SECONDS } from './own-key-watch.ts';
import { reserveSealBlock, type SealBlock } from './seal-block.ts';
import { unwrapClassKey } from './unwrap-class-key.ts';

const SEAL_BLOCK = 4096;
/** Half of what FORMAT.md "Keys" allows as the most, so that a random nonce is as good as never drawn twice. */
const SEAL_LIMIT = 2 ** 31;
const MAX_USES = 2 ** 20;
/** A day, in seconds. */
const LONGEST_TTL = 86_400;

export interface DataKeysOptions<Key> {
	/** Guarded here; it needs no guard around it. */
	readonly keyring: Keyring;
	readonly store: DataKeyStore;
	readonly aead: Aead<Key>;
	/** Every sealed column. */
	readonly fields: readonly SealedField[];
	/** How long a key stays at hand, counted from the asking of the key service; a day at most, and a minute under a firm's own key. */
	readonly ttlSeconds: number;
	/** Data keys at hand at once; the least recently used goes first. */
	readonly maxKeys: number;
	/** Values sealed, plus hands-out for opening, after which a key at hand is unwrapped anew. 2^20 unless given. */
	readonly maxUses?: number;
	/** Values reserved at once; 4096 unless given. */
	readonly sealBlock?: number;
	/** Values that may be sealed under one version; 2^31 unless given. */
	readonly sealLimit?: number;
	readonly clock: Clock;
	readonly onEvent?: (event: DataKeyEvent) => void;
}

export interface DataKeyStats {
	readonly hits: number;
	readonly misses: number;
	/** Keys at hand. */
	readonly size: number;
}

/** The data keys of one plane. Synchronous while a key is at hand; otherwise load it, then ask again or use the answer. */
export interface DataKeys<Key> {
	/** undefined: not at hand, load it. */
	openingKey(firm: string, keyClass: string, version: number): ClassKey<Key> | undefined;
	/** Throws CIPHERTEXT_INVALID for a version that never was, KeyUnavailableError for one that can't be had. */
	loadOpeningKey(firm: string, keyClass: string, version: number): Promise<ClassKey<Key>>;
	/** The key for sealing `count` values, which are counted as sealed; undefined: load it. */
	sealingKey(firm: string, keyClass: string, count: number): ClassKey<Key> | undefined;
	/** As sealingKey; makes the first or the next version when needed. Throws KeyUnavailableError. */
	loadSealingKey(firm: string, keyClass: string, count: number): Promise<ClassKey<Key>>;
	/** Drops what is at hand for the firm, or for all, and keeps nothing of what is being loaded. */
	purge(firm?: string): void;
	stats(): DataKeyStats;
}

interface KeyAtHand<Key> {
	readonly key: ClassKey<Key>;
	readonly ownKey: boolean;
	uses: number;
}

/** See README.md: life of a data key. */
export function createDataKeys<Key>(options: DataKeysOptions<Key>): DataKeys<Key> {
	const { store, aead, fields, ttlSeconds, maxKeys, clock } = options;
	const { maxUses = MAX_USES, sealBlock = SEAL_BLOCK, sealLimit = SEAL_LIMIT } = options;
	assertLimits({ ttlSeconds, maxKeys, maxUses, sealBlock, sealLimit });
	const cacheOptions = { max: maxKeys, ttlSeconds, clock };
	const keys = createKeyCache<KeyAtHand<Key>>({
		...cacheOptions,
		ttlOf: ({ ownKey }) => (ownKey ? OWN_KEY_CACHE_SECONDS : ttlSeconds),
	});
	const blocks = createKeyCache<SealBlock>(cacheOptions);
	let hits = 0;
	let misses = 0;

	const keyAt = (firm: string, keyClass: string, version: number) => ({ firm, name: keyClass, version });
	const blockAt = (firm: string, keyClass: string) => ({ firm, name: keyClass, version: 0 });

	function purge(firm?: string): void {
		keys.purge(firm);
		blocks.purge(firm);
		looks.stop(firm);
	}

	const keyring = auditKeyring(guardKeyring(options.keyring), (event) => {
		// A firm whose key was refused once is refused: nothing that was given before may be used on.
		if (event.outcome === 'REFUSED') purge(event.firm);
		options.onEvent?.(event);
	});

	function take(firm: string, keyClass: string, version: number, uses: number): KeyAtHand<Key> | undefined {
		const id = keyAt(firm, keyClass, version);
		const held = keys.at(id);
		if (!held) return undefined;
		held.uses += uses;
		if (held.uses <= maxUses) return held;
		keys.drop(id);
		return undefined;
	}

	const looks = createOwnKeyWatch({
		clock,
		keyring,
		isCached: (record) => keys.has(keyAt(record.firm, record.class, record.version)),
		purge,
	});

	async function unwrap(record: DataKeyRecord): Promise<KeyAtHand<Key>> {
		const key = await unwrapClassKey({ keyring, aead, fields }, record);
		looks.noteOpened(record);
		return { key, ownKey: record.ownKey, uses: 0 };
	}

	async function find(firm: string, keyClass: string, version: number): Promise<DataKeyRecord> {
		const record = await store.find(firm, keyClass, version);
		if (record) return record;
		throw new FirmsealError('CIPHERTEXT_INVALID', 'The value names a version of its key that does not exist.');
	}

	/** The key of the version that sealing goes on with, `count` values already taken from the block. */
	async function reserve(firm: string, keyClass: string, count: number) {
		const openKey = async (record: DataKeyRecord) => {
			const held = take(firm, keyClass, record.version, count);
			if (held) return held.key;
			const loaded = await keys.load(keyAt(firm, keyClass, record.version), () => unwrap(record));
			loaded.uses += count;
			return loaded.key;
		};
		const parts = { keyring, store, openKey, limit: sealLimit };
		const { block, key } = await reserveSealBlock(parts, { firm, class: keyClass }, Math.max(count, sealBlock));
		block.left -= count;
		return { block, key };
	}

	function sealingKey(firm: string, keyClass: string, count: number): ClassKey<Key> | undefined {
		const block = blocks.at(blockAt(firm, keyClass));
		if (!block || block.left < count) return undefined;
		const held = take(firm, keyClass, block.version, count);
		if (!held) return undefined;
		block.left -= count;
		return held.key;
	}

	function counted(key: ClassKey<Key> | undefined): ClassKey<Key> | undefined {
		if (key) hits++;
		else misses++;
		return key;
	}

	return {
		openingKey: (firm, keyClass, version) => counted(take(firm, keyClass, version, 1)?.key),
		async loadOpeningKey(firm, keyClass, version) {
			const id = keyAt(firm, keyClass, version);
			const held = await keys.load(id, async () => unwrap(await find(firm, keyClass, version)));
			held.uses++;
			return held.key;
		},
		sealingKey(firm, keyClass, count) {
			assertCount(count, sealLimit);
			return counted(sealingKey(firm, keyClass, count));
		},
		async loadSealingKey(firm, keyClass, count) {
			assertCount(count, sealLimit);
			for (;;) {
				const key = sealingKey(firm, keyClass, count);
				if (key) return key;
				// Who starts the flight is served by it, whatever becomes of the cache; who joined it looks again.
				const mine: ClassKey<Key>[] = [];
				await blocks.load(blockAt(firm, keyClass), async () => {
					const reserved = await reserve(firm, keyClass, count);
					mine.push(reserved.key);
					return reserved.block;
				});
				if (mine[0]) return mine[0];
			}
		},
		purge,
		stats: () => ({ hits, misses, size: keys.size() }),
	};
}

function assertCount(count: number, sealLimit: number): void {
	if (Number.isSafeInteger(count) && count >= 1 && count <= sealLimit) return;
	throw new FirmsealError('INTERNAL', `A key seals 1 to ${sealLimit} values at once.`);
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
	if (limits.ttlSeconds > LONGEST_TTL) throw new RangeError(`ttlSeconds must not be greater than ${LONGEST_TTL}.`);
	if (limits.sealBlock > limits.sealLimit) throw new RangeError('sealBlock must not be greater than sealLimit.');
}
