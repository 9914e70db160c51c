import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FirmsealError } from '../../errors.ts';
import { currentIo } from '../io.ts';
import { readErrorOf } from './file-errors.ts';
import { documentNameOf } from './names.ts';

/** The bytes to send: a file, or standard input or another pipe. */
export interface Source {
	/** null for standard input. */
	readonly name: string | null;
	/** In bytes; null if it is unknown until the end. */
	readonly size: number | null;
	/** Whether it can be read again from its beginning. */
	readonly isRepeatable: boolean;
	/** @throws FirmsealError CONFLICT if the file changes while it is read */
	pieces(): AsyncIterable<Uint8Array>;
	close(): Promise<void>;
}

/** `-` is standard input. @throws FirmsealError BAD_USER_INPUT if the file can't be read */
export async function openSource(path: string): Promise<Source> {
	if (path === '-') {
		const { stdin } = currentIo();
		return { ...streamed(stdin), name: null };
	}
	const name = documentNameOf(path);
	let file: FileHandle | null = null;
	try {
		const opened = await open(path, 'r');
		file = opened;
		const stat = await file.stat();
		if (stat.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
		if (!stat.isFile()) return { ...streamed(file.createReadStream()), name };
		const { size } = stat;
		return { name, size, isRepeatable: true, pieces: () => unchanged(opened, size), close: () => opened.close() };
	} catch (error) {
		await file?.close();
		throw readErrorOf(error);
	}
}

const streamed = (stream: Readable) => ({
	size: null,
	isRepeatable: false,
	pieces: () => stream,
	close: async () => void stream.destroy(),
});

/** Yields the last piece only once the file is known to be unchanged. Without that piece the body is too short, and the server stores nothing. */
async function* unchanged(file: FileHandle, size: number): AsyncGenerator<Uint8Array> {
	const before = await stateOf(file);
	let held: Uint8Array | null = null;
	let read = 0;
	try {
		for await (const piece of file.createReadStream({ start: 0, autoClose: false })) {
			read += piece.length;
			if (read > size) break;
			if (held) yield held;
			held = piece;
		}
	} catch (error) {
		throw readErrorOf(error);
	}
	if (read !== size || (await stateOf(file)) !== before)
		throw new FirmsealError('CONFLICT', 'The file changed while it was read: nothing is stored, so send it again.');
	if (held) yield held;
}

async function stateOf(file: FileHandle): Promise<string> {
	const { size, mtimeNs } = await file.stat({ bigint: true });
	return `${size} ${mtimeNs}`;
}

/** Reads a file of at most `most` bytes. @throws FirmsealError BAD_USER_INPUT */
export async function readSmallFile(path: string, most: number): Promise<Uint8Array> {
	try {
		const file = await open(path, 'r');
		const pieces: Uint8Array[] = [];
		// `end` limits a pipe too, which has no size. The stream closes the file.
		for await (const piece of file.createReadStream({ end: most })) pieces.push(piece);
		const bytes = Uint8Array.from(Buffer.concat(pieces));
		if (bytes.length <= most) return bytes;
	} catch (error) {
		throw readErrorOf(error);
	}
	throw new FirmsealError('BAD_USER_INPUT', `The file is longer than ${most} bytes: check its path.`);
}

/** Opens a file for reading. Follows no link, and does not wait for a pipe. @throws errors of node:fs, also if the path is not a file */
export async function openRegular(path: string): Promise<FileHandle> {
	const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
	const file = await open(path, flags);
	if ((await file.stat()).isFile()) return file;
	await file.close();
	throw Object.assign(new Error('This is no file.'), { code: 'EINVAL' });
}

/** The SHA-256 of an open file from its beginning, in hex. */
export async function sha256Of(file: FileHandle, signal?: AbortSignal): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(file.createReadStream({ start: 0, autoClose: false, ...(signal && { signal }) }), hash);
	return hash.digest('hex');
}
