import { concat } from './concat.ts';
import type { WebKey } from './web-gcm.ts';

/** Bytes of a SHA-512 hash. */
const HASH_LENGTH = 64;

/** HKDF-Expand with SHA-512 (RFC 5869 section 2.3), by any HMAC: the caller answers each input that this yields with its MAC. */
function* expansion(info: Uint8Array, length: number): Generator<Uint8Array, Uint8Array, Uint8Array> {
	if (length > 255 * HASH_LENGTH) throw new RangeError('HKDF-Expand with SHA-512 makes at most 16320 bytes.');
	const output = new Uint8Array(length);
	/** T(n - 1) || info || n; there is no T(0). */
	const input = concat(new Uint8Array(HASH_LENGTH), info, new Uint8Array(1));
	for (let n = 1, start = 0; start < length; n++, start += HASH_LENGTH) {
		input[input.length - 1] = n;
		const block = yield n === 1 ? input.subarray(HASH_LENGTH) : input;
		output.set(block.subarray(0, length - start), start);
		input.set(block);
		block.fill(0);
	}
	input.fill(0);
	return output;
}

/**
 * With WebCrypto, whose own HKDF always extracts first. `prk` is a key for HMAC-SHA-512. Throws RangeError for more than 255 blocks,
 * because the counter is one byte.
 */
export async function hkdfExpand(prk: WebKey, info: Uint8Array, length: number): Promise<Uint8Array> {
	const steps = expansion(info, length);
	let step = steps.next();
	while (!step.done) step = steps.next(new Uint8Array(await crypto.subtle.sign('HMAC', prk, step.value)));
	return step.value;
}

/** hkdfExpand() with a synchronous HMAC-SHA-512. Overwrites the arrays that `mac` returns. */
export function hkdfExpandBy(mac: (input: Uint8Array) => Uint8Array, info: Uint8Array, length: number): Uint8Array {
	const steps = expansion(info, length);
	let step = steps.next();
	while (!step.done) step = steps.next(mac(step.value));
	return step.value;
}
