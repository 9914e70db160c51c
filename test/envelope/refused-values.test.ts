import { describe, expect, it } from 'vitest';
import { encodeValue, type FieldToSeal, sealField, type ValueType } from '../../src/envelope/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import { type FieldVector, fromHex, vectors } from './field-vectors.ts';

const SECRET = 'secret';
const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
const deep = JSON.parse(`${'['.repeat(130)}${']'.repeat(130)}`);

const refused: Partial<Record<ValueType, readonly unknown[]>> = {
	String: [`${SECRET}\ud800`, `\udc00${SECRET}`, `${SECRET}\0`, 1, true, {}, [SECRET], new Date()],
	ID: [7, 7n, '\ud800', '\0'],
	Enum: [1, '\0', Symbol('ISSUED')],
	Int: [2 ** 31, -(2 ** 31) - 1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1', 1n, true],
	Float: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 53, -(2 ** 53), 1e300, '1.5', 1n],
	Boolean: [0, 1, 'true', '', new Boolean(true)],
	DateTime: [
		'2026-02-30T00:00:00.000Z',
		'2025-02-29T00:00:00Z',
		'2026-13-01T00:00:00Z',
		'2026-11-24T24:00:00Z',
		'2026-11-24T13:37:60Z',
		'2026-11-24T13:37:00+24:00',
		' 2026-11-24T13:37:00Z',
		'2026-11-24T13:37:00Z (noon)',
		'2026-11-24T13:37:00.0001Z',
		'2026-11-24T13:37:00',
		'2026-11-24 13:37:00Z',
		'2026-11-24',
		'0000-01-01T00:00:00+01:00',
		'9999-12-31T23:59:59-01:00',
		'yesterday',
		1764000000000,
		['2026-11-24T13:37:00Z'],
		new Date(Number.NaN),
		new Date(Date.UTC(10000, 0)),
		new Date(Date.UTC(-1, 0)),
	],
	Decimal: ['', '-', '.5', '5.', '1e3', '+1', ' 1', '1\n', '1,5', '--1', '1.2.3', 'NaN', '٣', 12.5, 1n],
	JSON: [
		[`${SECRET}\ud800`],
		{ [`${SECRET}\0`]: 1 },
		{ '\udfff': 1 },
		{ a: [{ b: `${SECRET}\0` }] },
		[Number.NaN],
		{ a: Number.POSITIVE_INFINITY },
		[2 ** 53],
		{ a: undefined },
		[undefined],
		Object.assign([1], { 2: 2 }),
		{ a: () => SECRET },
		{ a: Symbol(SECRET) },
		{ a: 1n },
		{ a: new Date() },
		new Map([[SECRET, 1]]),
		new Uint8Array(3),
		{ toJSON: () => 1 },
		cyclic,
		deep,
	],
	'[String]': ['one', { 0: 'one', length: 1 }, [1], ['a\0'], ['\ud800'], [undefined], [['one']], new Set(['one'])],
	'[Int]': [[1.5], [2 ** 31], ['1'], [[1]]],
	'[Float]': [[Number.NaN]],
	'[Decimal]': [['1e3'], [1]],
	'[DateTime]': [['2026-02-30T00:00:00Z']],
	'[JSON]': [[undefined], [new Date()]],
};

const cases = Object.entries(refused).flatMap(([type, values]) =>
	[...values, null, undefined].map((value, index) => ({ type: type as ValueType, value, index })),
);

function errorOf(action: () => unknown): unknown {
	try {
		action();
		return undefined;
	} catch (error) {
		return error;
	}
}

describe('encodeValue', () => {
	it.each(cases)('refuses $type $index without repeating the value', ({ type, value }) => {
		const error = errorOf(() => encodeValue(type, value, 0));
		expect(error).toBeInstanceOf(FirmsealError);
		expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
		expect((error as Error).message).not.toContain(SECRET);
		expect((error as Error).message).toMatch(/^A .+\.$|^An .+\.$/);
	});

	it('refuses a type that has no sealed form', () => {
		for (const type of ['Upload', '', '[[String]]', '[String!]', 'constructor', '__proto__']) {
			const encode = () => encodeValue(type as ValueType, 'a', 0);
			expect(encode).toThrow(RangeError);
			expect(encode).toThrow(/no sealed form/);
		}
	});

	it('accepts the boundary values', () => {
		const bounds: [ValueType, unknown][] = [
			['Int', 2 ** 31 - 1],
			['Int', -(2 ** 31)],
			['Float', Number.MAX_SAFE_INTEGER],
			['Float', 5e-324],
			['DateTime', '0000-01-01T00:00:00.000Z'],
			['DateTime', '2024-02-29T23:59:59.999Z'],
			['JSON', JSON.parse(`${'['.repeat(128)}1${']'.repeat(128)}`)],
			['JSON', Object.assign(Object.create(null), { a: 1 })],
		];
		for (const [type, value] of bounds) expect(encodeValue(type, value, 0).length).toBeGreaterThan(1);
	});
});

describe('sealField', () => {
	const [vector] = vectors.fields as readonly [FieldVector];
	const field = { ...vector, key: fromHex(vector.fieldKey), place: vector, version: 1, nonce: fromHex(vector.nonce) };

	it('refuses an invalid key, nonce, version or firm id', async () => {
		const short = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']);
		const refused: [Partial<FieldToSeal>, RegExp][] = [
			[{ key: new Uint8Array(16) }, /^A field key is/],
			[{ key: short }, /^A field key is/],
			[{ nonce: new Uint8Array(11) }, /^A nonce is/],
			[{ place: { ...vector, firm: 'northgate' } }, /^A firm id is/],
			...[0, -1, 1.5, 2 ** 32, Number.NaN].map((version): [Partial<FieldToSeal>, RegExp] => [
				{ version },
				/^A key version is/,
			]),
		];
		for (const [part, sentence] of refused) {
			const sealed = sealField({ ...field, ...part });
			await expect(sealed).rejects.toThrow(RangeError);
			await expect(sealed).rejects.toThrow(sentence);
		}
	});

	it('refuses a malformed record id and a value of another type, with the code for callers', async () => {
		const refusal = { code: 'BAD_USER_INPUT' };
		await expect(sealField({ ...field, row: 'note-1' })).rejects.toMatchObject(refusal);
		await expect(sealField({ ...field, type: 'Int', value: 'one' })).rejects.toMatchObject(refusal);
	});
});
