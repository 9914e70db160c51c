import { createHmac, hkdfSync } from 'node:crypto';
import { fc } from '@fast-check/vitest';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hkdfExpand } from '../../src/envelope/hkdf-expand.ts';
import { toHex } from './field-vectors.ts';

const ikm = Uint8Array.from({ length: 32 }, (_, index) => index);
/** The extract step of Node's HKDF, whose salt is zeros, so that the test can compare the expand step. */
const prk = createHmac('sha512', new Uint8Array(64)).update(ikm).digest();
const key = await crypto.subtle.importKey('raw', prk, { name: 'HMAC', hash: 'SHA-512' }, false, ['sign']);

function expandByNode(info: Uint8Array, length: number): string {
	return toHex(new Uint8Array(hkdfSync('sha512', ikm, '', info, length)));
}

afterEach(() => {
	vi.restoreAllMocks();
});

describe('hkdfExpand', () => {
	it('equals the expand step of Node’s HKDF, for any length and info', async () => {
		const info = fc.uint8Array({ maxLength: 200 });
		await fc.assert(
			fc.asyncProperty(info, fc.integer({ min: 1, max: 260 }), async (given, length) => {
				expect(toHex(await hkdfExpand(key, given, length))).toBe(expandByNode(given, length));
			}),
		);
	});

	it.each([1, 63, 64, 65, 76, 127, 128, 129, 16_320])('returns %i bytes', async (length) => {
		expect(toHex(await hkdfExpand(key, ikm, length))).toBe(expandByNode(ikm, length));
	});

	it('refuses more than 255 blocks, after which they would repeat', async () => {
		await expect(hkdfExpand(key, ikm, 16_321)).rejects.toThrow(
			/^HKDF-Expand with SHA-512 makes at most 16320 bytes\.$/,
		);
		await expect(hkdfExpand(key, ikm, 16_321)).rejects.toThrow(RangeError);
	});

	it('computes no block too many, and leaves nothing of the output in its own buffers', async () => {
		const sign = vi.spyOn(crypto.subtle, 'sign');
		expect(toHex(await hkdfExpand(key, ikm, 128))).toBe(expandByNode(ikm, 128));
		expect(sign).toHaveBeenCalledTimes(2);
		const buffers = await Promise.all(
			sign.mock.results.map(async ({ value }) => new Uint8Array((await value) as ArrayBuffer)),
		);
		const inputs = sign.mock.calls.map(([, , input]) => new Uint8Array((input as Uint8Array).buffer));
		for (const buffer of [...buffers, ...inputs]) expect(buffer.every((byte) => byte === 0)).toBe(true);
	});
});
