import { encodeContext } from './context.ts';
import { aadToOpen, aadToSeal, decodeValue, encodeValue, type FieldPlace, prepareFieldKey } from './field.ts';
import { ciphertextOf, deriveFirmTag, frame, NONCE_LENGTH, nonceOf, readKeyVersion } from './frame.ts';
import type { ValueType } from './value-type.ts';
import { openGcm, sealGcm, type WebKey } from './web-gcm.ts';

const KEY_LENGTH = 32;

interface FieldCoordinates {
	/** The 32-byte field key of `place`, raw or imported for AES-GCM. */
	readonly key: Uint8Array | WebKey;
	readonly place: FieldPlace;
	/** Record id, a lower-case UUID. */
	readonly row: string;
	readonly type: ValueType;
}

export interface FieldToSeal extends FieldCoordinates {
	/** Version of the data key that `key` was derived from. */
	readonly version: number;
	readonly value: unknown;
	/** The payload is padded to a multiple of so many bytes; 0, the default, for no padding. */
	readonly pad?: number;
	/** 12 bytes, random by default. Only for test vectors: anyone can read and forge values if a nonce is used twice under one key. */
	readonly nonce?: Uint8Array;
}

export interface FieldToOpen extends FieldCoordinates {
	/** The only version to accept; by default the version in the envelope. */
	readonly version?: number;
	readonly envelope: Uint8Array;
}

/**
 * sealPayload(encodeValue()) with WebCrypto, for browsers and tools; it costs a promise per value. Throws BAD_USER_INPUT for a value or
 * record id that cannot be sealed, and RangeError for an invalid key, nonce, version or firm id.
 */
export async function sealField(field: FieldToSeal): Promise<Uint8Array> {
	const nonce = field.nonce ?? crypto.getRandomValues(new Uint8Array(NONCE_LENGTH));
	if (nonce.length !== NONCE_LENGTH) throw new RangeError('A nonce is 12 bytes.');
	const payload = encodeValue(field.type, field.value, field.pad ?? 0);
	const fieldKey = await prepareWebFieldKey(field, field.version);
	const aad = aadToSeal(fieldKey, field.row);
	return frame(fieldKey.header, nonce, await sealGcm(fieldKey.key, nonce, aad, payload));
}

/**
 * decodeValue(openPayload()) with WebCrypto. Throws CIPHERTEXT_INVALID, always with the same message, for a value that does not open, and
 * RangeError for an invalid key, version or firm id.
 */
export async function openField(field: FieldToOpen): Promise<unknown> {
	const { envelope, row, type } = field;
	const fieldKey = await prepareWebFieldKey(field, field.version ?? readKeyVersion(envelope));
	const aad = aadToOpen(fieldKey, row, envelope);
	return decodeValue(type, await openGcm(fieldKey.key, nonceOf(envelope), aad, ciphertextOf(envelope)));
}

/**
 * The field key of `place`, not exportable. FORMAT.md section 3; HKDF is RFC 5869.
 * Throws RangeError for a data key that is not 32 bytes.
 */
export async function deriveFieldKey(dataKey: Uint8Array, place: FieldPlace): Promise<WebKey> {
	if (dataKey.length !== KEY_LENGTH) throw new RangeError('A data key is 32 bytes.');
	const info = encodeContext(['firmseal/field-key/v1', place.firm, place.class, place.table, place.column]);
	const base = await crypto.subtle.importKey('raw', dataKey, 'HKDF', false, ['deriveKey']);
	const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info };
	return crypto.subtle.deriveKey(hkdf, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

async function prepareWebFieldKey({ key, place }: FieldCoordinates, version: number) {
	return prepareFieldKey({ place, version, firmTag: await deriveFirmTag(place.firm), key: await importFieldKey(key) });
}

async function importFieldKey(key: Uint8Array | WebKey): Promise<WebKey> {
	const imported =
		key instanceof Uint8Array
			? await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt'])
			: key;
	if ((imported.algorithm as { length?: number }).length !== KEY_LENGTH * 8)
		throw new RangeError('A field key is 32 bytes.');
	return imported;
}
