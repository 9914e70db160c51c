import { describe, expect, it } from 'vitest';
import { decodeValue, type ValueType } from '../../src/envelope/index.ts';

const encoder = new TextEncoder();

function payload(typeByte: number, text: string): Uint8Array {
	return Uint8Array.of(typeByte, ...encoder.encode(text));
}

function padded(typeByte: number, length: number, rest: readonly number[]): Uint8Array {
	return Uint8Array.of(typeByte, 0, 0, length >> 8, length & 0xff, ...rest);
}

describe('a reader accepts any JSON text of the type', () => {
	const accepted: [ValueType, string, unknown][] = [
		['JSON', ' { "b" : 1 ,\r\n\t"a" : [ ] } ', { b: 1, a: [] }],
		['JSON', '{"z":"\\u0041","a":1.50e1}', { z: 'A', a: 15 }],
		['JSON', '"\\/"', '/'],
		['JSON', 'false', false],
		['Int', ' 1e2 ', 100],
		['Int', '-0.0', -0],
		['Float', '1E-1', 0.1],
		['Boolean', '\ttrue\n', true],
		['Decimal', '"\\u0031.50"', '1.50'],
		['DateTime', ' "2026-11-24T13:37:00.000Z" ', '2026-11-24T13:37:00.000Z'],
		['[String]', '[ "one" , null ]', ['one', null]],
		['[JSON]', '[{"a":null}]', [{ a: null }]],
	];
	it.each(accepted)('%s %s', (type, text, value) => {
		expect(decodeValue(type, payload(0x02, text))).toStrictEqual(value);
	});

	it('with padding to any multiple', () => {
		for (const zeros of [0, 1, 7, 1000]) {
			expect(decodeValue('String', padded(0x81, 2, [0x68, 0x69, ...new Uint8Array(zeros)]))).toBe('hi');
			expect(decodeValue('Int', padded(0x82, 1, [0x37, ...new Uint8Array(zeros)]))).toBe(7);
		}
	});

	it('with an empty text that fills its padding', () => {
		expect(decodeValue('String', padded(0x81, 0, []))).toBe('');
	});

	it('from a view into a larger buffer', () => {
		const larger = Uint8Array.of(9, 9, ...padded(0x81, 2, [0x68, 0x69, 0]), 9);
		expect(decodeValue('String', larger.subarray(2, 10))).toBe('hi');
	});
});

describe('a reader refuses anything else', () => {
	const refused: [string, ValueType, Uint8Array][] = [
		['an empty payload', 'String', new Uint8Array()],
		['type byte 0', 'String', payload(0x00, 'a')],
		['bytes', 'String', payload(0x03, 'a')],
		['padded bytes', 'String', padded(0x83, 1, [0x61])],
		['an unknown type byte', 'String', payload(0x04, 'a')],
		['another flag', 'String', payload(0x41, 'a')],
		['JSON for a String', 'String', payload(0x02, '"a"')],
		['text for JSON', 'JSON', payload(0x01, '{}')],
		['text for an Int', 'Int', payload(0x01, '1')],
		['text for a list', '[String]', payload(0x01, '["a"]')],
		['an overlong UTF-8 form', 'String', Uint8Array.of(0x01, 0xc0, 0x80)],
		['a surrogate in UTF-8', 'String', Uint8Array.of(0x01, 0xed, 0xa0, 0x80)],
		['cut UTF-8', 'String', Uint8Array.of(0x01, 0xe2, 0x82)],
		['malformed UTF-8 in JSON', 'JSON', Uint8Array.of(0x02, 0x22, 0xff, 0x22)],
		['no JSON', 'JSON', payload(0x02, '')],
		['cut JSON', 'JSON', payload(0x02, '{"a":')],
		['two JSON texts', 'JSON', payload(0x02, '1 2')],
		['a byte order mark', 'JSON', payload(0x02, '\ufeff1')],
		['null at the top', 'JSON', payload(0x02, 'null')],
		['null for a Boolean', 'Boolean', payload(0x02, 'null')],
		['a number for a Boolean', 'Boolean', payload(0x02, '1')],
		['a fraction for an Int', 'Int', payload(0x02, '1.5')],
		['33 bits for an Int', 'Int', payload(0x02, '2147483648')],
		['a string for a Float', 'Float', payload(0x02, '"1"')],
		['an infinity for a Float', 'Float', payload(0x02, '1e999')],
		['a number for a Decimal', 'Decimal', payload(0x02, '1.5')],
		['an exponent in a Decimal', 'Decimal', payload(0x02, '"1e3"')],
		['a DateTime without milliseconds', 'DateTime', payload(0x02, '"2026-11-24T13:37:00Z"')],
		['a DateTime of a year of six digits', 'DateTime', payload(0x02, '"+010000-01-01T00:00:00.000Z"')],
		['a DateTime of no calendar', 'DateTime', payload(0x02, '"2026-02-30T00:00:00.000Z"')],
		['a scalar for a list', '[Int]', payload(0x02, '1')],
		['a list of another type', '[Int]', payload(0x02, '["1"]')],
		['a list of numbers for texts', '[String]', payload(0x02, '[1]')],
		['a list for a scalar', 'Int', payload(0x02, '[1]')],
		['a length cut off', 'String', Uint8Array.of(0x81, 0, 0, 0)],
		['a length beyond the payload', 'String', padded(0x81, 3, [0x68, 0x69])],
		['a length of 2^32 - 1', 'String', Uint8Array.of(0x81, 0xff, 0xff, 0xff, 0xff, 0x61)],
		['padding that is not zero', 'String', padded(0x81, 1, [0x68, 0, 1])],
		['a length that hides part of the value', 'String', padded(0x81, 1, [0x68, 0x69])],
	];
	it.each(refused)('%s', (_, type, bytes) => {
		expect(() => decodeValue(type, bytes)).toThrow(
			expect.objectContaining({
				code: 'CIPHERTEXT_INVALID',
				message: expect.stringMatching(/^This stored value does not open: /),
			}),
		);
	});
});
