import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock/index.ts';
import { encodeContext } from '../envelope/index.ts';
import { type AuditedKeyring, auditKeyring, type DataKeyEvent } from './audited-keyring.ts';
import type { DataKeyRecord, DataKeyStore } from './data-key-store.ts';
import type { DataKeyStats } from './data-keys.ts';
import { KEY_LENGTH } from './derive-keys.ts';
import { generateVersion } from './generate-version.ts';
import { guardKeyring } from './guarded-keyring.ts';
import { createKeyCache, type KeyCache } from './key-cache.ts';
import { type Keyring, KeyUnavailableError } from './keyring.ts';
import { createOwnKeyWatch, OWN_KEY_CACHE_SECONDS, type OwnKeyWatch } from './own-key-watch.ts';
import { unwrapDataKey } from './unwrap-data-key.ts';

const RIGHTS = 'RIGHTS';
const VERSION_LENGTH = 4;
const MAC_LENGTH = VERSION_LENGTH + 32;

/** Makes and checks the MACs of rows that give rights. A row that was inserted by SQL alone has no valid MAC. */
export interface RightsProofs {
	/**
	 * The MAC of a statement: uint32 version of the key || HMAC-SHA-256, 36 bytes (FORMAT.md "Rights").
	 * @throws KeyUnavailableError
	 */
	prove(firm: string, statement: readonly string[]): Promise<Uint8Array>;
	/**
	 * prove() in two steps: loads the key now, so that a transaction, which must not wait for the key service, can prove statements that it
	 * learns only inside. @throws KeyUnavailableError
	 */
	prover(firm: string): Promise<Prover>;
	/** Whether `mac` is that of exactly this statement; false for null. @throws KeyUnavailableError if the key is unavailable. */
	verify(firm: string, statement: readonly string[], mac: Uint8Array | null): Promise<boolean>;
	/** Drops the cached keys of the firm, or of all firms: the next use calls the keyring again. */
	purge(firm?: string): void;
}

/** RightsProofs with its own key cache. */
export interface KeyedRightsProofs extends RightsProofs {
	keyStats(): DataKeyStats;
}

/** Makes the MAC of a statement. */
export type Prover = (statement: readonly string[]) => Uint8Array;

export interface RightsProofsOptions {
	/** The guard is added here. */
	readonly keyring: Keyring;
	readonly store: DataKeyStore;
	/** How long a key stays in the cache, from the call of the key service; at most a minute under a firm's own key. */
	readonly ttlSeconds: number;
	readonly clock: Clock;
	/** Called for each call of the keyring, for the log. */
	readonly onEvent?: (event: DataKeyEvent) => void;
}

/** A process can neither make nor check a MAC if its keyring refuses the key. */
export function createRightsProofs(options: RightsProofsOptions): KeyedRightsProofs {
	const keys = new RightsKeys(options);

	async function prover(firm: string): Promise<Prover> {
		const { version, key } = await keys.activeKey(firm);
		return (statement) => {
			const mac = new Uint8Array(MAC_LENGTH);
			new DataView(mac.buffer).setUint32(0, version);
			mac.set(hmac(key, firm, statement), VERSION_LENGTH);
			return mac;
		};
	}

	return {
		prover,
		prove: async (firm, statement) => (await prover(firm))(statement),
		async verify(firm, statement, mac) {
			if (mac?.length !== MAC_LENGTH) return false;
			const version = new DataView(mac.buffer, mac.byteOffset).getUint32(0);
			const key = await keys.keyOf(firm, version);
			return key !== null && timingSafeEqual(hmac(key, firm, statement), mac.subarray(VERSION_LENGTH));
		},
		purge: (firm) => keys.purge(firm),
		keyStats: () => keys.stats(),
	};
}

interface LoadedKey {
	readonly key: KeyObject;
	readonly ownKey: boolean;
}

export const MAX_RIGHTS_KEYS = 10_000;

/** The cached RIGHTS keys, and the ACTIVE version of each firm. */
class RightsKeys {
	readonly #store: DataKeyStore;
	readonly #keyring: AuditedKeyring;
	readonly #keys: KeyCache<LoadedKey>;
	readonly #actives: KeyCache<Pick<DataKeyRecord, 'version'>>;
	readonly #watch: OwnKeyWatch;
	#hits = 0;
	#misses = 0;

	constructor({ keyring, store, ttlSeconds, clock, onEvent }: RightsProofsOptions) {
		const cached = { max: MAX_RIGHTS_KEYS, ttlSeconds, clock };
		this.#store = store;
		this.#keys = createKeyCache({ ...cached, ttlOf: ({ ownKey }) => (ownKey ? OWN_KEY_CACHE_SECONDS : ttlSeconds) });
		this.#actives = createKeyCache(cached);
		this.#keyring = auditKeyring(guardKeyring(keyring), (event) => {
			if (event.outcome === 'REFUSED') this.purge(event.firm);
			onEvent?.(event);
		});
		this.#watch = createOwnKeyWatch({
			clock,
			keyring: this.#keyring,
			isCached: ({ firm, version }) => this.#keys.has({ firm, name: RIGHTS, version }),
			purge: (firm) => this.purge(firm),
		});
	}

	/** The ACTIVE key, which is generated if there is none. @throws KeyUnavailableError */
	async activeKey(firm: string): Promise<{ readonly version: number; readonly key: KeyObject }> {
		const id = { firm, name: RIGHTS, version: 0 };
		const { version } = this.#actives.at(id) ?? (await this.#actives.load(id, () => this.#findActive(firm)));
		const key = await this.keyOf(firm, version);
		if (!key) throw new KeyUnavailableError('REFUSED', 'The key that proves rights is missing: restore it.');
		return { version, key };
	}

	/** Null if the version never existed, which is not cached. @throws KeyUnavailableError */
	async keyOf(firm: string, version: number): Promise<KeyObject | null> {
		const id = { firm, name: RIGHTS, version };
		const held = this.#keys.at(id);
		if (held) {
			this.#hits++;
			return held.key;
		}
		this.#misses++;
		try {
			return (await this.#keys.load(id, () => this.#unwrap(firm, version))).key;
		} catch (error) {
			if (error instanceof NoSuchVersion) return null;
			throw error;
		}
	}

	purge(firm?: string): void {
		this.#keys.purge(firm);
		this.#actives.purge(firm);
		this.#watch.stop(firm);
	}

	stats(): DataKeyStats {
		return { hits: this.#hits, misses: this.#misses, size: this.#keys.size() };
	}

	async #findActive(firm: string): Promise<Pick<DataKeyRecord, 'version'>> {
		const known = await this.#store.findActive(firm, RIGHTS);
		if (known) return known;
		// If another process was faster, this finds its version.
		await generateVersion({ keyring: this.#keyring, store: this.#store }, { firm, class: RIGHTS }, 1);
		const made = await this.#store.findActive(firm, RIGHTS);
		if (made) return made;
		throw new KeyUnavailableError('REFUSED', 'The key that proves rights is retired: rotate it.');
	}

	async #unwrap(firm: string, version: number): Promise<LoadedKey> {
		const record = await this.#store.find(firm, RIGHTS, version);
		if (!record) throw new NoSuchVersion();
		const key = await unwrapDataKey(this.#keyring, record, (dataKey) => deriveRightsKey(dataKey, firm));
		this.#watch.noteOpened(record);
		return { key, ownKey: record.ownKey };
	}
}

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
