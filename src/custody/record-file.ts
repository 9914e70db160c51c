import {
	concat,
	type DocumentPlace,
	decryptChunked,
	deriveFirmTag,
	encodeContext,
	encryptChunked,
	isUuid,
	unopenableError,
} from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import type { SubtleKey } from './bytes.ts';
import { assertNumbers, type CustodyHeader, FIRM_TAG_LENGTH } from './custody-frame.ts';

/** Bytes before the message in an object of suite 0x02. FORMAT.md section 9. */
export const FILE_HEADER_LENGTH = 20;

/** "FSDOC", suite 0x02, two zero bytes. */
const START = Uint8Array.of(0x46, 0x53, 0x44, 0x4f, 0x43, 0x02, 0x00, 0x00);
const VERSION_START = 8;
const FIRM_TAG_START = 12;
const GENERATION_START = 16;

/** The file of one document version. */
export interface RecordFile {
	/** Of deriveFileKey() or importFileKey(). */
	readonly key: SubtleKey;
	readonly place: DocumentPlace;
	/** Version of the data key, 1 to 2^32 - 1. */
	readonly version: number;
	readonly generation: number;
}

/** The header of an object. Throws RangeError for a version, generation or firm tag that is out of range. */
export function encodeFileHeader({ version, firmTag, generation }: CustodyHeader): Uint8Array {
	assertNumbers(version, generation);
	if (firmTag.length !== FIRM_TAG_LENGTH) throw new RangeError('A firm tag is 4 bytes.');
	const header = new Uint8Array(FILE_HEADER_LENGTH);
	const view = new DataView(header.buffer);
	header.set(START);
	view.setUint32(VERSION_START, version);
	header.set(firmTag, FIRM_TAG_START);
	view.setUint32(GENERATION_START, generation);
	return header;
}

/**
 * What the header at the start of `object`, which may be longer, says. It proves nothing. Throws CIPHERTEXT_INVALID for another start or
 * suite, version 0, or fewer than 20 bytes.
 */
export function readFileHeader(object: Uint8Array): CustodyHeader {
	if (object.length < FILE_HEADER_LENGTH || START.some((byte, at) => object[at] !== byte)) throw unopenableError();
	const view = new DataView(object.buffer, object.byteOffset);
	const version = view.getUint32(VERSION_START);
	if (version === 0) throw unopenableError();
	const firmTag = object.subarray(FIRM_TAG_START, GENERATION_START);
	return { version, firmTag, generation: view.getUint32(GENERATION_START) };
}

/** The context of the chunked message after `header`. Throws BAD_USER_INPUT unless all ids are lower-case UUIDs. */
export function fileContext(header: Uint8Array, { firm, document, version }: DocumentPlace): Uint8Array {
	if (![firm, document, version].every(isUuid)) {
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'A firm, document or version id must be a lower-case UUID: correct the id.',
		);
	}
	return concat(header, encodeContext(['firmseal/document/v1', firm, document, version]));
}

/**
 * The object of a whole file: header, then a message of C2SP chunked encryption. `salt`, 24 bytes, is random by default and given only for
 * test vectors: anyone can read and forge files if a salt is used twice under one key.
 */
export async function sealRecordFile(file: RecordFile, plaintext: Uint8Array, salt?: Uint8Array): Promise<Uint8Array> {
	const header = await headerOf(file);
	const context = fileContext(header, file.place);
	const message = await encryptChunked({ key: file.key, context, plaintext, ...(salt === undefined ? {} : { salt }) });
	return concat(header, message);
}

/**
 * The whole file, or nothing. Throws CIPHERTEXT_INVALID, always with the same message, if the object was changed, cut or extended, or has
 * another key, place, version or generation.
 */
export async function openRecordFile(file: RecordFile, object: Uint8Array): Promise<Uint8Array> {
	const header = await headerOf(file);
	if (header.some((byte, at) => object[at] !== byte)) throw unopenableError();
	const context = fileContext(header, file.place);
	return decryptChunked({ key: file.key, context, ciphertext: object.subarray(FILE_HEADER_LENGTH) });
}

async function headerOf({ place, version, generation }: RecordFile): Promise<Uint8Array> {
	return encodeFileHeader({ version, generation, firmTag: await deriveFirmTag(place.firm) });
}
