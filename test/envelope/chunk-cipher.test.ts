import { fc } from '@fast-check/vitest';
import { describe, expect, it, vi } from 'vitest';
import {
	type ChunkAead,
	type ChunkCipher,
	createChunkCipher,
	decryptChunked,
	encryptChunked,
	openChunkCipher,
} from '../../src/envelope/index.ts';
import {
	type CobblestoneVector,
	cobblestone,
	DOES_NOT_OPEN,
	digest,
	nonceAt,
	outcome,
	sealByNode,
} from './chunked-vectors.ts';
import { aead, toHex } from './field-vectors.ts';

const [first] = cobblestone as readonly [CobblestoneVector];
const raw = first.key;
const key = aead.importKey(raw);
const context = new TextEncoder().encode('where it belongs');
const MAX_INDEX = 2 ** 38 - 1;

/** No two chunks of it are equal. */
const bytes = (length: number) =>
	Uint8Array.from({ length }, (_, index) => (index ^ (index >> 8) ^ (index >> 14)) & 0xff);

const saltOf = (salt: Uint8Array): ChunkAead<ReturnType<typeof aead.importKey>> => ({
	...aead,
	generateSalt: () => salt,
});

/** Seals a message in two calls: the full chunks of `plaintext`, then the rest. */
function sealAll(cipher: ChunkCipher, plaintext: Uint8Array): Uint8Array {
	const full = plaintext.length - (plaintext.length % 16_384);
	return new Uint8Array(
		Buffer.concat([
			cipher.prefix,
			cipher.sealFull(room(full + full / 1_024), 0, plaintext.subarray(0, full)),
			cipher.sealLast(room(), full / 16_384, plaintext.subarray(full)),
		]),
	);
}

/** Opens into a larger buffer that already holds other bytes. */
const room = (length = 200_000) => new Uint8Array(length).fill(0xee);

const later = <T>(work: () => T): Promise<T> => Promise.resolve().then(work);

describe('the synchronous chunk cipher', () => {
	it.each(cobblestone.filter(({ result }) => result === 'valid'))('$tcId: $comment', (vector) => {
		const vectorKey = aead.importKey(vector.key);
		const prefix = vector.ciphertext.subarray(0, 56);
		const cipher = openChunkCipher(aead, vectorKey, prefix, vector.context);
		const plaintext = cipher.open(room(5_000_000), 0, vector.ciphertext.subarray(56));
		expect(digest('sha512', plaintext)).toBe(vector.msgSha512);
		const again = createChunkCipher(saltOf(prefix.slice(0, 24)), vectorKey, vector.context);
		expect(Buffer.compare(sealAll(again, plaintext), vector.ciphertext)).toBe(0);
	});

	it.each(cobblestone.filter(({ flags }) => flags.includes('HeaderFailure')))(
		'$tcId: $comment, refused before any chunk is opened',
		async (vector) => {
			const openInto = vi.fn(aead.openInto);
			const opening = later(() =>
				openChunkCipher(
					{ ...aead, openInto },
					aead.importKey(vector.key),
					vector.ciphertext.slice(0, 56),
					vector.context,
				),
			);
			expect(await outcome(opening)).not.toBe('opened');
			expect(openInto).not.toHaveBeenCalled();
		},
	);

	it('seals what the asynchronous cipher opens, and opens what that one seals', async () => {
		const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
		const size = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 32_700, max: 32_800 }));
		await fc.assert(
			fc.asyncProperty(exactly(32), fc.uint8Array({ maxLength: 80 }), size, async (anyKey, anyContext, length) => {
				const plaintext = bytes(length);
				const imported = aead.importKey(anyKey);
				const message = sealAll(createChunkCipher(aead, imported, anyContext), plaintext);
				const opened = await decryptChunked({ key: anyKey, context: anyContext, ciphertext: message });
				expect(Buffer.compare(opened, plaintext)).toBe(0);
				const theirs = await encryptChunked({ key: anyKey, context: anyContext, plaintext });
				const cipher = openChunkCipher(aead, imported, theirs.subarray(0, 56), anyContext);
				expect(Buffer.compare(cipher.open(room(), 0, theirs.subarray(56)), plaintext)).toBe(0);
			}),
		);
	});

	it('handles a run of chunks as it handles them one by one', () => {
		const cipher = createChunkCipher(aead, key, context);
		const plaintext = bytes(16_384 * 5);
		const sealed = cipher.sealFull(room(), 7, plaintext);
		const pieces = [
			plaintext.subarray(0, 16_384),
			plaintext.subarray(16_384, 65_536),
			new Uint8Array(),
			plaintext.subarray(65_536),
		];
		expect(toHex(cipher.sealFull(room(), 7, ...pieces))).toBe(toHex(sealed));
		const again = [sealed.subarray(0, 16_400 * 2), sealed.subarray(16_400 * 2)];
		expect(toHex(cipher.open(room(), 7, ...again))).toBe(toHex(plaintext));
	});

	it('counts as the vectors do, up to the highest index', async () => {
		const cipher = openChunkCipher(aead, key, first.ciphertext.subarray(0, 56), first.context);
		const text = bytes(20);
		for (const index of [0, 1, 255, 256, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 37 + 1, MAX_INDEX]) {
			const theirs = sealByNode(first.aeadKey as string, nonceAt(first.baseNonce as string, index), text);
			expect(toHex(cipher.sealLast(room(), index, text))).toBe(toHex(theirs));
			expect(toHex(cipher.open(room(), index, theirs))).toBe(toHex(text));
		}
		for (const index of [-1, 0.5, Number.NaN, MAX_INDEX + 1]) {
			expect(() => cipher.sealLast(room(), index, text)).toThrow(RangeError);
			expect(() => cipher.open(room(), index, new Uint8Array(16))).toThrow(RangeError);
		}
		expect(() => cipher.sealFull(room(), MAX_INDEX, bytes(32_768))).toThrow(RangeError);
	});

	it('seals no chunk of an invalid length', () => {
		const cipher = createChunkCipher(aead, key, context);
		for (const length of [1, 16_383, 16_385])
			expect(() => cipher.sealFull(room(), 0, bytes(16_384), bytes(length))).toThrow(
				/^A chunk that is not the last holds 16384/,
			);
		for (const length of [16_384, 16_385, 32_768])
			expect(() => cipher.sealLast(room(), 0, bytes(length))).toThrow(
				/^The last chunk holds fewer than 16384 bytes\.$/,
			);
	});

	it('generates a new salt for each message', () => {
		const prefixes = Array.from({ length: 50 }, () => toHex(createChunkCipher(aead, key, context).prefix.slice(0, 24)));
		expect(new Set(prefixes).size).toBe(50);
	});

	it('leaves no raw key behind, even if importing fails', () => {
		const given: Uint8Array[] = [];
		const watching = (fails: boolean): typeof aead => ({
			...aead,
			importKey(bytesOfKey) {
				given.push(bytesOfKey);
				expect(bytesOfKey.some((byte) => byte !== 0)).toBe(true);
				if (fails) throw new Error('no memory');
				return aead.importKey(bytesOfKey);
			},
		});
		createChunkCipher(watching(false), key, context);
		expect(() => createChunkCipher(watching(true), key, context)).toThrow('no memory');
		expect(given.map((each) => toHex(each))).toEqual(['00'.repeat(32), '00'.repeat(32)]);
	});
});

