import { fc } from '@fast-check/vitest';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decryptChunked, encryptChunked } from '../../src/envelope/index.ts';
import { cobblestone, DOES_NOT_OPEN, digest, outcome } from './chunked-vectors.ts';
import { toHex } from './field-vectors.ts';

const key = Uint8Array.from({ length: 32 }, (_, index) => 7 * index);
const context = new TextEncoder().encode('where it belongs');
const valid = cobblestone.filter(({ result }) => result === 'valid');
const invalid = cobblestone.filter(({ result }) => result === 'invalid');

/** No two chunks of it are equal. */
function bytes(length: number): Uint8Array {
	return Uint8Array.from({ length }, (_, index) => (index ^ (index >> 8) ^ (index >> 14)) & 0xff);
}

/** Prefix and chunks of a message. */
function partsOf(message: Uint8Array): [Uint8Array, ...Uint8Array[]] {
	const chunks: Uint8Array[] = [];
	for (let start = 56; start < message.length; start += 16_400) chunks.push(message.slice(start, start + 16_400));
	return [message.slice(0, 56), ...chunks];
}

function join(...parts: (Uint8Array | undefined)[]): Uint8Array {
	return new Uint8Array(Buffer.concat(parts.filter((part) => part !== undefined)));
}

async function openingOf(ciphertext: Uint8Array): Promise<string> {
	return outcome(decryptChunked({ key, context, ciphertext }));
}

afterEach(() => {
	vi.restoreAllMocks();
});

describe('the vectors of Wycheproof', () => {
	it('are all here', () => {
		expect([valid.length, invalid.length]).toEqual([10, 25]);
	});

	it.each(valid)('$tcId: $comment', async ({ key, context, ciphertext, msgLength, msgSha512 }) => {
		const plaintext = await decryptChunked({ key, context, ciphertext });
		expect(plaintext).toHaveLength(msgLength as number);
		expect(digest('sha512', plaintext)).toBe(msgSha512);
		const again = await encryptChunked({ key, context, plaintext, salt: ciphertext.slice(0, 24) });
		expect(digest('sha512', again)).toBe(digest('sha512', ciphertext));
	});

	it.each(invalid)('$tcId: $comment', async ({ key, context, ciphertext, flags }) => {
		const refusal = flags.includes('InvalidKeySize')
			? 'RangeError: A key of chunked encryption is 32 bytes.'
			: DOES_NOT_OPEN;
		expect(await outcome(decryptChunked({ key, context, ciphertext }))).toBe(refusal);
	});

	it('with a failing header are refused before any chunk is opened', async () => {
		const decrypt = vi.spyOn(crypto.subtle, 'decrypt');
		const headers = cobblestone.filter(({ flags }) => flags.includes('HeaderFailure'));
		expect(headers).toHaveLength(10);
		for (const vector of headers) expect(await outcome(decryptChunked(vector))).not.toBe('opened');
		expect(decrypt).not.toHaveBeenCalled();
	});
});

describe('a sealed message', () => {
	it.each([0, 1, 16_383, 16_384, 16_385, 32_767, 32_768, 32_769, 49_152])('of %i bytes opens again', async (length) => {
		const plaintext = bytes(length);
		const ciphertext = await encryptChunked({ key, context, plaintext });
		expect(ciphertext).toHaveLength(56 + length + 16 * (Math.floor(length / 16_384) + 1));
		expect(toHex(await decryptChunked({ key, context, ciphertext }))).toBe(toHex(plaintext));
	});

	it('of any bytes opens under its key and context, from views into larger buffers', async () => {
		const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
		const size = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 16_380, max: 16_390 }));
		await fc.assert(
			fc.asyncProperty(exactly(32), fc.uint8Array({ maxLength: 80 }), size, async (anyKey, anyContext, length) => {
				const plaintext = bytes(length + 9).subarray(5, 5 + length);
				const sealed = await encryptChunked({ key: anyKey, context: anyContext, plaintext });
				const ciphertext = join(bytes(3), sealed, bytes(3)).subarray(3, 3 + sealed.length);
				const opened = await decryptChunked({ key: anyKey, context: anyContext, ciphertext });
				expect(Buffer.compare(opened, plaintext)).toBe(0);
			}),
		);
	});

	it('is never the same twice: the salt is random', async () => {
		const plaintext = bytes(20);
		const messages = await Promise.all(
			Array.from({ length: 50 }, async () => encryptChunked({ key, context, plaintext })),
		);
		expect(new Set(messages.map((message) => toHex(message.slice(0, 24)))).size).toBe(50);
		expect(new Set(messages.map((message) => toHex(message.slice(56)))).size).toBe(50);
	});
});

