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
/** A leading U+FEFF is part of the value, not a mark to drop. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The payload of a value, FORMAT.md section 5. `pad` is 0 for none, else the multiple, in bytes, to which the payload
 * is filled. Throws BAD_USER_INPUT for a value that the type does not hold, null among them (that is SQL NULL), and
 * RangeError for a `pad` that is not a whole number.
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
 * The value in a payload; a DateTime and a Decimal come as strings. Takes any JSON text, and any padding or none.
 * Throws CIPHERTEXT_INVALID, always with the same message, for everything else.
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

/** Where a field's values belong: the binding, not today's SQL names. */
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
	/** The cipher's own handle of the 32-byte field key. */
	readonly key: Key;
}

/**
 * A field key with everything about its values that stays the same from row to row: the header, and the AAD up to the
 * row id. It keeps one AAD buffer and rewrites the row id in it, so that opening a page of rows builds none.
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

	/** The AAD of one row, valid until the next call; null when `row` is not a lower-case UUID. */
	aadOf(row: string): Uint8Array | null {
		return writeUuid(this.#aad, this.#row, row) ? this.#aad : null;
	}

	/** Whether the envelope names this key's marker, suite, version and firm. */
	heads(envelope: Uint8Array): boolean {
		if (!isEnvelope(envelope)) return false;
		for (let index = 2; index < HEADER_LENGTH; index++) {
			if (envelope[index] !== this.#aad[index]) return false;
		}
		return true;
	}
}

/** Throws RangeError for a version or firm tag that cannot be, BAD_USER_INPUT for a name that is not Unicode. */
export function prepareFieldKey<Key>(parts: FieldKeyParts<Key>): FieldKey<Key> {
	const { place, firmTag, version } = parts;
	assertHeaderParts(version, firmTag);
	if (!isUuid(place.firm)) throw new RangeError('A firm id is a lower-case UUID.');
	return new FieldKey(parts);
}

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
