import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { deriveChunkKeys, openChunk, sealChunk } from '../../src/envelope/index.ts';
import { type CobblestoneVector, cobblestone, DOES_NOT_OPEN, nonceAt, outcome, sealByNode } from './chunked-vectors.ts';
import { toHex } from './field-vectors.ts';

const [first] = cobblestone as readonly [CobblestoneVector];
const aeadKey = first.aeadKey as string;
const baseNonce = first.baseNonce as string;
const keys = await deriveChunkKeys(first.key, first.ciphertext.slice(0, 24), first.context);
const text = new TextEncoder().encode('Dear client');

const MAX_INDEX = 2 ** 38 - 1;
const INDEX = 'RangeError: The index of a chunk is an integer from 0 to 2^38 - 1.';

/** Together these indexes use every byte of the counter and every carry. */
const indices = [
	0,
	1,
	255,
	256,
	65_536,
	2 ** 24,
	2 ** 31 - 1,
	2 ** 31,
	2 ** 32 - 1,
	2 ** 32,
	2 ** 32 + 1,
	2 ** 37,
	MAX_INDEX,
];

describe('a chunk', () => {
	it.each(indices)('at index %i is AES-256-GCM with base nonce XOR index', async (index) => {
		const sealed = await sealChunk(keys, index, text);
		expect(toHex(sealed)).toBe(toHex(sealByNode(aeadKey, nonceAt(baseNonce, index), text)));
		expect(toHex(await openChunk(keys, index, sealed))).toBe(toHex(text));
	});

	it('at any index opens at that index and at no other', async () => {
		const index = fc.integer({ min: 0, max: MAX_INDEX });
		await fc.assert(
			fc.asyncProperty(index, index, fc.uint8Array({ maxLength: 100 }), async (at, other, plaintext) => {
				fc.pre(at !== other);
				const sealed = sealByNode(aeadKey, nonceAt(baseNonce, at), plaintext);
				expect(toHex(await sealChunk(keys, at, plaintext))).toBe(toHex(sealed));
				expect(toHex(await openChunk(keys, at, sealed))).toBe(toHex(plaintext));
				expect(await outcome(openChunk(keys, other, sealed))).toBe(DOES_NOT_OPEN);
			}),
		);
	});

	it('leaves the base nonce unchanged', async () => {
		await sealChunk(keys, MAX_INDEX, text);
		expect(toHex(keys.baseNonce)).toBe(baseNonce);
	});

	it('has an index from 0 to 2^38 - 1 only', async () => {
		for (const index of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, MAX_INDEX + 1]) {
			expect(await outcome(sealChunk(keys, index, text))).toBe(INDEX);
			expect(await outcome(openChunk(keys, index, new Uint8Array(16)))).toBe(INDEX);
		}
	});

	it('holds at most 16,384 bytes', async () => {
		const full = new Uint8Array(16_384);
		expect(toHex(await openChunk(keys, 3, await sealChunk(keys, 3, full)))).toBe(toHex(full));
		const more = new Uint8Array(16_385);
		expect(await outcome(sealChunk(keys, 3, more))).toBe('RangeError: A chunk holds at most 16384 bytes.');
		expect(await outcome(openChunk(keys, 3, sealByNode(aeadKey, nonceAt(baseNonce, 3), more)))).toBe(DOES_NOT_OPEN);
	});

	it('does not open if it was cut', async () => {
		const sealed = await sealChunk(keys, 0, text);
		for (let length = 0; length < sealed.length; length++) {
			expect(await outcome(openChunk(keys, 0, sealed.slice(0, length)))).toBe(DOES_NOT_OPEN);
		}
	});

	it('with an unusable key is an error of its own, not reported as damage', async () => {
		const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']);
		const sealed = await sealChunk({ ...keys, key }, 0, text);
		await expect(openChunk({ ...keys, key }, 0, sealed)).rejects.toMatchObject({ name: 'InvalidAccessError' });
	});
});