describe('an attacker who holds a message', () => {
	const sizes = [0, 1, 100, 16_384, 40_000, 49_152];

	it('cannot change a bit of a short message', async () => {
		const message = await encryptChunked({ key, context, plaintext: bytes(10) });
		const outcomes = new Set<string>();
		for (let bit = 0; bit < message.length * 8; bit++) outcomes.add(await openingOf(flip(message, bit)));
		expect([...outcomes]).toEqual([DOES_NOT_OPEN]);
	});

	it('cannot change a bit of a long message', async () => {
		const message = await encryptChunked({ key, context, plaintext: bytes(40_000) });
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 0, max: message.length * 8 - 1 }), async (bit) => {
				expect(await openingOf(flip(message, bit))).toBe(DOES_NOT_OPEN);
			}),
		);
	});

	it.each(sizes)('cannot cut %i bytes, at a chunk boundary or next to it', async (length) => {
		const message = await encryptChunked({ key, context, plaintext: bytes(length) });
		const boundaries = [0, 24, 56, message.length - 16];
		for (let start = 56; start < message.length; start += 16_400) boundaries.push(start, start + 16, start + 16_384);
		const ends = boundaries.flatMap((end) => [end - 1, end, end + 1]);
		const cuts = ends.filter((end) => end >= 0 && end < message.length);
		const outcomes = await Promise.all(cuts.map(async (end) => openingOf(message.slice(0, end))));
		expect([...new Set(outcomes)]).toEqual([DOES_NOT_OPEN]);
	});

	it.each(sizes)('cannot append to %i bytes', async (length) => {
		const message = await encryptChunked({ key, context, plaintext: bytes(length) });
		const [prefix, ...chunks] = partsOf(message);
		const added = [Uint8Array.of(0), new Uint8Array(16), new Uint8Array(16_400), chunks[0], chunks.at(-1), message];
		for (const more of added) expect(await openingOf(join(message, more))).toBe(DOES_NOT_OPEN);
		expect(await openingOf(join(Uint8Array.of(0), message))).toBe(DOES_NOT_OPEN);
		expect(await openingOf(join(prefix, ...chunks))).toBe('opened');
	});

	it('cannot reorder, repeat, omit or exchange chunks', async () => {
		const [prefix, a, b, c, last] = partsOf(await encryptChunked({ key, context, plaintext: bytes(50_000) }));
		const [prefix2, a2, b2, c2, last2] = partsOf(await encryptChunked({ key, context, plaintext: bytes(50_000) }));
		const forged = [
			[prefix, b, a, c, last],
			[prefix, a, c, b, last],
			[prefix, last, a, b, c],
			[prefix, a, a, c, last],
			[prefix, a, b, b, last],
			[prefix, a, b, c, c, last],
			[prefix, a, b, c, last, last],
			[prefix, b, c, last],
			[prefix, a, b, last],
			[prefix, a, last],
			[prefix, a, b, c],
			[prefix, a2, b, c, last],
			[prefix, a, b, c, last2],
			[prefix, a2, b2, c2, last2],
			[prefix2, a, b, c, last],
		];
		for (const parts of forged) expect(await openingOf(join(...parts))).toBe(DOES_NOT_OPEN);
		expect(await openingOf(join(prefix, a, b, c, last))).toBe('opened');
	});

	it('cannot move a message to another key or context', async () => {
		const ciphertext = await encryptChunked({ key, context, plaintext: bytes(100) });
		for (let bit = 0; bit < key.length * 8; bit++) {
			expect(await outcome(decryptChunked({ key: flip(key, bit), context, ciphertext }))).toBe(DOES_NOT_OPEN);
		}
		const others = [new Uint8Array(), context.slice(1), context.slice(0, -1), join(context, Uint8Array.of(0))];
		for (const other of others) {
			expect(await outcome(decryptChunked({ key, context: other, ciphertext }))).toBe(DOES_NOT_OPEN);
		}
	});

	it('cannot use a context that looks like a salt', async () => {
		const salt = bytes(24);
		const message = await encryptChunked({ key, context: bytes(8), salt, plaintext: bytes(5) });
		const moved = join(salt.slice(8), bytes(8), message.slice(24));
		expect(await outcome(decryptChunked({ key, context: new Uint8Array(), ciphertext: moved }))).toBe(DOES_NOT_OPEN);
	});
});

describe('an invalid key or salt', () => {
	it('is refused before anything is sealed', async () => {
		const plaintext = bytes(1);
		const short = encryptChunked({ key: new Uint8Array(31), context, plaintext });
		expect(await outcome(short)).toBe('RangeError: A key of chunked encryption is 32 bytes.');
		for (const length of [0, 12, 23, 25]) {
			const message = encryptChunked({ key, context, plaintext, salt: new Uint8Array(length) });
			expect(await outcome(message)).toBe('RangeError: A salt is 24 bytes.');
		}
	});
});

describe('an argument that is not bytes', () => {
	const BYTES = 'RangeError: Plaintext, ciphertext, context and salt are bytes: give a Uint8Array.';

	it('is refused as a context, since texts of one length would bind the same', async () => {
		const plaintext = bytes(3);
		for (const text of ['firm-a', '', 5, [1, 2], null] as never[]) {
			expect(await outcome(encryptChunked({ key, context: text, plaintext }))).toBe(BYTES);
			const ciphertext = await encryptChunked({ key, context, plaintext });
			expect(await outcome(decryptChunked({ key, context: text, ciphertext }))).toBe(BYTES);
		}
	});

	it('is neither sealed nor opened', async () => {
		for (const text of ['text', undefined, { length: 3 }] as never[]) {
			expect(await outcome(encryptChunked({ key, context, plaintext: text }))).toBe(BYTES);
			expect(await outcome(decryptChunked({ key, context, ciphertext: text }))).toBe(BYTES);
		}
	});

	it.each([undefined, 'k'.repeat(32), {}])('is refused as a key: %s', async (wrong) => {
		const message = encryptChunked({ key: wrong as never, context, plaintext: bytes(1) });
		expect(await outcome(message)).toMatch(/^RangeError: A key of chunked encryption/);
	});
});

function flip(whole: Uint8Array, bit: number): Uint8Array {
	const changed = whole.slice();
	changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
	return changed;
}
