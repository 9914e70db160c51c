import { randomBytes, randomUUID } from 'node:crypto';
import { type ByteRange, type ObjectStore, ObjectStoreError, type StoredObject } from '../../src/documents/index.ts';

export const newName = (tag: string = randomUUID()): string => `${tag}/${randomBytes(16).toString('hex')}`;
export const tagOf = (name: string): string => name.slice(0, 36);
export const never = () => new AbortController().signal;

/** Bytes without repetition, so that a misplaced chunk is noticed. */
export const bytesOf = (length: number): Buffer => {
	const bytes = Buffer.alloc(length);
	for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32BE(Math.imul(at, 2_654_435_761) >>> 0, at);
	return bytes;
};

/** Chunks that share one buffer, as a stream may return them. */
export async function* inPieces(bytes: Uint8Array, length = 70_001): AsyncGenerator<Uint8Array> {
	const piece = new Uint8Array(length);
	for (let start = 0; start < bytes.length; start += length) {
		const part = bytes.subarray(start, start + length);
		piece.set(part);
		yield piece.subarray(0, part.length);
		piece.fill(0xee);
	}
}

export const write = (
	store: ObjectStore,
	name: string,
	body: Uint8Array | AsyncIterable<Uint8Array>,
	size: number | null = body instanceof Uint8Array ? body.length : null,
	signal = never(),
): Promise<StoredObject> => store.write(name, body instanceof Uint8Array ? inPieces(body) : body, { size, signal });

export async function readAll(store: ObjectStore, name: string, range: ByteRange, signal = never()): Promise<Buffer> {
	const pieces: Uint8Array[] = [];
	for await (const piece of store.read(name, range, signal)) pieces.push(Uint8Array.from(piece));
	return Buffer.concat(pieces);
}

export async function reasonOf(work: Promise<unknown>): Promise<string> {
	try {
		await work;
		return 'none';
	} catch (error) {
		return error instanceof ObjectStoreError ? error.reason : `not of the store: ${String(error)}`;
	}
}
