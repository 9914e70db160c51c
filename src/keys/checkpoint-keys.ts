import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign } from 'node:crypto';
import { encodeContext } from '../envelope/index.ts';
import { auditKeyring, type DataKeyEvent } from './audited-keyring.ts';
import type { DataKeyRecord, DataKeyStore } from './data-key-store.ts';
import { KEY_LENGTH } from './derive-keys.ts';
import { generateVersion } from './generate-version.ts';
import { guardKeyring } from './guarded-keyring.ts';
import { type Keyring, KeyUnavailableError } from './keyring.ts';
import { PLATFORM_FIRM_ID } from './platform.ts';
import { unwrapDataKey } from './unwrap-data-key.ts';

const CHECKPOINT = 'CHECKPOINT';

/** DER of an Ed25519 private key up to its 32 bytes (RFC 8410 section 7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key that signs checkpoints. */
export interface CheckpointKey {
	/** Version of the data key that the signing key derives from. */
	readonly version: number;
	/** Ed25519, 32 bytes. */
	readonly publicKey: Uint8Array;
	/** Ed25519 (RFC 8032), 64 bytes. Deterministic. */
	sign(text: Uint8Array): Uint8Array;
}

/** The installation's keys for checkpoints, from data keys of class CHECKPOINT under the platform's wrapping key. */
export interface CheckpointKeys {
	/** The key that signs now, which is generated if there is none. @throws KeyUnavailableError */
	active(): Promise<CheckpointKey>;
	/** The key that signs now. Null if there is none; generates none. @throws KeyUnavailableError */
	current(): Promise<CheckpointKey | null>;
	/** @throws KeyUnavailableError, REFUSED if the version never existed. */
	ofVersion(version: number): Promise<CheckpointKey>;
	/** All keys that open, the newest first. @throws KeyUnavailableError AWAY, THROTTLED */
	all(): Promise<readonly CheckpointKey[]>;
	/** Generates a new key, which signs from now on. @throws KeyUnavailableError */
	rotate(): Promise<CheckpointKey>;
}

export interface CheckpointKeysOptions {
	/** The guard is added here. */
	readonly keyring: Keyring;
	readonly store: DataKeyStore;
	/** Called for each call of the keyring, for the log. */
	readonly onEvent?: (event: DataKeyEvent) => void;
}

/** The process keeps each opened key: there are few, and only the signer has them. */
export function createCheckpointKeys({ keyring, store, onEvent = () => {} }: CheckpointKeysOptions): CheckpointKeys {
	const audited = auditKeyring(guardKeyring(keyring), onEvent);
	const opened = new Map<number, CheckpointKey>();

	async function open(record: DataKeyRecord): Promise<CheckpointKey> {
		const known = opened.get(record.version);
		if (known) return known;
		const key = toCheckpointKey(record.version, await unwrapDataKey(audited, record, deriveSigningKey));
		opened.set(record.version, key);
		return key;
	}

	/** Makes the version after the highest one in any state. If another process was faster, uses the version of that process. */
	async function makeNext(): Promise<CheckpointKey> {
		const version = ((await store.findLatest(PLATFORM_FIRM_ID, CHECKPOINT))?.version ?? 0) + 1;
		await generateVersion({ keyring: audited, store }, { firm: PLATFORM_FIRM_ID, class: CHECKPOINT }, version);
		const made = await store.findActive(PLATFORM_FIRM_ID, CHECKPOINT);
		if (made && made.version >= version) return open(made);
		throw new KeyUnavailableError('REFUSED', 'The checkpoint key could not be generated: try again.');
	}

	async function ofVersion(version: number): Promise<CheckpointKey> {
		const record = opened.get(version) ?? (await store.find(PLATFORM_FIRM_ID, CHECKPOINT, version));
		if (!record) throw new KeyUnavailableError('REFUSED', 'There is no such checkpoint key.');
		return 'sign' in record ? record : open(record);
	}

	return {
		async active() {
			const record = await store.findActive(PLATFORM_FIRM_ID, CHECKPOINT);
			return record ? open(record) : makeNext();
		},
		async current() {
			const record = await store.findActive(PLATFORM_FIRM_ID, CHECKPOINT);
			return record && open(record);
		},
		ofVersion,
		async all() {
			const found: CheckpointKey[] = [];
			const newest = await store.findLatest(PLATFORM_FIRM_ID, CHECKPOINT);
			for (let version = newest?.version ?? 0; version > 0; version--) {
				try {
					found.push(await ofVersion(version));
				} catch (error) {
					// Skips a disabled or destroyed key.
					if (!(error instanceof KeyUnavailableError && error.reason === 'REFUSED')) throw error;
				}
			}
			return found;
		},
		rotate: makeNext,
	};
}

/** HKDF-SHA-256 without salt; the raw key is overwritten. FORMAT.md, section 10. */
function deriveSigningKey(dataKey: Uint8Array): KeyObject {
	const info = encodeContext(['firmseal/checkpoint-key/v1']);
	const raw = new Uint8Array(hkdfSync('sha256', dataKey, '', info, KEY_LENGTH));
	const der = Buffer.concat([PKCS8, raw]);
	try {
		return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
	} finally {
		raw.fill(0);
		der.fill(0);
	}
}

function toCheckpointKey(version: number, key: KeyObject): CheckpointKey {
	const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
	return {
		version,
		publicKey: new Uint8Array(Buffer.from(x, 'base64url')),
		sign: (text) => new Uint8Array(sign(null, text, key)),
	};
}
