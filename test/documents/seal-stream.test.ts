import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createFileSealer } from '../../src/content/file-sealer.ts';
import { sealStream } from '../../src/documents/seal-stream.ts';
import { createChunkCipher, decryptChunked } from '../../src/envelope/index.ts';
import { digest } from '../envelope/chunked-vectors.ts';
import { scale } from '../support/scale.ts';
import { aead, bytes, drain, gather, pieces } from './files-in-memory.ts';

const raw = bytes(32);
const context = new TextEncoder().encode('where it belongs');
const header = bytes(16);

const sealer = () => createFileSealer(header, createChunkCipher(aead, aead.importKey(raw), context));
/** Opens the whole object with the second implementation. */
const open = (object: Uint8Array) => decryptChunked({ key: raw, context, ciphertext: object.subarray(16) });

const lengths = fc.array(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 16_370, max: 33_000 })), {
	minLength: 1,
	maxLength: 12,
});
/** The last length repeats until the end, so it is not zero, and not so small that the test takes too long. */
const splits = fc.tuple(lengths, fc.integer({ min: 500, max: 70_000 })).map(([first, last]) => [...first, last]);

describe('a file that is sealed as a stream', () => {
	it('is the same in whatever pieces it arrives, and any reader opens it', async () => {
		const sizes = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 32_700, max: 120_000 }));
		await fc.assert(
			fc.asyncProperty(sizes, splits, async (size, split) => {
				const plaintext = bytes(size);
				const stream = sealStream(sealer(), pieces(plaintext, split));
				const object = await gather(stream);
				expect(Buffer.compare(object.subarray(0, 16), header)).toBe(0);
				expect(Buffer.compare(await open(object), plaintext)).toBe(0);
				expect(stream.plaintext()).toEqual({ size, sha256: digest('sha256', plaintext) });
			}),
			{ numRuns: scale(60) },
		);
	});

	it.each([0, 1, 16_383, 16_384, 16_385, 32_768, 262_143, 262_144, 262_145, 1_000_000])(
		'of %i bytes can arrive in one piece',
		async (size) => {
			const plaintext = bytes(size);
			const object = await gather(sealStream(sealer(), pieces(plaintext, [size + 1])));
			expect(object).toHaveLength(72 + size + 16 * (Math.floor(size / 16_384) + 1));
			expect(Buffer.compare(await open(object), plaintext)).toBe(0);
		},
	);

	it('requests nothing before it is read, and is never more than one piece ahead', async () => {
		let taken = 0;
		async function* source() {
			for (let n = 0; n < 40; n++) {
				taken++;
				yield bytes(16_384);
			}
		}
		const stream = sealStream(sealer(), source())[Symbol.asyncIterator]();
		expect(taken).toBe(0);
		expect((await stream.next()).value).toHaveLength(72);
		expect(taken).toBe(0);
		for (let n = 1; n <= 40; n++) {
			expect((await stream.next()).value).toHaveLength(16_400);
			expect(taken).toBe(n);
		}
	});

	it('gives at most 17 chunks per piece, however large the input is', async () => {
		for await (const piece of sealStream(sealer(), pieces(bytes(3_000_000), [100, 2_000_000])))
			expect(piece.length).toBeLessThanOrEqual(17 * 16_400);
	});

	it('reuses one buffer unless a piece is larger', () => {
		const one = sealer();
		const first = one.update(bytes(70_000));
		const second = one.update(bytes(70_000));
		expect([first.length, second.length, second.buffer === first.buffer]).toEqual([65_600, 65_600, true]);
		expect(one.update(bytes(200_000)).buffer === first.buffer).toBe(false);
	});

	it('passes on an error of its source, and what was written until then is no valid object', async () => {
		const trouble = new Error('The sender is gone.');
		async function* cut() {
			yield bytes(50_000);
			throw trouble;
		}
		const stream = sealStream(sealer(), cut());
		const { given, error } = await drain(stream);
		expect(error).toBe(trouble);
		expect(given).toHaveLength(72 + 3 * 16_400);
		await expect(open(given)).rejects.toMatchObject({ code: 'CIPHERTEXT_INVALID' });
		expect(() => stream.plaintext()).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
	});

	it('reports nothing about the whole before its end', async () => {
		const stream = sealStream(sealer(), pieces(bytes(20_000), [20_000]));
		const reading = stream[Symbol.asyncIterator]();
		for (let n = 0; n < 2; n++) {
			await reading.next();
			expect(() => stream.plaintext()).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
		}
		await reading.next();
		expect(stream.plaintext().size).toBe(20_000);
	});

	it('closes its source if its reader stops', async () => {
		let isClosed = false;
		async function* source() {
			try {
				for (;;) yield bytes(20_000);
			} finally {
				isClosed = true;
			}
		}
		for await (const piece of sealStream(sealer(), source())) if (piece.length > 72) break;
		expect(isClosed).toBe(true);
	});
});

describe('a sealer', () => {
	it('accepts nothing after its end', () => {
		const ended = sealer();
		ended.update(bytes(10));
		expect(ended.end()).toHaveLength(26);
		expect(() => ended.update(bytes(10))).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
		expect(() => ended.end()).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
	});
});
