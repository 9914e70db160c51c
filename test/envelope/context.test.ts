import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { encodeContext } from '../../src/envelope/index.ts';
import { toHex } from './field-vectors.ts';

/** Short and long, in ASCII or with any characters. */
const part = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 12 }),
	fc.string({ unit: 'binary-ascii', maxLength: 200 }),
	fc
		.tuple(fc.string({ unit: 'binary-ascii', maxLength: 130 }), fc.constantFrom('', 'é', '😀', '\u0080', '\u007f'))
		.map(([text, end]) => text + end),
);
const parts = fc.array(part, { maxLength: 6 });

/** Decodes a context. If each context has one decoding, no two lists have the same encoding. */
function decodeContext(context: Uint8Array): string[] {
	const view = new DataView(context.buffer, context.byteOffset, context.length);
	const decoded: string[] = [];
	for (let offset = 0; offset < context.length; ) {
		const end = offset + 4 + view.getUint32(offset);
		decoded.push(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(context.subarray(offset + 4, end)));
		offset = end;
	}
	return decoded;
}

describe('encodeContext', () => {
	it('encodes the example of FORMAT.md', () => {
		expect(toHex(encodeContext(['a', 'bc']))).toBe('0000000161000000026263');
		expect(encodeContext([])).toHaveLength(0);
	});

	it('counts bytes, not characters', () => {
		expect(toHex(encodeContext(['é😀']))).toBe('00000006c3a9f09f9880');
	});

	it('is injective: every context decodes to the list it was made from', () => {
		fc.assert(
			fc.property(parts, (list) => {
				expect(decodeContext(encodeContext(list))).toEqual(list);
			}),
		);
	});

	it('has the length of each part in bytes, then its UTF-8', () => {
		fc.assert(
			fc.property(parts, (list) => {
				const expected = list.map((each) => {
					const bytes = Buffer.from(each, 'utf8');
					return bytes.length.toString(16).padStart(8, '0') + bytes.toString('hex');
				});
				expect(toHex(encodeContext(list))).toBe(expected.join(''));
			}),
		);
	});

	it('distinguishes lists that joined strings would confuse', () => {
		const lists = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], ['a\0b', 'c'], ['\0\0\0\x01a'], ['a']];
		expect(new Set(lists.map((list) => toHex(encodeContext(list)))).size).toBe(lists.length);
	});

	it('refuses lone surrogates, which would all be encoded as U+FFFD', () => {
		for (const part of ['\ud800', 'a\udfff', '\udc00\ud800', `${'x'.repeat(100)}\ud800`, `\ud800${'x'.repeat(100)}`]) {
			expect(() => encodeContext(['x', part])).toThrow(
				expect.objectContaining({
					code: 'BAD_USER_INPUT',
					message: expect.stringMatching(/remove the lone surrogate/),
				}),
			);
		}
	});
});
