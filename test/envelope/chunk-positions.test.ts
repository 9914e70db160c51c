import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { chunkAt, chunkStart, layoutOf, messageLengthOf } from '../../src/envelope/index.ts';

const MAX_CHUNKS = 2 ** 38;
const MAX_PLAINTEXT_LENGTH = MAX_CHUNKS * 16_384 - 1;

/** Plaintext length, chunks, message length. */
const lengths = [
	[0, 1, 72],
	[1, 1, 73],
	[16_383, 1, 16_455],
	[16_384, 2, 16_472],
	[16_385, 2, 16_473],
	[32_767, 2, 32_855],
	[32_768, 3, 32_872],
	[MAX_PLAINTEXT_LENGTH, MAX_CHUNKS, 56 + MAX_PLAINTEXT_LENGTH + MAX_CHUNKS * 16],
] as const;

function refusal(message: number) {
	return () => layoutOf(message);
}

const DOES_NOT_OPEN = expect.objectContaining({ code: 'CIPHERTEXT_INVALID' });

describe('the length of a message', () => {
	it.each(lengths)('for %i bytes is that of %i chunks: %i', (plaintextLength, chunks, messageLength) => {
		expect(messageLengthOf(plaintextLength)).toBe(messageLength);
		expect(layoutOf(messageLength)).toEqual({ chunks, plaintextLength });
	});

	it('determines the length of the plaintext, up to 4 PiB', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: MAX_PLAINTEXT_LENGTH }), (plaintextLength) => {
				const layout = layoutOf(messageLengthOf(plaintextLength));
				expect(layout).toEqual({ chunks: Math.floor(plaintextLength / 16_384) + 1, plaintextLength });
			}),
		);
	});

	it('is invalid without a last chunk, or if a tag is cut', () => {
		for (const full of [0, 1, 2, 1000]) {
			for (let rest = 0; rest < 16; rest++) expect(refusal(56 + full * 16_400 + rest)).toThrow(DOES_NOT_OPEN);
			expect(layoutOf(56 + full * 16_400 + 16)).toEqual({ chunks: full + 1, plaintextLength: full * 16_384 });
		}
	});

	it('is invalid below the length of salt and commitment', () => {
		for (let length = 0; length < 56; length++) expect(refusal(length)).toThrow(DOES_NOT_OPEN);
	});

	it('is invalid from 4 PiB', () => {
		expect(refusal(56 + MAX_CHUNKS * 16_400 + 16)).toThrow(DOES_NOT_OPEN);
		expect(() => messageLengthOf(MAX_PLAINTEXT_LENGTH + 1)).toThrow(RangeError);
		expect(() => messageLengthOf(MAX_PLAINTEXT_LENGTH + 1)).toThrow(/^A message holds less than 4 PiB\.$/);
	});
});

describe('the position of a chunk', () => {
	it('is found from an offset of the plaintext', () => {
		expect([0, 16_383, 16_384, 32_767, 32_768, MAX_PLAINTEXT_LENGTH].map(chunkAt)).toEqual([
			0,
			0,
			1,
			1,
			2,
			MAX_CHUNKS - 1,
		]);
	});

	it('follows the salt, the commitment and the chunks before it', () => {
		expect([0, 1, 2, MAX_CHUNKS - 1].map(chunkStart)).toEqual([56, 16_456, 32_856, 56 + (MAX_CHUNKS - 1) * 16_400]);
	});
});
