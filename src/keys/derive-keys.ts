import { hash, hkdfSync, timingSafeEqual } from 'node:crypto';
import { encodeContext, type FieldPlace } from '../envelope/index.ts';
import type { KeyContext } from './keyring.ts';

/** Bytes in a data key, in every key derived from it and in its commitment. */
export const KEY_LENGTH = 32;

const FIRM_TAG_LENGTH = 4;

/** The AES-256 key of one column: 32 bytes, to be overwritten once imported. FORMAT.md "Keys". */
export function deriveFieldKey(dataKey: Uint8Array, place: FieldPlace): Uint8Array {
	return expand(dataKey, ['firmseal/field-key/v1', place.firm, place.class, place.table, place.column]);
}

/** The key that a firm's files are sealed under: 32 bytes, to be overwritten once imported. FORMAT.md "Keys". */
export function deriveDocumentKey(dataKey: Uint8Array, firm: string): Uint8Array {
	return expand(dataKey, ['firmseal/document-key/v1', firm]);
}

/**
 * 32 bytes that belong to this data key and to no other; they tell nothing about it. AES-GCM alone would let someone who
 * can swap wrapped keys make one ciphertext open under two keys. FORMAT.md "Keys".
 */
export function deriveCommitment(dataKey: Uint8Array, of: KeyContext & { readonly version: number }): Uint8Array {
	return expand(dataKey, ['firmseal/key-commitment/v1', of.firm, of.class, String(of.version)]);
}

/** Whether this data key is the one that `of.commitment` was made of; in constant time. */
export function hasCommitment(
	dataKey: Uint8Array,
	of: KeyContext & { readonly version: number; readonly commitment: Uint8Array },
): boolean {
	const derived = deriveCommitment(dataKey, of);
	return derived.length === of.commitment.length && timingSafeEqual(derived, of.commitment);
}

/** First 4 bytes of SHA-256 of the firm id as text; not a secret. FORMAT.md "Field envelope". */
export function deriveFirmTag(firm: string): Uint8Array {
	return Uint8Array.from(hash('sha256', firm, 'buffer').subarray(0, FIRM_TAG_LENGTH));
}

/** HKDF-SHA-256 (RFC 5869) without salt. */
function expand(dataKey: Uint8Array, info: readonly string[]): Uint8Array {
	return new Uint8Array(hkdfSync('sha256', dataKey, '', encodeContext(info), KEY_LENGTH));
}
