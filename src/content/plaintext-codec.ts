import { decodeValue, encodeValue, unopenableError, type ValueType } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { deriveFirmTag } from '../keys/index.ts';
import type { ContentField } from './content-field.ts';

/** Reads and writes a column that a sealed column replaces: with text, or with values that another program has sealed. */
export interface PlaintextCodec {
	/** The value of the stored bytes. @throws FirmsealError CIPHERTEXT_INVALID if it is not of the field's type. */
	decode(field: ContentField, stored: Uint8Array): unknown;
	/** The text or bytes to store. @throws FirmsealError BAD_USER_INPUT, KEY_UNAVAILABLE without a key of the other program. */
	encode(field: ContentField, value: unknown): string | Uint8Array;
}

/** Seals each value as a Fernet token, which is text. */
export interface FernetCipher {
	/** Null if no given key opens the token. */
	open(token: Uint8Array): Uint8Array | null;
	seal(value: Uint8Array): string;
}

/** Seals values of any type in the form of django-cryptography. */
export interface DjangoCipher {
	/** The value in its GraphQL form. @throws FirmsealError CIPHERTEXT_INVALID if it does not open or is not of the type. */
	open(stored: Uint8Array, type: ValueType): unknown;
	seal(value: unknown, type: ValueType): Uint8Array;
}

export interface ForeignCiphers {
	/** Null if no key is configured. */
	readonly fernet: FernetCipher | null;
	readonly django: DjangoCipher | null;
}

export function createPlaintextCodec({ fernet, django }: ForeignCiphers): PlaintextCodec {
	function textOf({ movedFrom }: ContentField, stored: Uint8Array): string {
		// This library stores the empty text unsealed.
		const isClear = isText(movedFrom) || (movedFrom === 'django-encrypted-model-fields' && stored.length === 0);
		const bytes = isClear ? stored : at(fernet, 'Fernet', 'FIRMSEAL_FERNET_KEYS').open(stored);
		if (bytes === null) throw unopenableError();
		return textIn(bytes);
	}
	return {
		decode(field, stored) {
			const value =
				field.movedFrom === 'django-cryptography'
					? at(django, 'django-cryptography', 'FIRMSEAL_DJANGO_KEYS').open(stored, field.valueType)
					: parse(field, textOf(field, stored));
			// Through the codec of envelopes, so that the answer is the same before and after the move.
			return decodeValue(field.valueType, payloadOf(field, value));
		},
		encode(field, value) {
			const { valueType, movedFrom } = field;
			const answer = decodeValue(valueType, payloadOf(field, value));
			if (movedFrom === 'django-cryptography')
				return at(django, 'django-cryptography', 'FIRMSEAL_DJANGO_KEYS').seal(answer, valueType);
			const text = write(field, answer);
			if (isText(movedFrom) || (movedFrom === 'django-encrypted-model-fields' && text === '')) return text;
			return at(fernet, 'Fernet', 'FIRMSEAL_FERNET_KEYS').seal(Buffer.from(text));
		},
	};
}

const isText = (format: ContentField['movedFrom']): boolean => format === undefined || format === 'text';

/** @throws FirmsealError KEY_UNAVAILABLE */
function at<Opener>(opener: Opener | null, name: string, setting: string): Opener {
	if (opener) return opener;
	throw new FirmsealError('KEY_UNAVAILABLE', `This value is still sealed with ${name}: set ${setting}.`);
}

const payloadOf = ({ valueType }: ContentField, value: unknown) => encodeValue(valueType, value, 0);

function textIn(bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		throw unopenableError();
	}
}

const TEXTS: ReadonlySet<ValueType> = new Set(['String', 'ID', 'Enum', 'Decimal']);
const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, t: true, false: false, f: false };
/** The Django libraries store the text of a Python value. */
const PYTHON_BOOLEANS: Readonly<Record<string, boolean>> = { ...BOOLEANS, 1: true, 0: false };

/** The value of a text, or undefined for a text that is not of the type, which every codec refuses. */
function parse({ valueType: type, movedFrom }: ContentField, text: string): unknown {
	if (TEXTS.has(type)) return text;
	if (type === 'Boolean') return (isText(movedFrom) ? BOOLEANS : PYTHON_BOOLEANS)[text.toLowerCase()];
	if (type === 'DateTime') return instantOf(text);
	if (type === 'Int' || type === 'Float') return /^[-+\d.eE]+$/.test(text) ? Number(text) : undefined;
	try {
		return JSON.parse(text);
	} catch {
		throw unopenableError();
	}
}

/** Parses ISO 8601 as PostgreSQL writes it into JSON. */
function instantOf(text: string): unknown {
	const at = new Date(/[zZ]$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
	return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function write({ valueType: type, movedFrom }: ContentField, value: unknown): string {
	// Django does not accept `true` or `false`.
	if (type === 'Boolean' && !isText(movedFrom)) return value === true ? '1' : '0';
	return typeof value === 'string' && !type.startsWith('[') && type !== 'JSON' ? value : JSON.stringify(value);
}

const OF_TOKENS: ReadonlySet<ContentField['movedFrom']> = new Set(['fernet', 'django-encrypted-model-fields']);

/** Whether a text has the form of a Fernet token, which no one writes by chance. */
const looksLikeToken = (text: string): boolean => /^gAAAA[A-Za-z0-9_-]{91,}={0,2}$/.test(text) && text.length % 4 === 0;

/** An envelope as text, in hexadecimal or base64. */
const ENVELOPE = /^(\\x|0x)?f501[0-9a-f]{80,}$|^9QE[A-Za-z0-9+/_-]{50,}={0,2}$/i;

/**
 * Whether a plaintext column already holds ciphertext, so that sealing would seal it twice: an envelope of this firm, as bytes or text, or
 * a Fernet token in a column of another format.
 */
export function looksSealed({ movedFrom }: ContentField, firm: string, stored: Uint8Array): boolean {
	if (isOfFirm(stored, firm)) return true;
	const text = Buffer.from(stored).toString('latin1');
	if (!OF_TOKENS.has(movedFrom) && looksLikeToken(text)) return true;
	if (!ENVELOPE.test(text)) return false;
	const bytes = Buffer.from(text.replace(/^(\\x|0x)/, ''), text.startsWith('9QE') ? 'base64' : 'hex');
	return isOfFirm(bytes, firm);
}

const isOfFirm = (bytes: Uint8Array, firm: string): boolean =>
	bytes[0] === 0xf5 && bytes[1] === 0x01 && Buffer.compare(bytes.subarray(6, 10), deriveFirmTag(firm)) === 0;
