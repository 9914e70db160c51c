import { FirmsealError } from '../errors.ts';
import type { Aead } from './aead.ts';
import type { FieldKey } from './field-key.ts';
import { HEADER_LENGTH } from './frame.ts';
import { decodeValue } from './payload.ts';
import { unopenableError } from './unopenable-error.ts';
import type { ValueType } from './value-type.ts';

/** The AAD for sealing; throws BAD_USER_INPUT unless `row` is a lower-case UUID. */
export function aadToSeal<Key>(fieldKey: FieldKey<Key>, row: string): Uint8Array {
	const aad = fieldKey.aadOf(row);
	if (aad === null) throw new FirmsealError('BAD_USER_INPUT', 'A record id must be a lower-case UUID: correct the id.');
	return aad;
}

/** The AAD for opening; throws CIPHERTEXT_INVALID when the envelope cannot be one of this field key and row. */
export function aadToOpen<Key>(fieldKey: FieldKey<Key>, row: string, envelope: Uint8Array): Uint8Array {
	const aad = fieldKey.heads(envelope) ? fieldKey.aadOf(row) : null;
	if (aad === null) throw unopenableError();
	return aad;
}

/** Payload in (see encodeValue), envelope out, under a fresh nonce. Throws BAD_USER_INPUT for a malformed row id. */
export function sealPayload<Key>(
	aead: Aead<Key>,
	fieldKey: FieldKey<Key>,
	row: string,
	payload: Uint8Array,
): Uint8Array {
	const aad = aadToSeal(fieldKey, row);
	return aead.seal(fieldKey.key, aad, fieldKey.header, aead.generateNonce(), payload);
}

/** Envelope in, payload out (see decodeValue). Throws CIPHERTEXT_INVALID, always with the same message. */
export function openPayload<Key>(
	aead: Aead<Key>,
	fieldKey: FieldKey<Key>,
	row: string,
	envelope: Uint8Array,
): Uint8Array {
	const aad = aadToOpen(fieldKey, row, envelope);
	const payload = aead.open(fieldKey.key, aad, envelope, HEADER_LENGTH);
	if (payload === null) throw unopenableError();
	return payload;
}

/** Envelope in, value out (see decodeValue); the payload is freed. Throws CIPHERTEXT_INVALID, always with the same message. */
export function openValue<Key>(
	aead: Aead<Key>,
	fieldKey: FieldKey<Key>,
	row: string,
	type: ValueType,
	envelope: Uint8Array,
): unknown {
	const payload = openPayload(aead, fieldKey, row, envelope);
	try {
		return decodeValue(type, payload);
	} finally {
		aead.free(payload);
	}
}
