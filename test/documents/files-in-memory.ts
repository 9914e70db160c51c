import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { type ContentSession, FILE_FIELDS, type FileOpener } from '../../src/content/index.ts';
import { type OpenedFile, openStored, type StoredFile } from '../../src/documents/open-stored.ts';
import { sealStream } from '../../src/documents/seal-stream.ts';
import { type ChunkCipher, type DocumentPlace, unopenableError } from '../../src/envelope/index.ts';
import { FIRM, memberDecision, rowId, termsOf, workbench } from '../content/workbench.ts';

export const aead = createNodeAead();

export const PLACE: DocumentPlace = { firm: FIRM, document: rowId(1), version: rowId(2) };

/** A file whose chunks all differ. */
export const bytes = (length: number): Uint8Array =>
	Uint8Array.from({ length }, (_, index) => (index ^ (index >> 8) ^ (index >> 14)) & 0xff);

/**
 * Yields `whole` in pieces of the given lengths; the last length repeats. Each piece is a view into a larger buffer that is overwritten when the
 * next piece is requested.
 */
export async function* pieces(whole: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
	let start = 0;
	for (let n = 0; start < whole.length; n++) {
		const length = lengths[Math.min(n, lengths.length - 1)] as number;
		const larger = new Uint8Array(length + 5).fill(0xee);
		const piece = larger.subarray(3, 3 + Math.min(length, whole.length - start));
		piece.set(whole.subarray(start, start + length));
		yield piece;
		larger.fill(0xdd);
		start += length;
	}
}

export async function gather(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
	const { given, error } = await drain(stream);
	if (error) throw error;
	return given;
}

/** The pieces of a stream, and the error that ended it. */
export async function drain(stream: AsyncIterable<Uint8Array>): Promise<{ given: Uint8Array; error: unknown }> {
	const given: Uint8Array[] = [];
	try {
		for await (const piece of stream) given.push(Uint8Array.from(piece));
		return { given: new Uint8Array(Buffer.concat(given)), error: null };
	} catch (error) {
		return { given: new Uint8Array(Buffer.concat(given)), error };
	}
}

const work = workbench();

const begin = (): ContentSession => work.content.begin(termsOf(memberDecision()));

export async function objectOf(plaintext: Uint8Array, place = PLACE, lengths = [65_536]): Promise<Uint8Array> {
	return gather(sealStream(await work.content.sealFile(begin(), place), pieces(plaintext, lengths)));
}

/** A store with one object that counts the bytes read. */
export function storing(object: Uint8Array, lengths: readonly number[] = [65_536]) {
	const read: { start: number; end: number }[] = [];
	return {
		read,
		readRange(range: { readonly start: number; readonly end: number }) {
			read.push({ ...range });
			return pieces(object.subarray(range.start, range.end), lengths);
		},
	};
}

/** Opens the object as the version of PLACE for a permitted caller. */
export function openObject(object: Uint8Array, more: Partial<StoredFile> & { readonly place?: DocumentPlace } = {}) {
	const { place = PLACE, byteSize = sizeOf(object.length), ...rest } = more;
	const session = begin();
	return openStored({
		objectSize: object.length,
		byteSize,
		read: storing(object).readRange,
		clock: systemClock,
		open: (start) =>
			work.content.openFile(session, FILE_FIELDS.version, { firm: place.firm, id: place.version }, place, start),
		...rest,
	});
}

/** Like the function above, but never null. */
export async function readObject(...given: Parameters<typeof openObject>): Promise<OpenedFile> {
	const opened = await openObject(...given);
	if (!opened) throw new Error('It was denied.');
	return opened;
}

/** Bytes of the file in an object of this length. */
export const sizeOf = (objectLength: number): number => {
	const full = Math.floor((objectLength - 72) / 16_400);
	return objectLength - 72 - (full + 1) * 16;
};

/** Opens a message that is not part of a file. */
export const openerOver = (cipher: ChunkCipher): FileOpener => ({
	open: cipher.open,
	confirmKey: async () => {},
	recordFailure: unopenableError,
});
