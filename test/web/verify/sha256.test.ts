import { createHash } from 'node:crypto';
import { test } from '@fast-check/vitest';
import { array, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { sha256, startSha256 } from '../../../web/verify/sha256.ts';
import { scale } from '../../support/scale.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

it('gives the values of FIPS 180', () => {
	const of = (text: string) => hex(sha256(new TextEncoder().encode(text)));
	expect(of('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
	expect(of('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
	expect(of('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
		'248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
	);
});

test.prop([array(uint8Array({ maxLength: 150 }), { maxLength: 6 })], { numRuns: scale(1_000) })(
	'equals the hash of the platform, in parts of any length, from any place in a buffer',
	(parts) => {
		const moved = parts.map((part) => new Uint8Array([9, ...part]).subarray(1));
		const stream = startSha256();
		for (const part of moved) stream.update(part);
		const expected = createHash('sha256').update(Buffer.concat(parts)).digest('hex');
		expect([hex(sha256(...moved)), hex(stream.digest())]).toEqual([expected, expected]);
	},
);
