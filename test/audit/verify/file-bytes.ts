import { linesOf } from '../../../src/audit/verify/log.ts';

/** A file as a stream of chunks of `size` bytes. */
export async function* piecesOf(file: string | Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
	const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file;
	for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const linesIn = (file: string | Uint8Array, size?: number) => linesOf(piecesOf(file, size));
