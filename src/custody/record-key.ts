import { hkdf, importForHkdf, type SubtleKey } from './bytes.ts';

const KEY_LENGTH = 32;

/** What a record key belongs to. FORMAT.md section 7. */
export interface RecordKeyPlace {
	/** Firm id, a lower-case UUID. */
	readonly firm: string;
	/** Content class. */
	readonly class: string;
	/** The table in the binding of its fields. */
	readonly table: string;
	/** Row id, a lower-case UUID. */
	readonly row: string;
	/** Of the record in the key log: 0, or the seq of an entry, below 2^32. */
	readonly generation: number;
}

/** The key of one row in one generation, or of one message of a thread. It seals at most 2^20 values. No part can be exported. */
export interface RecordKey {
	/** For AES-256-GCM. */
	readonly cipher: SubtleKey;
	/** For HKDF: the keys of a thread's messages. */
	readonly base: SubtleKey;
	/** 32 bytes, which stand in each envelope. Not secret. */
	readonly commitment: Uint8Array;
}

/** The record key as 32 bytes, to seal it to a device outside of the class. The caller overwrites them. */
export function deriveRecordKeyBytes(dataKey: SubtleKey, place: RecordKeyPlace): Promise<Uint8Array> {
	const { firm, table, row, generation } = place;
	return hkdf(dataKey, ['firmseal/record-key/v2', firm, place.class, table, row, String(generation)]);
}

/** `dataKey` is that of importDataKey(). */
export async function deriveRecordKey(dataKey: SubtleKey, place: RecordKeyPlace): Promise<RecordKey> {
	return overwritten(await deriveRecordKeyBytes(dataKey, place), importRecordKey);
}

/** The key of a message, by the record key of its thread: class COMMUNICATION, table `threads`. FORMAT.md section 7. */
export async function deriveMessageKey(thread: RecordKey, message: string): Promise<RecordKey> {
	const bytes = await hkdf(thread.base, ['firmseal/thread-message-key/v1', message]);
	return overwritten(bytes, importRecordKey);
}

/** From 32 bytes, as openRecordWrap() returns them; they stay as they are. Throws RangeError for another length. */
export async function importRecordKey(bytes: Uint8Array): Promise<RecordKey> {
	if (bytes.length !== KEY_LENGTH) throw new RangeError('A record key is 32 bytes.');
	const [cipher, base] = await Promise.all([
		crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']),
		importForHkdf(bytes),
	]);
	return { cipher, base, commitment: await hkdf(base, ['firmseal/record-commitment/v1']) };
}

/** The record key of a row of `document_versions` for its file, for sealRecordFile() and openRecordFile(). FORMAT.md section 9. */
export async function deriveFileKey(dataKey: SubtleKey, place: RecordKeyPlace): Promise<SubtleKey> {
	return overwritten(await deriveRecordKeyBytes(dataKey, place), importFileKey);
}

/** deriveFileKey() from the 32 bytes of the record key, which stay as they are. Throws RangeError for another length. */
export async function importFileKey(bytes: Uint8Array): Promise<SubtleKey> {
	if (bytes.length !== KEY_LENGTH) throw new RangeError('A record key is 32 bytes.');
	return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-512' }, false, ['sign']);
}

async function overwritten<T>(bytes: Uint8Array, use: (bytes: Uint8Array) => Promise<T>): Promise<T> {
	try {
		return await use(bytes);
	} finally {
		bytes.fill(0);
	}
}
