import {
	concat,
	decodeValue,
	deriveFirmTag,
	encodeContext,
	encodeValue,
	isUuid,
	unopenableError,
	type ValueType,
} from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { equalInConstantTime } from './bytes.ts';
import { CIPHERTEXT_START, encodeFrame, FRAME_LENGTH, NONCE_LENGTH } from './custody-frame.ts';
import type { RecordKey, RecordKeyPlace } from './record-key.ts';

/** What the envelopes of a row are bound to, besides the column. For a message: its own table and id, the generation of its thread. */
export interface RecordOfFields extends RecordKeyPlace {
	/** Version of the data key from which the record key comes, 1 to 2^32 - 1. */
	readonly version: number;
}

/** A record key with what is the same for all values of the row, so that a batch pays for little but AES. */
export interface PreparedRecord {
	readonly key: RecordKey;
	/** The 46 bytes with which each envelope begins. */
	readonly frame: Uint8Array;
	/** The AAD up to the column: the frame, then the first parts of the context. */
	readonly start: Uint8Array;
	/** The AAD after the column: the row id as the last part of the context. */
	readonly end: Uint8Array;
}

export interface RecordFieldToSeal {
	/** The column in the binding of the field. */
	readonly column: string;
	readonly type: ValueType;
	readonly value: unknown;
	/** The payload is padded to a multiple of so many bytes; 0, the default, for no padding. */
	readonly pad?: number;
	/** 12 bytes, random by default. Only for test vectors: anyone can read and forge values if a nonce is used twice under one key. */
	readonly nonce?: Uint8Array;
}

export interface RecordFieldToOpen {
	readonly column: string;
	readonly type: ValueType;
	readonly envelope: Uint8Array;
}

/**
 * Prepares a record for sealRecordField() and openRecordField(). The firm tag is SHA-256 of the firm id: derive it once for a batch.
 * Throws BAD_USER_INPUT if firm or row is not a lower-case UUID, and RangeError for a version or generation that is out of range.
 */
export async function prepareRecord(key: RecordKey, record: RecordOfFields, tag?: Uint8Array): Promise<PreparedRecord> {
	const { firm, table, row, version, generation } = record;
	if (!isUuid(firm) || !isUuid(row)) {
		throw new FirmsealError('BAD_USER_INPUT', 'A firm or record id must be a lower-case UUID: correct the id.');
	}
	const firmTag = tag ?? (await deriveFirmTag(firm));
	const frame = encodeFrame({ version, firmTag, generation, commitment: key.commitment });
	const start = concat(frame, encodeContext(['firmseal/field/v1', firm, record.class, table]));
	return { key, frame, start, end: encodeContext([row]) };
}

/** The envelope of a value, suite 0x02. FORMAT.md section 8. Throws BAD_USER_INPUT for a value that cannot be sealed. */
export async function sealRecordField(record: PreparedRecord, field: RecordFieldToSeal): Promise<Uint8Array> {
	const nonce = field.nonce ?? crypto.getRandomValues(new Uint8Array(NONCE_LENGTH));
	if (nonce.length !== NONCE_LENGTH) throw new RangeError('A nonce is 12 bytes.');
	const payload = encodeValue(field.type, field.value, field.pad ?? 0);
	const algorithm = gcm(nonce, aadOf(record, field.column));
	const ciphertext = new Uint8Array(await crypto.subtle.encrypt(algorithm, record.key.cipher, payload));
	payload.fill(0);
	return concat(record.frame, nonce, ciphertext);
}

/**
 * The value in an envelope, as decodeValue() returns it. Frame and commitment are compared, in constant time, before anything is
 * decrypted. Throws CIPHERTEXT_INVALID, always with the same message, for everything that is not a value of exactly this column, record,
 * version and generation.
 */
export async function openRecordField(record: PreparedRecord, field: RecordFieldToOpen): Promise<unknown> {
	const { envelope } = field;
	if (envelope.length < CIPHERTEXT_START) throw unopenableError();
	if (!equalInConstantTime(envelope.subarray(0, FRAME_LENGTH), record.frame)) throw unopenableError();
	const algorithm = gcm(envelope.subarray(FRAME_LENGTH, CIPHERTEXT_START), aadOf(record, field.column));
	const payload = await decrypted(algorithm, record, envelope.subarray(CIPHERTEXT_START));
	try {
		return decodeValue(field.type, payload);
	} finally {
		payload.fill(0);
	}
}

async function decrypted(algorithm: ReturnType<typeof gcm>, { key }: PreparedRecord, ciphertext: Uint8Array) {
	try {
		return new Uint8Array(await crypto.subtle.decrypt(algorithm, key.cipher, ciphertext));
	} catch (error) {
		throw error instanceof Error && error.name === 'OperationError' ? unopenableError() : error;
	}
}

const aadOf = ({ start, end }: PreparedRecord, column: string): Uint8Array => concat(start, contextOf(column), end);

/** The columns of a schema, encoded once and not for each value. */
const contexts = /* @__PURE__ */ new Map<string, Uint8Array>();
const MAX_CONTEXTS = 1_000;

function contextOf(column: string): Uint8Array {
	const known = contexts.get(column);
	if (known !== undefined) return known;
	const context = encodeContext([column]);
	if (contexts.size < MAX_CONTEXTS) contexts.set(column, context);
	return context;
}

const gcm = (iv: Uint8Array, additionalData: Uint8Array) => ({ name: 'AES-GCM', iv, additionalData, tagLength: 128 });
