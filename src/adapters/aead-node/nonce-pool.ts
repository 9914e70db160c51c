import { randomFillSync } from 'node:crypto';
import { NONCE_LENGTH } from './aes-gcm.ts';

const NONCES_PER_BLOCK = 1024;

/**
 * Random 12-byte nonces cut from one block, since a call for randomness costs a hundred times its share of a block.
 * Every nonce is a copy: refilling the block cannot change one that was handed out, and its holder cannot reach the rest.
 */
export function createNoncePool(): () => Uint8Array {
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
