import type { FileHandle } from 'node:fs/promises';
import { type ByteRange, ObjectStoreError } from '../../documents/index.ts';
import { openObject } from './directories.ts';

/** Bytes of each of the two buffers. */
const BUFFER = 256 * 1024;

/** Reads into one buffer while the consumer uses the other, so each piece is valid until the next is requested. */
export async function* readObject(
	directory: string,
	name: string,
	range: ByteRange,
	signal: AbortSignal,
): AsyncIterable<Uint8Array> {
	const object = await openObject(directory, name);
	if (object === null) throw objectAbsentError();
	yield* readFrom(object, range, signal);
}

export const objectAbsentError = () => new ObjectStoreError('ABSENT', 'No object has this name.');

/** Like readObject(), for an open file, which it closes at the end. */
export async function* readFrom(
	{ file, size }: { readonly file: FileHandle; readonly size: number },
	{ start, end }: ByteRange,
	signal: AbortSignal,
): AsyncIterable<Uint8Array> {
	const newBuffer = () => Buffer.allocUnsafeSlow(Math.min(BUFFER, end - start));
	let [ours, readers] = [newBuffer(), newBuffer()];
	let ahead: Promise<Uint8Array> | null = null;
	try {
		if (end > size) throw objectTruncatedError();
		for (let position = start; position < end; ) {
			const piece: Uint8Array = await (ahead ?? readInto(ours, file, position, end));
			position += piece.length;
			[ours, readers] = [readers, ours];
			ahead = position < end ? readInto(ours, file, position, end) : null;
			ahead?.catch(() => {});
			yield piece;
			if (signal.aborted) throw new ObjectStoreError('AWAY', 'The read was cancelled.');
		}
	} finally {
		await ahead?.catch(() => {});
		await file.close();
	}
}

async function readInto(buffer: Uint8Array, file: FileHandle, position: number, end: number): Promise<Uint8Array> {
	const length = Math.min(buffer.length, end - position);
	const { bytesRead } = await file.read(buffer, 0, length, position);
	if (bytesRead === 0) throw objectTruncatedError();
	return buffer.subarray(0, bytesRead);
}

const objectTruncatedError = () => new ObjectStoreError('AWAY', 'The object is shorter than when it was written.');
