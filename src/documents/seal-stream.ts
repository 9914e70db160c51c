import type { FileSealer } from '../content/index.ts';
import { CHUNK_LENGTH } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { createThreadedHash } from './threaded-hash.ts';

/** Bytes sealed at once: 16 chunks. A larger piece is processed in several steps. */
const AT_ONCE = 16 * CHUNK_LENGTH;

export interface PlaintextDigest {
	/** Bytes. */
	readonly size: number;
	/** 64 lower-case hexadecimal digits. */
	readonly sha256: string;
}

/** The bytes of an object. Can be read once, and each piece is valid until the next is requested. */
export interface SealedStream extends AsyncIterable<Uint8Array> {
	/** Digest of the whole file. @throws FirmsealError INTERNAL until the stream has ended. */
	readonly plaintext: () => PlaintextDigest;
}

/**
 * Seals a file while it arrives. Reads `plaintext` only on demand, and holds less than one chunk plus the sealed form of a piece, or of 256 KiB
 * of it. If `plaintext` throws, this throws without having yielded the last chunk, so that the output is not a valid object.
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
			throw new FirmsealError('INTERNAL', 'The digest of a file was requested before its end.');
		},
	};
}
