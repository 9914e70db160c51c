import type { FileHandle } from 'node:fs/promises';
import { FirmsealError } from '../../errors.ts';
import { openPart, openRegular, throwWriteError } from '../files/index.ts';

/** A file that grows by lines. */
export interface LineFile {
	/** Bytes. */
	readonly size: number;
	append(lines: readonly string[]): Promise<void>;
	/** What was appended is on the disk. */
	sync(): Promise<void>;
	close(): Promise<void>;
}

/** What is behind `size` bytes is cut off. @throws FirmsealError CONFLICT for a file that has lost some */
export async function openLines(path: string, size: number): Promise<LineFile> {
	const file = await openPart(path);
	try {
		if ((await file.stat()).size < size)
			throw new FirmsealError(
				'CONFLICT',
				'The incomplete export has lost something that was in it: remove the directory that ends with .part, and begin again.',
			);
		await file.truncate(size).catch(throwWriteError);
	} catch (error) {
		await file.close();
		throw error;
	}
	let bytes = size;
	let isSynced = true;
	return {
		get size() {
			return bytes;
		},
		async append(lines) {
			if (lines.length === 0) return;
			isSynced = false;
			bytes += await writeAt(file, lines.map((line) => `${line}\n`).join(''), bytes);
		},
		async sync() {
			if (!isSynced) await file.sync().catch(throwWriteError);
			isSynced = true;
		},
		close: () => file.close(),
	};
}

/** Writes all of it; answers how many bytes that were. */
export async function writeAt(file: FileHandle, text: string, position: number): Promise<number> {
	const buffer = Buffer.from(text);
	for (let written = 0; written < buffer.length; ) {
		const rest = buffer.length - written;
		const { bytesWritten } = await file.write(buffer, written, rest, position + written).catch(throwWriteError);
		written += bytesWritten;
	}
	return buffer.length;
}

/** The whole of a file, for its owner only. */
export async function writeWhole(path: string, text: string): Promise<void> {
	const file = await openPart(path);
	try {
		await file.truncate(0).catch(throwWriteError);
		await writeAt(file, text, 0);
		await file.sync().catch(throwWriteError);
	} finally {
		await file.close();
	}
}

const LINE_END = 0x0a;
/** Bytes that are read at once. */
const PIECE = 256 * 1024;

/** A line without its end, and where it begins. */
export interface Line {
	readonly text: string;
	readonly offset: number;
	/** Where the next one begins. */
	readonly end: number;
}

/**
 * Not by node:readline, for which U+2028 in a text ends a line too. `from`: where to begin; `longest`: bytes of a line, after a longer one
 * there are none.
 */
export async function* linesOf(path: string, { from = 0, longest = Infinity } = {}): AsyncGenerator<Line> {
	const file = await openRegular(path);
	try {
		let rest: Buffer[] = [];
		let offset = from;
		for (let position = from; ; ) {
			const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PIECE), 0, PIECE, position);
			if (bytesRead === 0) return;
			position += bytesRead;
			let start = 0;
			const piece = buffer.subarray(0, bytesRead);
			for (let at = piece.indexOf(LINE_END); at !== -1; at = piece.indexOf(LINE_END, start)) {
				const line = Buffer.concat([...rest, piece.subarray(start, at)]);
				rest = [];
				start = at + 1;
				const end = offset + line.length + 1;
				yield { text: line.toString(), offset, end };
				offset = end;
			}
			if (start < piece.length) rest.push(piece.subarray(start));
			if (position - offset > longest) return;
		}
	} finally {
		await file.close();
	}
}
