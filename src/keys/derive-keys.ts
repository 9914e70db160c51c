import { hash, hkdfSync, timingSafeEqual } from 'node:crypto';
import { encodeContext, type FieldPlace } from '../envelope/index.ts';
import type { KeyContext } from './keyring.ts';

/** Bytes of a data key, of every key derived from it, and of its commitment. */
export const KEY_LENGTH = 32;

const FIRM_TAG_LENGTH = 4;

/** The AES-256 key of one column: 32 bytes, which the caller overwrites after the import. src/envelope/FORMAT.md, section 3. */
export function deriveFieldKey(dataKey: Uint8Array, place: FieldPlace): Uint8Array {
	return expand(dataKey, ['firmseal/field-key/v1', place.firm, place.class, place.table, place.column]);
}

/** The key of a firm's files: 32 bytes, which the caller overwrites after the import. FORMAT.md, section 3. */
export function deriveDocumentKey(dataKey: Uint8Array, firm: string): Uint8Array {
	return expand(dataKey, ['firmseal/document-key/v1', firm]);
}

/**
 * 32 bytes that belong to this data key only, and reveal nothing about it. With AES-GCM alone, a person who can swap wrapped keys could make
 * one ciphertext open under two keys. FORMAT.md, section 3.
 */
export function deriveCommitment(dataKey: Uint8Array, of: KeyContext & { readonly version: number }): Uint8Array {
	return expand(dataKey, ['firmseal/key-commitment/v1', of.firm, of.class, String(of.version)]);
}

/** Whether `of.commitment` is the commitment of this data key, in constant time. */
export function hasCommitment(
	dataKey: Uint8Array,
	of: KeyContext & { readonly version: number; readonly commitment: Uint8Array },
): boolean {
	const derived = deriveCommitment(dataKey, of);
	return derived.length === of.commitment.length && timingSafeEqual(derived, of.commitment);
}

/** First 4 bytes of SHA-256 of the firm id as text; not secret. FORMAT.md, section 4. */
export function deriveFirmTag(firm: string): Uint8Array {
	return Uint8Array.from(hash('sha256', firm, 'buffer').subarray(0, FIRM_TAG_LENGTH));
}

/** HKDF-SHA-256 (RFC 5869) without salt. */
function expand(dataKey: Uint8Array, info: readonly string[]): Uint8Array {
	return new Uint8Array(hkdfSync('sha256', dataKey, '', encodeContext(info), KEY_LENGTH));
}
