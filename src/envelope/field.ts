import canonicalize from 'canonicalize';
import { FirmsealError } from '../errors.ts';
import type { Aead } from './aead.ts';
import { encodeContext } from './context.ts';
import { assertHeaderParts, encodeHeader, HEADER_LENGTH, isEnvelope } from './frame.ts';
import { unopenableError } from './unopenable-error.ts';
import { isUuid, UUID_LENGTH, writeUuid } from './uuid.ts';
import { type ValueType, valueRuleOf } from './value-type.ts';

const TEXT = 0x01;
const JSON_TEXT = 0x02;
const PADDED = 0x80;

/** Type byte and uint32 length. */
const PADDED_PREFIX = 5;

const encoder = new TextEncoder();
/** ignoreBOM keeps a leading U+FEFF, which is part of the value. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The payload of a value, FORMAT.md section 5, padded to a multiple of `pad` bytes; 0 for no padding. Throws BAD_USER_INPUT for a value
 * that is not of the type, including null (which is SQL NULL), and RangeError if `pad` is not a whole number.
 */
export function encodeValue(type: ValueType, value: unknown, pad: number): Uint8Array {
	if (!Number.isSafeInteger(pad) || pad < 0) throw new RangeError('Padding is a whole number of bytes, 0 for none.');
	const rule = valueRuleOf(type);
	const admitted = rule.validate(value);
	const bytes = encoder.encode(rule.text ? (admitted as string) : canonicalize(admitted));
	return withPrefix(rule.text ? TEXT : JSON_TEXT, bytes, pad);
}

function withPrefix(typeByte: number, bytes: Uint8Array, pad: number): Uint8Array {
	if (pad === 0) {
		const payload = new Uint8Array(1 + bytes.length);
		payload[0] = typeByte;
		payload.set(bytes, 1);
		return payload;
	}
	const payload = new Uint8Array(Math.ceil((PADDED_PREFIX + bytes.length) / pad) * pad);
	payload[0] = typeByte | PADDED;
	new DataView(payload.buffer).setUint32(1, bytes.length);
	payload.set(bytes, PADDED_PREFIX);
	return payload;
}

/**
 * The value in a payload. A DateTime and a Decimal are returned as strings. Accepts any JSON text of the type, and any padding or none.
 * Throws CIPHERTEXT_INVALID, always with the same message, for every other payload.
 */
export function decodeValue(type: ValueType, payload: Uint8Array): unknown {
	const rule = valueRuleOf(type);
	const text = decodeText(withoutPrefix(rule.text ? TEXT : JSON_TEXT, payload));
	if (rule.text) return text;
	const value = parseJson(text);
	if (!rule.isCanonical(value)) throw unopenableError();
	return value;
}

function withoutPrefix(typeByte: number, payload: Uint8Array): Uint8Array {
	if (payload[0] === typeByte) return payload.subarray(1);
	if (payload[0] !== (typeByte | PADDED) || payload.length < PADDED_PREFIX) throw unopenableError();
	const end = PADDED_PREFIX + new DataView(payload.buffer, payload.byteOffset + 1, 4).getUint32(0);
	if (end > payload.length) throw unopenableError();
	for (let index = end; index < payload.length; index++) {
		if (payload[index] !== 0) throw unopenableError();
	}
	return payload.subarray(PADDED_PREFIX, end);
}

function decodeText(bytes: Uint8Array): string {
	try {
		return decoder.decode(bytes);
	} catch {
		throw unopenableError();
	}
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw unopenableError();
	}
}

/** What the values of a field are bound to: the names in the binding, not the current SQL names. */
export interface FieldPlace {
	/** Firm id, a lower-case UUID. */
	readonly firm: string;
	/** Content class. */
	readonly class: string;
	readonly table: string;
	readonly column: string;
}

export interface FieldKeyParts<Key> {
	readonly place: FieldPlace;
	/** First 4 bytes of SHA-256 of the firm id as text. */
	readonly firmTag: Uint8Array;
	/** Version of the data key, 1 to 2^32 - 1. */
	readonly version: number;
	/** The cipher's handle of the 32-byte field key. */
	readonly key: Key;
}

/**
 * A field key with the parts of the AAD that are the same for every row: the header, and the context up to the row id. It keeps one AAD
 * buffer and overwrites the row id in it, so that opening a page of rows allocates none.
 */
export class FieldKey<Key> {
	readonly key: Key;
	readonly #aad: Uint8Array;
	readonly #row: number;

	constructor({ place, firmTag, version, key }: FieldKeyParts<Key>) {
		const header = encodeHeader(version, firmTag);
		const context = encodeContext([
			'firmseal/field/v1',
			place.firm,
			place.class,
			place.table,
			place.column,
			'0'.repeat(UUID_LENGTH),
		]);
		this.key = key;
		this.#aad = new Uint8Array(header.length + context.length);
		this.#aad.set(header);
		this.#aad.set(context, header.length);
		this.#row = this.#aad.length - UUID_LENGTH;
	}

	get header(): Uint8Array {
		return this.#aad.subarray(0, HEADER_LENGTH);
	}

	/** The AAD of one row, valid until the next call. Null if `row` is not a lower-case UUID. */
	aadOf(row: string): Uint8Array | null {
		return writeUuid(this.#aad, this.#row, row) ? this.#aad : null;
	}

	/** Whether the header of the envelope has this key's marker, suite, version and firm tag. */
	heads(envelope: Uint8Array): boolean {
		if (!isEnvelope(envelope)) return false;
		for (let index = 2; index < HEADER_LENGTH; index++) {
			if (envelope[index] !== this.#aad[index]) return false;
		}
		return true;
	}
}

/** Throws RangeError for an invalid version, firm tag or firm id, and BAD_USER_INPUT for a name that is not well-formed Unicode. */
export function prepareFieldKey<Key>(parts: FieldKeyParts<Key>): FieldKey<Key> {
	const { place, firmTag, version } = parts;
	assertHeaderParts(version, firmTag);
	if (!isUuid(place.firm)) throw new RangeError('A firm id is a lower-case UUID.');
	return new FieldKey(parts);
}

/** The AAD for sealing. Throws BAD_USER_INPUT unless `row` is a lower-case UUID. */
export function aadToSeal<Key>(fieldKey: FieldKey<Key>, row: string): Uint8Array {
	const aad = fieldKey.aadOf(row);
	if (aad === null) throw new FirmsealError('BAD_USER_INPUT', 'A record id must be a lower-case UUID: correct the id.');
	return aad;
}

/** The AAD for opening. Throws CIPHERTEXT_INVALID if the envelope cannot belong to this field key and row. */
export function aadToOpen<Key>(fieldKey: FieldKey<Key>, row: string, envelope: Uint8Array): Uint8Array {
	const aad = fieldKey.heads(envelope) ? fieldKey.aadOf(row) : null;
	if (aad === null) throw unopenableError();
	return aad;
}

/** The envelope of a payload from encodeValue(), under a fresh nonce. Throws BAD_USER_INPUT for a malformed row id. */
export function sealPayload<Key>(
	aead: Aead<Key>,
	fieldKey: FieldKey<Key>,
	row: string,
	payload: Uint8Array,
): Uint8Array {
	const aad = aadToSeal(fieldKey, row);
	return aead.seal(fieldKey.key, aad, fieldKey.header, aead.generateNonce(), payload);
}

/** The payload of an envelope, for decodeValue(). Throws CIPHERTEXT_INVALID, always with the same message. */
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

/** The value in an envelope, as decodeValue() returns it. Frees the payload. Throws CIPHERTEXT_INVALID, always with the same message. */
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
