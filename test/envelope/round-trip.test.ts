import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
	decodeValue,
	encodeValue,
	openField,
	openPayload,
	type ScalarType,
	sealField,
	sealPayload,
	type ValueType,
} from '../../src/envelope/index.ts';
import { scale } from '../support/scale.ts';
import { aead, type FieldVector, fieldKeyOf, fromHex, vectors } from './field-vectors.ts';

const [vector] = vectors.fields as readonly [FieldVector];
const fieldKey = fieldKeyOf(vector);

const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !value.includes('\0'));
const float = fc
	.double({ noNaN: true, noDefaultInfinity: true })
	.filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value))
	.map((value) => value + 0 || 0);
const dateTime = fc
	.date({ min: new Date('0000-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
	.map((date) => date.toISOString());
const json = fc.letrec<{ value: unknown }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 4 },
		text,
		float,
		fc.boolean(),
		fc.constant(null),
		fc.array(tie('value'), { maxLength: 4 }),
		fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true }),
	),
})).value;

const scalars: Record<ScalarType, fc.Arbitrary<unknown>> = {
	String: text,
	ID: text,
	Enum: text,
	Int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
	Float: float,
	Boolean: fc.boolean(),
	DateTime: dateTime,
	Decimal: fc.stringMatching(/^-?[0-9]{1,20}(\.[0-9]{1,8})?$/),
	JSON: json.filter((value) => value !== null),
};

const types = Object.entries(scalars).flatMap(([type, values]) => [
	{ type: type as ValueType, values },
	{ type: `[${type}]` as ValueType, values: fc.array(fc.option(values), { maxLength: 6 }) },
]);
const pad = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 300 }));

describe.each(types)('$type', ({ type, values }) => {
	it('opens as it was sealed, with any padding', () => {
		fc.assert(
			fc.property(values, pad, (value, multiple) => {
				const payload = encodeValue(type, value, multiple);
				if (multiple > 0) expect(payload.length % multiple).toBe(0);
				const envelope = sealPayload(aead, fieldKey, vector.row, payload);
				expect(envelope).toHaveLength(38 + payload.length);
				expect(decodeValue(type, openPayload(aead, fieldKey, vector.row, envelope))).toStrictEqual(value);
			}),
		);
	});

	it('crosses between node:crypto and WebCrypto', async () => {
		const web = { key: fromHex(vector.fieldKey), place: vector, row: vector.row, type };
		await fc.assert(
			fc.asyncProperty(values, pad, async (value, multiple) => {
				const theirs = await sealField({ ...web, version: vector.keyVersion, value, pad: multiple });
				expect(decodeValue(type, openPayload(aead, fieldKey, vector.row, theirs))).toStrictEqual(value);
				const ours = sealPayload(aead, fieldKey, vector.row, encodeValue(type, value, multiple));
				expect(await openField({ ...web, envelope: ours })).toStrictEqual(value);
			}),
			{ numRuns: scale(20) },
		);
	});
});

describe('padding', () => {
	it('extends a value to the next multiple, its prefix included', () => {
		const lengths = [0, 58, 59, 60, 122, 123, 124].map((size) => encodeValue('String', 'x'.repeat(size), 64).length);
		expect(lengths).toEqual([64, 64, 64, 128, 128, 128, 192]);
	});

	it('gives values of different lengths the same size', () => {
		expect(encodeValue('String', 'yes', 256)).toHaveLength(encodeValue('String', 'x'.repeat(251), 256).length);
	});

	it('is a whole number of bytes', () => {
		for (const multiple of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
			const encode = () => encodeValue('String', 'a', multiple);
			expect(encode).toThrow(RangeError);
			expect(encode).toThrow(/^Padding is/);
		}
	});
});

describe('a value', () => {
	it('keeps a leading U+FEFF', () => {
		expect(decodeValue('String', encodeValue('String', '\ufeffDear client', 0))).toBe('\ufeffDear client');
	});

	it('stays a value if it is falsy', () => {
		const falsy: [ValueType, unknown][] = [
			['String', ''],
			['Int', 0],
			['Boolean', false],
			['[Int]', []],
			['JSON', ''],
		];
		for (const [type, value] of falsy) expect(decodeValue(type, encodeValue(type, value, 0))).toStrictEqual(value);
	});

	it('of type DateTime may be a Date or have an offset, and opens as UTC', () => {
		const given = [new Date(Date.UTC(2026, 10, 24, 13, 37)), '2026-11-24T13:37:00Z', '2026-11-24T15:37:00.000+02:00'];
		for (const value of [...given, '2026-11-25T12:37:00+23:00', '2026-11-23T14:37:00.0-23:00']) {
			expect(decodeValue('DateTime', encodeValue('DateTime', value, 0))).toBe('2026-11-24T13:37:00.000Z');
		}
	});

	it('of type JSON is written with sorted names', () => {
		const payload = encodeValue('JSON', { b: 1, a: [true, null], é: 'x' }, 0);
		expect(new TextDecoder().decode(payload)).toBe('\x02{"a":[true,null],"b":1,"é":"x"}');
	});
});
