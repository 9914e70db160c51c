import { CHUNK_LENGTH, type ChunkCipher, SEALED_CHUNK_LENGTH } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';

/** Seals one file, from its first byte to its last. FORMAT.md section 8. */
export interface FileSealer {
	/** The first 72 bytes of the object: header, salt, commitment. */
	readonly start: Uint8Array;
	/** The next sealed bytes, perhaps none: a view that is valid until the next call. */
	update(plaintext: Uint8Array): Uint8Array;
	/** The last sealed bytes, as such a view. Must be called once: without them the object is incomplete. */
	end(): Uint8Array;
}

const NOTHING = new Uint8Array();

/** Cuts the plaintext into chunks. Copies and keeps only the rest of each piece, less than a chunk. */
export function createFileSealer(header: Uint8Array, cipher: ChunkCipher): FileSealer {
	const kept = new Uint8Array(CHUNK_LENGTH);
	let target = NOTHING;
	let length = 0;
	let next = 0;
	let isWhole = false;

	function keep(plaintext: Uint8Array): void {
		kept.set(plaintext, length);
		length += plaintext.length;
	}

	/** Reuses one buffer, unless it is too small. */
	function targetOf(chunks: number): Uint8Array {
		if (target.length < chunks * SEALED_CHUNK_LENGTH) target = new Uint8Array(chunks * SEALED_CHUNK_LENGTH);
		return target;
	}

	function assertOpen(): void {
		if (isWhole) throw new FirmsealError('INTERNAL', 'A file was continued after its end.');
	}

	return {
		start: Uint8Array.from([...header, ...cipher.prefix]),
		update(plaintext) {
			assertOpen();
			if (length + plaintext.length < CHUNK_LENGTH) {
				keep(plaintext);
				return NOTHING;
			}
			const first = length === 0 ? 0 : CHUNK_LENGTH - length;
			keep(plaintext.subarray(0, first));
			const end = plaintext.length - ((plaintext.length - first) % CHUNK_LENGTH);
			const chunks = (length + end - first) / CHUNK_LENGTH;
			const pieces = [kept.subarray(0, length), plaintext.subarray(first, end)];
			const sealed = cipher.sealFull(targetOf(chunks), next, ...pieces);
			next += chunks;
			length = 0;
			keep(plaintext.subarray(end));
			return sealed;
		},
		end() {
			assertOpen();
			isWhole = true;
			const sealed = cipher.sealLast(targetOf(1), next, kept.subarray(0, length));
			kept.fill(0);
			return sealed;
		},
	};
}
