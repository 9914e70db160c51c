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

/** A key that checkpoints are signed with. */
export interface CheckpointKey {
	/** Of the data key that it is made of. */
	readonly version: number;
	/** Ed25519, 32 bytes. */
	readonly publicKey: Uint8Array;
	/** Ed25519 (RFC 8032), 64 bytes: the same text always has the same signature. */
	sign(text: Uint8Array): Uint8Array;
}

/** The installation's keys for checkpoints: data keys of class CHECKPOINT under the platform's wrapping key. */
export interface CheckpointKeys {
	/** The one that signs now; made when there is none yet. @throws KeyUnavailableError */
	active(): Promise<CheckpointKey>;
	/** The one that signs now; null: none does, and none is made. @throws KeyUnavailableError */
	current(): Promise<CheckpointKey | null>;
	/** @throws KeyUnavailableError, REFUSED when there never was such a version. */
	ofVersion(version: number): Promise<CheckpointKey>;
	/** All that can still sign, the newest first. @throws KeyUnavailableError AWAY, THROTTLED */
	all(): Promise<readonly CheckpointKey[]>;
	/** Makes a new key the one that signs. @throws KeyUnavailableError */
	rotate(): Promise<CheckpointKey>;
}

export interface CheckpointKeysOptions {
	/** Guarded here. */
	readonly keyring: Keyring;
	readonly store: DataKeyStore;
	/** Each call of the keyring, for the log. */
	readonly onEvent?: (event: DataKeyEvent) => void;
}

/** A key stays in the process once it was opened: there are few, and only the signer has them. */
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

	/** After the highest there is, whatever became of that one. If another process was faster, it has made it. */
	async function makeNext(): Promise<CheckpointKey> {
		const version = ((await store.findLatest(PLATFORM_FIRM_ID, CHECKPOINT))?.version ?? 0) + 1;
		await generateVersion({ keyring: audited, store }, { firm: PLATFORM_FIRM_ID, class: CHECKPOINT }, version);
		const made = await store.findActive(PLATFORM_FIRM_ID, CHECKPOINT);
		if (made && made.version >= version) return open(made);
		throw new KeyUnavailableError('REFUSED', 'The key of checkpoints could not be made: try again.');
	}

	async function ofVersion(version: number): Promise<CheckpointKey> {
		const record = opened.get(version) ?? (await store.find(PLATFORM_FIRM_ID, CHECKPOINT, version));
		if (!record) throw new KeyUnavailableError('REFUSED', 'There is no such key of checkpoints.');
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
					// Disabled or destroyed: it verifies nothing any more.
					if (!(error instanceof KeyUnavailableError && error.reason === 'REFUSED')) throw error;
				}
			}
			return found;
		},
		rotate: makeNext,
	};
}

/** HKDF-SHA-256 without salt; the raw key is overwritten. FORMAT.md "Keys of checkpoints". */
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
