import canonicalize from 'canonicalize';
import { unopenableError } from './unopenable-error.ts';
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
