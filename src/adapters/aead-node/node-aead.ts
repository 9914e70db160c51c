import {
	createCipheriv,
	createDecipheriv,
	createHmac,
	createSecretKey,
	type KeyObject,
	randomBytes,
	randomFillSync,
} from 'node:crypto';
import { type Aead, type ChunkAead, SALT_LENGTH } from '../../envelope/index.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_LENGTH = 32;
const NONCE_LENGTH = 12;
const TAG_LENGTH = 16;
/** Without this option node:crypto accepts a tag of only 4 bytes. */
const OPTIONS = { authTagLength: TAG_LENGTH };
const NONCES_PER_BLOCK = 1024;

/**
 * AES-256-GCM by node:crypto, for fields and for chunks of files. Keys are KeyObjects: node:crypto spends more time on a key in a Buffer
 * than on the rest of the call. importKey throws RangeError for a key that is not 32 bytes.
 */
export function createNodeAead(): Aead<KeyObject> & ChunkAead<KeyObject> {
	// Reused for each message. This is safe because node:crypto copies them.
	const nonceOfMessage = new Uint8Array(NONCE_LENGTH);
	const tagOfMessage = new Uint8Array(TAG_LENGTH);
	return {
		...nodeChunkAead,
		importKey(raw) {
			if (raw.length !== KEY_LENGTH) throw new RangeError('An AES-256 key is 32 bytes.');
			return createSecretKey(raw);
		},
		generateNonce: createNoncePool(),
		seal(key, aad, header, nonce, plaintext) {
			const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS);
			cipher.setAAD(aad);
			const ciphertext = cipher.update(plaintext);
			cipher.final();
			const start = header.length + nonce.length;
			const end = start + ciphertext.length;
			const sealed = new Uint8Array(end + TAG_LENGTH);
			sealed.set(header);
			sealed.set(nonce, header.length);
			sealed.set(ciphertext, start);
			sealed.set(cipher.getAuthTag(), end);
			freeBuffer(ciphertext);
			return sealed;
		},
		open(key, aad, message, start) {
			const from = start + NONCE_LENGTH;
			const end = message.length - TAG_LENGTH;
			if (end < from) return null;
			copyInto(nonceOfMessage, message, start);
			copyInto(tagOfMessage, message, end);
			const decipher = createDecipheriv(ALGORITHM, key, nonceOfMessage, OPTIONS);
			decipher.setAAD(aad);
			decipher.setAuthTag(tagOfMessage);
			const plaintext = decipher.update(message.subarray(from, end));
			try {
				decipher.final();
			} catch {
				// The plaintext of a message that is not authentic must not outlive this call.
				plaintext.fill(0);
				return null;
			}
			return plaintext;
		},
		free: freeBuffer,
	};
}

/** node:crypto always allocates its output, so the output is copied into `target` and then freed. */
const nodeChunkAead: Omit<ChunkAead<KeyObject>, 'importKey'> = {
	generateSalt: () => randomBytes(SALT_LENGTH),
	authenticate: (key, data) => createHmac('sha512', key).update(data).digest(),
	sealInto(target, key, nonce, plaintext) {
		const cipher = createCipheriv(ALGORITHM, key, nonce, OPTIONS);
		const ciphertext = cipher.update(plaintext);
		target.set(ciphertext);
		freeBuffer(ciphertext);
		cipher.final();
		target.set(cipher.getAuthTag(), plaintext.length);
	},
	openInto(target, key, nonce, sealed) {
		const end = sealed.length - TAG_LENGTH;
		if (end < 0) return false;
		const decipher = createDecipheriv(ALGORITHM, key, nonce, OPTIONS);
		decipher.setAuthTag(sealed.subarray(end));
		const plaintext = decipher.update(sealed.subarray(0, end));
		try {
			decipher.final();
		} catch {
			// The plaintext of a chunk that is not authentic must not outlive this call.
			plaintext.fill(0);
			return false;
		}
		target.set(plaintext);
		freeBuffer(plaintext);
		return true;
	},
};

/**
 * Returns random 12-byte nonces, cut from a block: one call for random bytes costs a hundred times a nonce's share of a block.
 * Each nonce is a copy. Refilling the block doesn't change it, and its holder can't reach the other nonces.
 */
function createNoncePool(): () => Uint8Array {
	const block = new Uint8Array(NONCE_LENGTH * NONCES_PER_BLOCK);
	let next = block.length;
	return () => {
		if (next === block.length) {
			randomFillSync(block);
			next = 0;
		}
		const start = next;
		next += NONCE_LENGTH;
		return block.slice(start, next);
	};
}

/**
 * Frees the memory of a buffer at once. Leaving it to the garbage collector costs nearly as much time as the cipher (bench/README.md).
 * Does nothing for a buffer that shares its memory with another.
 */
function freeBuffer({ buffer, byteLength }: Uint8Array): void {
	if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** Fills `target` from `source`, beginning at `start`. For so few bytes this is faster than a view. */
function copyInto(target: Uint8Array, source: Uint8Array, start: number): void {
	for (let index = 0; index < target.length; index++) target[index] = source[start + index] ?? 0;
}
