import { concat } from './concat.ts';
import { encodeContext } from './context.ts';
import { assertHeaderParts } from './frame.ts';
import { unopenableError } from './unopenable-error.ts';
import { isUuid } from './uuid.ts';
import type { WebKey } from './web-gcm.ts';

/** Bytes before the message in a stored object. FORMAT.md section 8. */
export const DOCUMENT_HEADER_LENGTH = 16;

/** "FSDOC", suite 0x01, two zero bytes. */
const START = Uint8Array.of(0x46, 0x53, 0x44, 0x4f, 0x43, 0x01, 0x00, 0x00);
const VERSION_START = 8;
const FIRM_TAG_START = 12;

/** The document that an object holds: three lower-case UUIDs. */
export interface DocumentPlace {
	readonly firm: string;
	readonly document: string;
	/** Id of the document's version. */
	readonly version: string;
}

export interface DocumentHeader {
	/** The 16 bytes of the header, for the context: a view, not a copy. */
	readonly bytes: Uint8Array;
	/** Version of the data key of the class DOCUMENT, 1 to 2^32 - 1. */
	readonly keyVersion: number;
}

/** Throws RangeError if the version is not from 1 to 2^32 - 1 or the firm tag is not 4 bytes. */
export function encodeDocumentHeader(keyVersion: number, firmTag: Uint8Array): Uint8Array {
	assertHeaderParts(keyVersion, firmTag);
	const header = new Uint8Array(DOCUMENT_HEADER_LENGTH);
	header.set(START);
	new DataView(header.buffer).setUint32(VERSION_START, keyVersion);
	header.set(firmTag, FIRM_TAG_START);
	return header;
}

/**
 * The header at the start of `object`, which may be longer. Throws CIPHERTEXT_INVALID for another start, version 0, the tag of another
 * firm, or fewer than 16 bytes, and RangeError if `firmTag` is not 4 bytes.
 */
export function readDocumentHeader(object: Uint8Array, firmTag: Uint8Array): DocumentHeader {
	if (object.length < DOCUMENT_HEADER_LENGTH) throw unopenableError();
	const keyVersion = new DataView(object.buffer, object.byteOffset).getUint32(VERSION_START);
	if (keyVersion === 0) throw unopenableError();
	const bytes = object.subarray(0, DOCUMENT_HEADER_LENGTH);
	const expected = encodeDocumentHeader(keyVersion, firmTag);
	if (!bytes.every((byte, index) => byte === expected[index])) throw unopenableError();
	return { bytes, keyVersion };
}

/** Context of the chunked message after `header`. Throws RangeError if `header` is not 16 bytes or an id is not a lower-case UUID. */
export function documentContext(header: Uint8Array, { firm, document, version }: DocumentPlace): Uint8Array {
	if (header.length !== DOCUMENT_HEADER_LENGTH) throw new RangeError('The header of a document is 16 bytes.');
	if (![firm, document, version].every(isUuid)) {
		throw new RangeError('A firm, document and version id is a lower-case UUID.');
	}
	return concat(header, encodeContext(['firmseal/document/v1', firm, document, version]));
}

/**
 * The document key of a firm, for encryptChunked() and decryptChunked(); not exportable. FORMAT.md section 3; HKDF is RFC 5869. Throws
 * RangeError if the data key is not 32 bytes or the firm id is not a lower-case UUID.
 */
export async function deriveDocumentKey(dataKey: Uint8Array, firm: string): Promise<WebKey> {
	if (dataKey.length !== 32) throw new RangeError('A data key is 32 bytes.');
	if (!isUuid(firm)) throw new RangeError('A firm id is a lower-case UUID.');
	const info = encodeContext(['firmseal/document-key/v1', firm]);
	const base = await crypto.subtle.importKey('raw', dataKey, 'HKDF', false, ['deriveKey']);
	const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info };
	return crypto.subtle.deriveKey(hkdf, base, { name: 'HMAC', hash: 'SHA-512', length: 256 }, false, ['sign']);
}
