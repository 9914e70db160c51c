import { createHash } from 'node:crypto';
import { test } from '@fast-check/vitest';
import { array, uint8Array } from 'fast-check';
import { expect, it } from 'vitest';
import { Sha256Stream, sha256 } from '../../../web/verify/sha256.ts';
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

it('is right for every length around one and two blocks', () => {
	const bytes = Uint8Array.from({ length: 200 }, (_, at) => at * 7);
	for (let length = 0; length <= 200; length++) {
		const part = bytes.subarray(0, length);
		expect(hex(sha256(part))).toBe(createHash('sha256').update(part).digest('hex'));
	}
});

test.prop([array(uint8Array({ maxLength: 150 }), { maxLength: 6 })], { numRuns: scale(1_000) })(
	'equals the hash of the platform, in parts of any length, from any place in a buffer',
	(parts) => {
		const moved = parts.map((part) => new Uint8Array([9, ...part]).subarray(1));
		expect(hex(sha256(...moved))).toBe(createHash('sha256').update(Buffer.concat(parts)).digest('hex'));
	},
);

it('begins again after a digest', () => {
	const [stream, block] = [new Sha256Stream(), new Uint8Array(100_000).fill(7)];
	const once = hex(stream.update(block).digest());
	expect(hex(stream.update(block).digest())).toBe(once);
	expect(once).toBe(createHash('sha256').update(block).digest('hex'));
});
