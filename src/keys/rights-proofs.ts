import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock/index.ts';
import { encodeContext } from '../envelope/index.ts';
import { auditKeyring, type DataKeyEvent } from './audited-keyring.ts';
import type { DataKeyRecord, DataKeyStore } from './data-key-store.ts';
import type { DataKeyStats } from './data-keys.ts';
import { KEY_LENGTH } from './derive-keys.ts';
import { generateVersion } from './generate-version.ts';
import { guardKeyring } from './guarded-keyring.ts';
import { createKeyCache } from './key-cache.ts';
import { type Keyring, KeyUnavailableError } from './keyring.ts';
import { createOwnKeyWatch, OWN_KEY_CACHE_SECONDS } from './own-key-watch.ts';
import { unwrapDataKey } from './unwrap-data-key.ts';

const RIGHTS = 'RIGHTS';
const VERSION_LENGTH = 4;
const MAC_LENGTH = VERSION_LENGTH + 32;

/** Proves rows that give rights, and checks them when they are used: a row that was put in by SQL has no proof. */
export interface RightsProofs {
	/**
	 * The MAC of a statement: uint32 version of the key || HMAC-SHA-256, 36 bytes (FORMAT.md "Rights").
	 * @throws KeyUnavailableError
	 */
	prove(firm: string, statement: readonly string[]): Promise<Uint8Array>;
	/**
	 * The same in two steps: the key is fetched now, and statements that a transaction only finds out are proven inside it, where
	 * nothing may be waited for. @throws KeyUnavailableError
	 */
	prover(firm: string): Promise<Prover>;
	/** Whether `mac` is of exactly this statement; null never is. @throws KeyUnavailableError when that can't be known now. */
	verify(firm: string, statement: readonly string[], mac: Uint8Array | null): Promise<boolean>;
	/** Drops what is at hand for the firm, or for all: the next use asks the keyring again. */
	purge(firm?: string): void;
}

/** Rights over keys of their own. */
export interface KeyedRightsProofs extends RightsProofs {
	keyStats(): DataKeyStats;
}

/** Makes the MAC of a statement. */
export type Prover = (statement: readonly string[]) => Uint8Array;

export interface RightsProofsOptions {
	/** Guarded here. */
	readonly keyring: Keyring;
	readonly store: DataKeyStore;
	/** How long a key stays at hand, counted from the asking of the key service; a minute at most under a firm's own key. */
	readonly ttlSeconds: number;
	readonly clock: Clock;
	/** Each call of the keyring, for the log. */
	readonly onEvent?: (event: DataKeyEvent) => void;
}

interface LoadedKey {
	readonly key: KeyObject;
	readonly ownKey: boolean;
}
type Active = Pick<DataKeyRecord, 'version'>;

const MOST_KEYS = 10_000;

/** The RIGHTS keys as one kind of process has them: what its keyring refuses, it can neither prove nor check. */
export function createRightsProofs({
	keyring,
	store,
	ttlSeconds,
	clock,
	onEvent,
}: RightsProofsOptions): KeyedRightsProofs {
	const options = { max: MOST_KEYS, ttlSeconds, clock };
	const keys = createKeyCache<LoadedKey>({
		...options,
		ttlOf: ({ ownKey }) => (ownKey ? OWN_KEY_CACHE_SECONDS : ttlSeconds),
	});
	/** Which version proves now. */
	const actives = createKeyCache<Active>(options);
	let hits = 0;
	let misses = 0;
	const purge = (firm?: string) => {
		keys.purge(firm);
		actives.purge(firm);
		looks.stop(firm);
	};
	const told = auditKeyring(guardKeyring(keyring), (event) => {
		if (event.outcome === 'REFUSED') purge(event.firm);
		onEvent?.(event);
	});

	const looks = createOwnKeyWatch({
		clock,
		keyring: told,
		isCached: ({ firm, version }) => keys.has({ firm, name: RIGHTS, version }),
		purge,
	});

	async function findActive(firm: string): Promise<Active> {
		const known = await store.findActive(firm, RIGHTS);
		if (known) return known;
		// Whoever was faster has made it.
		await generateVersion({ keyring: told, store }, { firm, class: RIGHTS }, 1);
		const made = await store.findActive(firm, RIGHTS);
		if (made) return made;
		throw new KeyUnavailableError('REFUSED', 'The key that rights are proven with is retired: rotate it.');
	}

	/** null: such a version never was. Nothing is kept of that. */
	async function keyOf(firm: string, version: number): Promise<KeyObject | null> {
		const id = { firm, name: RIGHTS, version };
		const held = keys.at(id);
		if (held) {
			hits++;
			return held.key;
		}
		misses++;
		try {
			const loaded = await keys.load(id, async () => {
				const record = await store.find(firm, RIGHTS, version);
				if (!record) throw new NoSuchVersion();
				const key = await unwrapDataKey(told, record, (dataKey) => deriveRightsKey(dataKey, firm));
				looks.noteOpened(record);
				return { key, ownKey: record.ownKey };
			});
			return loaded.key;
		} catch (error) {
			if (error instanceof NoSuchVersion) return null;
			throw error;
		}
	}

	async function prover(firm: string): Promise<Prover> {
		const id = { firm, name: RIGHTS, version: 0 };
		const { version } = actives.at(id) ?? (await actives.load(id, () => findActive(firm)));
		const key = await keyOf(firm, version);
		if (!key) throw new KeyUnavailableError('REFUSED', 'The key that rights are proven with is gone: restore it.');
		return (statement) => {
			const mac = new Uint8Array(MAC_LENGTH);
			new DataView(mac.buffer).setUint32(0, version);
			mac.set(hmac(key, firm, statement), VERSION_LENGTH);
			return mac;
		};
	}

	return {
		purge,
		keyStats: () => ({ hits, misses, size: keys.size() }),
		prover,
		prove: async (firm, statement) => (await prover(firm))(statement),
		async verify(firm, statement, mac) {
			if (mac?.length !== MAC_LENGTH) return false;
			const version = new DataView(mac.buffer, mac.byteOffset).getUint32(0);
			const key = await keyOf(firm, version);
			return key !== null && timingSafeEqual(hmac(key, firm, statement), mac.subarray(VERSION_LENGTH));
		},
	};
}

/** A version that never was proves nothing. */
class NoSuchVersion extends Error {}

/** HKDF-SHA-256 without salt; the raw key is overwritten. FORMAT.md "Rights". */
function deriveRightsKey(dataKey: Uint8Array, firm: string): KeyObject {
	const info = encodeContext(['firmseal/rights-key/v1', firm]);
	const raw = new Uint8Array(hkdfSync('sha256', dataKey, '', info, KEY_LENGTH));
	try {
		return createSecretKey(raw);
	} finally {
		raw.fill(0);
	}
}

const hmac = (key: KeyObject, firm: string, statement: readonly string[]): Uint8Array =>
	createHmac('sha256', key)
		.update(encodeContext(['firmseal/rights/v1', firm, ...statement]))
		.digest();
