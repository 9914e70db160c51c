import { PREFIX_LENGTH, SALT_LENGTH } from './chunk-positions.ts';
import { concat } from './concat.ts';
import { hkdfExpand } from './hkdf-expand.ts';
import { unopenableError } from './unopenable-error.ts';
import type { WebKey } from './web-gcm.ts';

const KEY_LENGTH = 32;
const NONCE_END = KEY_LENGTH + 12;
export const EXPANDED_LENGTH = NONCE_END + PREFIX_LENGTH - SALT_LENGTH;

const LABEL = new TextEncoder().encode('c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0');

/** The 32-byte key that many messages share: raw, or imported for HMAC with SHA-512. */
export type ChunkedKey = Uint8Array | WebKey;

/** The keys of one message. */
export interface ChunkKeys {
	/** salt || commitment, 56 bytes: the start of the message. */
	readonly prefix: Uint8Array;
	/** For AES-256-GCM; not exportable. */
	readonly key: WebKey;
	/** 12 bytes. */
	readonly baseNonce: Uint8Array;
}

/**
 * For a new message. `salt` is 24 bytes that no other message under `key` has. FORMAT.md section 8.
 * Throws RangeError if `key` or `salt` has another length or form.
 */
export async function deriveChunkKeys(key: ChunkedKey, salt: Uint8Array, context: Uint8Array): Promise<ChunkKeys> {
	const expanded = await hkdfExpand(await importKey(key), chunkKeysInfo(salt, context), EXPANDED_LENGTH);
	const { raw, ...rest } = splitExpanded(expanded, salt);
	const chunkKey = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
	raw.fill(0);
	return { ...rest, key: chunkKey };
}

/** `info` of the HKDF that derives the keys of a message. Throws RangeError if `salt` is not 24 bytes. */
export function chunkKeysInfo(salt: Uint8Array, context: Uint8Array): Uint8Array {
	if (salt.length !== SALT_LENGTH) throw new RangeError('A salt is 24 bytes.');
	return concat(LABEL, salt, context);
}

/** The parts of the HKDF output. `raw` is a view of it, which the caller overwrites after the import. */
export function splitExpanded(expanded: Uint8Array, salt: Uint8Array) {
	return {
		raw: expanded.subarray(0, KEY_LENGTH),
		prefix: concat(salt, expanded.subarray(NONCE_END)),
		baseNonce: expanded.subarray(KEY_LENGTH, NONCE_END),
	};
}

/**
 * For the message that begins with `prefix`. Checks the commitment to `key` and `context` first. A reader gets the keys only here, so it
 * can open no chunk before. Throws CIPHERTEXT_INVALID if the commitment is wrong or `prefix` is not 56 bytes, and RangeError if `key` has
 * another length or form.
 */
export async function openChunkKeys(key: ChunkedKey, prefix: Uint8Array, context: Uint8Array): Promise<ChunkKeys> {
	if (prefix.length !== PREFIX_LENGTH) throw unopenableError();
	const keys = await deriveChunkKeys(key, prefix.subarray(0, SALT_LENGTH), context);
	if (!equalInConstantTime(keys.prefix, prefix)) throw unopenableError();
	return keys;
}

/** Both arrays must have the same length. */
export function equalInConstantTime(one: Uint8Array, other: Uint8Array): boolean {
	return one.reduce((difference, byte, index) => difference | (byte ^ (other[index] as number)), 0) === 0;
}

async function importKey(key: ChunkedKey): Promise<WebKey> {
	if (key instanceof Uint8Array) {
		if (key.length !== KEY_LENGTH) throw new RangeError('A key of chunked encryption is 32 bytes.');
		return crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-512' }, false, ['sign']);
	}
	// Only an HMAC key has both.
	const { hash, length } = (key?.algorithm ?? {}) as { hash?: { name: string }; length?: number };
	if (hash?.name !== 'SHA-512' || length !== KEY_LENGTH * 8) {
		throw new RangeError('A key of chunked encryption is 32 bytes, imported for HMAC with SHA-512.');
	}
	return key;
}
