import { decodeValue, doesNotOpen, encodeValue, type ValueType } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { deriveFirmTag } from '../keys/index.ts';
import type { ContentField } from './field.ts';

/** Values in a column of plaintext that a sealed one takes over: as text, or as tokens of Fernet. */
export interface PlainValues {
	/** The value in the bytes of the column. @throws FirmsealError CIPHERTEXT_INVALID for what the field's type doesn't hold. */
	decode(field: ContentField, stored: Uint8Array): unknown;
	/** What the column is to hold. @throws FirmsealError BAD_USER_INPUT, KEY_UNAVAILABLE without a key of Fernet. */
	encode(field: ContentField, value: unknown): string;
}

/** Values that another program has sealed, token by token, as text. */
export interface Tokens {
	/** null: no key of ours opens it. */
	open(token: Uint8Array): Uint8Array | null;
	seal(value: Uint8Array): string;
}

/** `fernet`: null without a key. */
export function createPlainValues(fernet: Tokens | null): PlainValues {
	function tokens(): Tokens {
		if (fernet) return fernet;
		throw new FirmsealError('KEY_UNAVAILABLE', 'This is still sealed with Fernet: set FIRMSEAL_FERNET_KEYS.');
	}
	return {
		decode(field, stored) {
			const bytes = field.movedFrom === 'fernet' ? tokens().open(stored) : stored;
			if (bytes === null) throw doesNotOpen();
			// Through the codec, so that an answer is the same before and after.
			return decodeValue(field.valueType, payloadOf(field, parse(field.valueType, textIn(bytes))));
		},
		encode(field, value) {
			const text = write(field.valueType, decodeValue(field.valueType, payloadOf(field, value)));
			if (field.movedFrom !== 'fernet') return text;
			return tokens().seal(Buffer.from(text));
		},
	};
}

const payloadOf = ({ valueType }: ContentField, value: unknown) => encodeValue(valueType, value, 0);

function textIn(bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		throw doesNotOpen();
	}
}

const TEXTS: ReadonlySet<ValueType> = new Set(['String', 'ID', 'Enum', 'Decimal']);
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, t: true, false: false, f: false };

/** A value as its text says it; undefined for a text that says none, which no codec takes. */
function parse(type: ValueType, text: string): unknown {
	if (TEXTS.has(type)) return text;
	if (type === 'Boolean') return BOOLEANS[text.toLowerCase()];
	if (type === 'DateTime') return instantOf(text);
	if (type === 'Int' || type === 'Float') return /^[-+\d.eE]+$/.test(text) ? Number(text) : undefined;
	try {
		return JSON.parse(text);
	} catch {
		throw doesNotOpen();
	}
}

/** ISO 8601, as JSON of PostgreSQL writes it. */
function instantOf(text: string): unknown {
	const at = new Date(/[zZ]$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
	return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function write(type: ValueType, value: unknown): string {
	return typeof value === 'string' && !type.startsWith('[') && type !== 'JSON' ? value : JSON.stringify(value);
}

/** Whether a text could be a token of Fernet: nobody writes one by chance. */
const looksLikeToken = (text: string): boolean => /^gAAAA[A-Za-z0-9_-]{91,}={0,2}$/.test(text) && text.length % 4 === 0;

/** First bytes of an envelope in hexadecimal and in base64, as somebody may have kept one in a text. */
const ENVELOPE = /^(\\x|0x)?f501[0-9a-f]{80,}$|^9QE[A-Za-z0-9+/_-]{50,}={0,2}$/i;

/**
 * Whether what is stored as plaintext is ciphertext already, so that sealing it would seal it twice: an envelope of this firm, as bytes or
 * as their text, or a token of Fernet where none is expected.
 */
export function looksSealed({ movedFrom }: ContentField, firm: string, stored: Uint8Array): boolean {
	if (isOfFirm(stored, firm)) return true;
	const text = Buffer.from(stored).toString('latin1');
	if (movedFrom !== 'fernet' && looksLikeToken(text)) return true;
	if (!ENVELOPE.test(text)) return false;
	const bytes = Buffer.from(text.replace(/^(\\x|0x)/, ''), text.startsWith('9QE') ? 'base64' : 'hex');
	return isOfFirm(bytes, firm);
}

const isOfFirm = (bytes: Uint8Array, firm: string): boolean =>
	bytes[0] === 0xf5 && bytes[1] === 0x01 && Buffer.compare(bytes.subarray(6, 10), deriveFirmTag(firm)) === 0;
