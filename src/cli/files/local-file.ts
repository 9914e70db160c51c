import { type FileHandle, open } from 'node:fs/promises';
import { FirmsealError } from '../../errors.ts';
import { currentIo } from '../io.ts';
import { readErrorOf } from './file-errors.ts';
import { documentNameOf } from './names.ts';

/** Bytes of a piece. */
const PIECE = 256 * 1024;

/** What is to be sent: a file, or what comes on standard input or another pipe. */
export interface Source {
	/** null: it has none. */
	readonly name: string | null;
	/** Bytes; null: not known before its end. */
	readonly size: number | null;
	/** Whether it can be read once more from its beginning. */
	readonly isRepeatable: boolean;
	/** Its bytes; each piece holds until the next one is asked for. @throws FirmsealError CONFLICT for a file that changes meanwhile */
	pieces(): AsyncIterable<Uint8Array>;
	close(): Promise<void>;
}

/** `-` is standard input. @throws FirmsealError BAD_USER_INPUT for what can't be read */
export async function openSource(path: string): Promise<Source> {
	if (path === '-') return standardInput();
	const name = documentNameOf(path);
	let file: FileHandle | null = null;
	try {
		file = await open(path, 'r');
		const stat = await file.stat({ bigint: true });
		if (stat.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
		return stat.isFile() ? regularFile(file, name, Number(stat.size)) : pipe(file, name);
	} catch (error) {
		await file?.close();
		throw readErrorOf(error);
	}
}

function standardInput(): Source {
	const { stdin } = currentIo();
	const close = async () => void stdin.destroy();
	return { name: null, size: null, isRepeatable: false, pieces: () => stdin, close };
}

function pipe(file: FileHandle, name: string): Source {
	const stream = file.createReadStream({ highWaterMark: PIECE });
	return { name, size: null, isRepeatable: false, pieces: () => stream, close: async () => void stream.destroy() };
}

const regularFile = (file: FileHandle, name: string, size: number): Source => ({
	name,
	size,
	isRepeatable: true,
	pieces: () => unchanged(file, size),
	close: () => file.close(),
});

/**
 * The last piece is held back until it is known that the file is still what it was: whoever gets less than was announced takes none
 * of it.
 */
async function* unchanged(file: FileHandle, size: number): AsyncGenerator<Uint8Array> {
	const before = await stateOf(file);
	const buffers = [Buffer.allocUnsafeSlow(PIECE), Buffer.allocUnsafeSlow(PIECE)] as const;
	let held: Uint8Array | null = null;
	let position = 0;
	for (let turn = 0; ; turn = 1 - turn) {
		const buffer = buffers[turn as 0 | 1];
		const { bytesRead } = await file.read(buffer, 0, PIECE, position).catch((error: unknown) => {
			throw readErrorOf(error);
		});
		position += bytesRead;
		if (position > size) throw fileChangedError();
		if (bytesRead === 0) break;
		if (held) yield held;
		held = buffer.subarray(0, bytesRead);
	}
	if (position !== size || (await stateOf(file)) !== before) throw fileChangedError();
	if (held) yield held;
}

async function stateOf(file: FileHandle): Promise<string> {
	const { size, mtimeNs } = await file.stat({ bigint: true });
	return `${size} ${mtimeNs}`;
}

const fileChangedError = () =>
	new FirmsealError('CONFLICT', 'The file was changed while it was read: nothing of it is stored, so send it again.');

/** All bytes of a file of which a longer one would be something else. @throws FirmsealError BAD_USER_INPUT */
export async function readSmallFile(path: string, most: number): Promise<Uint8Array> {
	const file = await open(path, 'r').catch((error: unknown) => {
		throw readErrorOf(error);
	});
	try {
		const stat = await file.stat();
		if (stat.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
		if (stat.size > most)
			throw new FirmsealError('BAD_USER_INPUT', `The file is longer than ${most} bytes: check its path.`);
		// A pipe has no size.
		const bytes = Buffer.alloc(most + 1);
		let length = 0;
		for (let read = 1; read > 0 && length <= most; length += read)
			({ bytesRead: read } = await file.read(bytes, length, bytes.length - length, null));
		if (length > most)
			throw new FirmsealError('BAD_USER_INPUT', `The file is longer than ${most} bytes: check its path.`);
		return Uint8Array.from(bytes.subarray(0, length));
	} catch (error) {
		throw readErrorOf(error);
	} finally {
		await file.close();
	}
}
