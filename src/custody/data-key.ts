import { equalInConstantTime, hkdf, importForHkdf, type SubtleKey } from './bytes.ts';

const KEY_LENGTH = 32;

/** What a data key belongs to. */
export interface DataKeyPlace {
	/** Firm id, a lower-case UUID. */
	readonly firm: string;
	/** Content class. */
	readonly class: string;
	/** 1 to 2^31 - 1. */
	readonly version: number;
}

/** 32 random bytes, for the caller to overwrite. */
export const generateDataKey = (): Uint8Array => crypto.getRandomValues(new Uint8Array(KEY_LENGTH));

/** Not extractable, for deriveRecordKey(). `bytes` stay as they are. Throws RangeError unless there are 32. */
export async function importDataKey(bytes: Uint8Array): Promise<SubtleKey> {
	if (bytes.length !== KEY_LENGTH) throw new RangeError('A data key is 32 bytes.');
	return importForHkdf(bytes);
}

/** The 32 bytes that stand in the key log, in base64. FORMAT.md section 3. Throws RangeError unless the key is 32 bytes. */
export async function commitToDataKey(bytes: Uint8Array, place: DataKeyPlace): Promise<Uint8Array> {
	const parts = ['firmseal/key-commitment/v1', place.firm, place.class, String(place.version)];
	return hkdf(await importDataKey(bytes), parts);
}

/** Whether the key has this commitment. Takes the same time for each commitment of 32 bytes. */
export async function hasCommitment(bytes: Uint8Array, place: DataKeyPlace, commitment: Uint8Array): Promise<boolean> {
	return equalInConstantTime(await commitToDataKey(bytes, place), commitment);
}
