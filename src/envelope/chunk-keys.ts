import { PREFIX_LENGTH, SALT_LENGTH } from './chunk-positions.ts';
import { concat } from './concat.ts';
import { hkdfExpand } from './hkdf-expand.ts';
import { unopenableError } from './unopenable-error.ts';
import type { WebKey } from './web-gcm.ts';

const KEY_LENGTH = 32;
const NONCE_END = KEY_LENGTH + 12;
export const EXPANDED_LENGTH = NONCE_END + PREFIX_LENGTH - SALT_LENGTH;

const LABEL = new TextEncoder().encode('c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0');

/** The 32-byte key of many messages: raw, or imported for HMAC with SHA-512. */
export type ChunkedKey = Uint8Array | WebKey;

/** What seals and opens the chunks of one message, and no other. */
export interface ChunkKeys {
	/** salt || commitment, 56 bytes: what the message begins with. */
	readonly prefix: Uint8Array;
	/** For AES-256-GCM; cannot be exported. */
	readonly key: WebKey;
	/** 12 bytes. */
	readonly baseNonce: Uint8Array;
}

/**
 * For a new message: `salt` is 24 bytes that no other message under `key` has. FORMAT.md section 8.
 * Throws RangeError for what can be no key or salt.
 */
export async function deriveChunkKeys(key: ChunkedKey, salt: Uint8Array, context: Uint8Array): Promise<ChunkKeys> {
	const expanded = await hkdfExpand(await importKey(key), chunkKeysInfo(salt, context), EXPANDED_LENGTH);
	const { raw, ...rest } = splitExpanded(expanded, salt);
	const chunkKey = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
	raw.fill(0);
	return { ...rest, key: chunkKey };
}

/** `info` of the HKDF that derives the keys of a message. Throws RangeError for what can be no salt. */
export function chunkKeysInfo(salt: Uint8Array, context: Uint8Array): Uint8Array {
	if (salt.length !== SALT_LENGTH) throw new RangeError('A salt is 24 bytes.');
	return concat(LABEL, salt, context);
}

/** What the HKDF gave; `raw` is a view of it, to be overwritten once imported. */
export function splitExpanded(expanded: Uint8Array, salt: Uint8Array) {
	return {
		raw: expanded.subarray(0, KEY_LENGTH),
		prefix: concat(salt, expanded.subarray(NONCE_END)),
		baseNonce: expanded.subarray(KEY_LENGTH, NONCE_END),
	};
}

/**
 * For the message that begins with `prefix`, and only if its commitment is that of `key` and `context`: a reader has no
 * other way to the keys, and so opens no chunk before. Throws CIPHERTEXT_INVALID when it is not, or when `prefix` is not
 * 56 bytes, and RangeError for what can be no key.
 */
export async function openChunkKeys(key: ChunkedKey, prefix: Uint8Array, context: Uint8Array): Promise<ChunkKeys> {
	if (prefix.length !== PREFIX_LENGTH) throw unopenableError();
	const keys = await deriveChunkKeys(key, prefix.subarray(0, SALT_LENGTH), context);
	if (!equalInConstantTime(keys.prefix, prefix)) throw unopenableError();
	return keys;
}

/** Of two arrays of one length. */
export function equalInConstantTime(one: Uint8Array, other: Uint8Array): boolean {
	return one.reduce((difference, byte, index) => difference | (byte ^ (other[index] as number)), 0) === 0;
}

async function importKey(key: ChunkedKey): Promise<WebKey> {
	if (key instanceof Uint8Array) {
		if (key.length !== KEY_LENGTH) throw new RangeError('A key of chunked encryption is 32 bytes.');
		return crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-512' }, false, ['sign']);
	}
	// Only a key for HMAC has both.
	const { hash, length } = (key?.algorithm ?? {}) as { hash?: { name: string }; length?: number };
	if (hash?.name !== 'SHA-512' || length !== KEY_LENGTH * 8) {
		throw new RangeError('A key of chunked encryption is 32 bytes, imported for HMAC with SHA-512.');
	}
	return key;
}