describe('a message that does not open', () => {
	const cipher = createChunkCipher(aead, key, context);
	const plaintext = bytes(16_384 * 3 + 100);
	const message = sealAll(cipher, plaintext);
	const chunks = message.subarray(56);

	it('has a changed, cut or extended prefix, or another context or key', async () => {
		const opening = (prefix: Uint8Array, by = key, of = context) =>
			outcome(later(() => openChunkCipher(aead, by, prefix, of)));
		for (let bit = 0; bit < 56 * 8; bit++) {
			const changed = message.slice(0, 56);
			changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
			expect(await opening(changed)).toBe(DOES_NOT_OPEN);
		}
		for (const length of [0, 24, 55, 57]) expect(await opening(message.slice(0, length))).toBe(DOES_NOT_OPEN);
		expect(await opening(message.slice(0, 56), aead.importKey(bytes(32)))).toBe(DOES_NOT_OPEN);
		expect(await opening(message.slice(0, 56), key, bytes(3))).toBe(DOES_NOT_OPEN);
		expect(await opening(message.slice(0, 56))).toBe('opened');
	});

	it('has a chunk at another index, or one that is damaged, cut or extended', async () => {
		const opening = (index: number, ...sealed: Uint8Array[]) =>
			outcome(later(() => cipher.open(room(), index, ...sealed)));
		const second = chunks.slice(16_400, 32_800);
		expect(await opening(1, second)).toBe('opened');
		expect(await opening(0, second)).toBe(DOES_NOT_OPEN);
		for (const at of [0, 9_000, 16_383, 16_384, 16_399]) {
			const damaged = second.slice();
			damaged[at] = (damaged[at] as number) ^ 1;
			expect(await opening(1, damaged)).toBe(DOES_NOT_OPEN);
		}
		for (const length of [0, 15, 16, 16_399]) expect(await opening(1, second.subarray(0, length))).toBe(DOES_NOT_OPEN);
		expect(await opening(1, second, bytes(15))).toBe(DOES_NOT_OPEN);
		expect(await opening(1, second, second)).toBe(DOES_NOT_OPEN);
		expect(await opening(1)).toBe(DOES_NOT_OPEN);
		expect(await opening(3, chunks.subarray(49_200), bytes(16))).toBe(DOES_NOT_OPEN);
	});

	it('reveals nothing of the chunks before the damaged one', async () => {
		const damaged = chunks.slice();
		damaged[40_000] = (damaged[40_000] as number) ^ 1;
		const target = room(60_000);
		expect(await outcome(later(() => cipher.open(target, 0, damaged)))).toBe(DOES_NOT_OPEN);
		expect(target.subarray(0, 32_768).every((byte) => byte === 0)).toBe(true);
		expect(target.subarray(32_768).every((byte) => byte === 0xee)).toBe(true);
	});
});

describe('the output buffer', () => {
	const cipher = createChunkCipher(aead, key, context);

	it('is written from its start, and returned as far as it was written', () => {
		const target = room();
		const sealed = cipher.sealFull(target, 0, bytes(32_768));
		expect([sealed.buffer === target.buffer, sealed.byteOffset, sealed.length]).toEqual([true, 0, 32_800]);
		expect(target[32_800]).toBe(0xee);
		const opened = cipher.open(room(), 0, sealed);
		expect([opened.length, Buffer.compare(opened, bytes(32_768))]).toEqual([32_768, 0]);
	});

	it('stays unchanged if it is too small', () => {
		const target = room(32_799);
		expect(() => cipher.sealFull(target, 0, bytes(32_768))).toThrow(/^The buffer for chunks is too small\.$/);
		expect(() => cipher.sealLast(room(20), 0, bytes(5))).toThrow(RangeError);
		const sealed = cipher.sealLast(room(21), 0, bytes(5));
		expect(() => cipher.open(room(4), 0, sealed)).toThrow(RangeError);
		expect(target.every((byte) => byte === 0xee)).toBe(true);
	});
});
