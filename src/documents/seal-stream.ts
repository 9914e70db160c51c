import type { FileSealer } from '../content/index.ts';
import { CHUNK_LENGTH } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { createThreadedHash } from './threaded-hash.ts';

/** Bytes that are sealed at once: 16 chunks. A larger piece is taken in several. */
const AT_ONCE = 16 * CHUNK_LENGTH;

/** What was sealed. */
export interface PlaintextDigest {
	/** Bytes. */
	readonly size: number;
	/** 64 lower-case hexadecimal digits. */
	readonly sha256: string;
}

/** An object as it is made. It can be read once, and each piece is good until the next is asked for. */
export interface SealedStream extends AsyncIterable<Uint8Array> {
	/** Of the whole file. @throws FirmsealError INTERNAL as long as the stream has not come to its end. */
	readonly plaintext: () => PlaintextDigest;
}

/**
 * The object of a file while the file comes: nothing is taken from `plaintext` before something is asked for. Less than a chunk is kept, and
 * what is made of a piece, or of 256 KiB of it. When `plaintext` fails so does this, without the last chunk: what has gone out is no object.
 */
export function sealStream(sealer: FileSealer, plaintext: AsyncIterable<Uint8Array>): SealedStream {
	const hash = createThreadedHash();
	let size = 0;
	let whole: PlaintextDigest | null = null;

	async function* sealed(): AsyncGenerator<Uint8Array> {
		try {
			yield sealer.start;
			for await (const piece of plaintext) {
				for (let start = 0; start < piece.length; start += AT_ONCE) {
					const part = piece.subarray(start, start + AT_ONCE);
					size += part.length;
					await hash.update(part);
					const ready = sealer.update(part);
					if (ready.length > 0) yield ready;
				}
			}
			const last = sealer.end();
			whole = { size, sha256: Buffer.from(await hash.digest()).toString('hex') };
			yield last;
		} finally {
			hash.close();
		}
	}

	const stream = sealed();
	return {
		[Symbol.asyncIterator]: () => stream,
		plaintext() {
			if (whole) return whole;
			throw new FirmsealError('INTERNAL', 'What a file holds was asked for before its end.');
		},
	};
}
