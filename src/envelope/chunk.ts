import type { ChunkKeys } from './chunk-keys.ts';
import { CHUNK_LENGTH, MAX_CHUNKS, SEALED_CHUNK_LENGTH } from './chunk-positions.ts';
import { unopenableError } from './unopenable-error.ts';
import { openGcm, sealGcm } from './web-gcm.ts';

/** The context is in the keys already. */
const NO_AAD = new Uint8Array();

/**
 * The chunk of a message at `index`, with its tag. Every chunk except the last holds 16,384 bytes, and the caller must seal each index
 * once. Throws RangeError for a longer chunk and for an index of 2^38 or more.
 */
export async function sealChunk(keys: ChunkKeys, index: number, plaintext: Uint8Array): Promise<Uint8Array> {
	if (plaintext.length > CHUNK_LENGTH) throw new RangeError('A chunk holds at most 16384 bytes.');
	return sealGcm(keys.key, chunkNonce(keys.baseNonce, index), NO_AAD, plaintext);
}

/**
 * The plaintext of one whole chunk. The caller must check that the message is complete: its last chunk is shorter than
 * SEALED_CHUNK_LENGTH. Throws CIPHERTEXT_INVALID if the chunk was not sealed at this index of this message, and RangeError for an index of
 * 2^38 or more.
 */
export async function openChunk(keys: ChunkKeys, index: number, sealed: Uint8Array): Promise<Uint8Array> {
	if (sealed.length > SEALED_CHUNK_LENGTH) throw unopenableError();
	return openGcm(keys.key, chunkNonce(keys.baseNonce, index), NO_AAD, sealed);
}

/**
 * Writes base nonce XOR index, as 96-bit integers, into `nonce`. An index has 38 bits, so only the last five bytes differ. Throws
 * RangeError for an index of 2^38 or more.
 */
export function chunkNonce(baseNonce: Uint8Array, index: number, nonce = new Uint8Array(baseNonce.length)): Uint8Array {
	if (!Number.isInteger(index) || index < 0 || index >= MAX_CHUNKS) {
		throw new RangeError('The index of a chunk is an integer from 0 to 2^38 - 1.');
	}
	nonce.set(baseNonce);
	let rest = index;
	for (let at = nonce.length - 1; rest > 0; at--) {
		nonce[at] = (nonce[at] as number) ^ (rest % 256);
		rest = Math.floor(rest / 256);
	}
	return nonce;
}
