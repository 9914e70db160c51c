import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDjangoCipher, createFernetCipher } from '../../src/adapters/fernet/index.ts';
import { type ContentField, createPlaintextCodec, type SourceFormat } from '../../src/content/index.ts';
import { looksSealed } from '../../src/content/plaintext-codec.ts';
import { deriveFirmTag } from '../../src/keys/index.ts';

const field = (valueType: ContentField['valueType'], movedFrom: SourceFormat = 'text'): ContentField => ({
	coordinate: 'Note.body',
	class: 'NOTE',
	table: 'notes',
	column: 'body',
	valueType,
	pad: 0,
	movedFrom,
});
const plain = createPlaintextCodec({ fernet: null, django: null });
/** A codec with keys of the other programs. */
const foreign = createPlaintextCodec({
	fernet: createFernetCipher([Buffer.alloc(32, 1).toString('base64')]),
	django: createDjangoCipher([{ secretKey: 'test_key', fieldKey: Buffer.alloc(32, 2).toString('base64') }]),
});
const decode = (of: ContentField, text: string | Uint8Array) => plain.decode(of, Buffer.from(text));

const VALUES: readonly (readonly [ContentField['valueType'], fc.Arbitrary<unknown>])[] = [
	['String', fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))],
	['ID', fc.uuid()],
	['Int', fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
	[
		'Float',
		fc
			.double({ noNaN: true, noDefaultInfinity: true })
			.filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value))
			.map((value) => value || 0),
	],
	['Boolean', fc.boolean()],
	['Decimal', fc.tuple(fc.integer(), fc.nat()).map(([whole, part]) => `${whole}.${part}`)],
	[
		'DateTime',
		fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }).map((date) => date.toISOString()),
	],
	[
		'JSON',
		fc.dictionary(
			fc.string().filter((key) => !key.includes('\0') && key !== '__proto__'),
			fc.oneof(fc.integer(), fc.boolean(), fc.constant(null)),
		),
	],
	['[String]', fc.array(fc.constantFrom('a', 'b', ''))],
];

describe('a value in a plaintext column', () => {
	it.each(VALUES)('of type %s is read as it was written', (type, values) => {
		fc.assert(
			fc.property(values, (value) => {
				expect(decode(field(type), plain.encode(field(type), value))).toEqual(value);
				for (const format of ['fernet', 'django-encrypted-model-fields', 'django-cryptography'] as const) {
					const of = field(type, format);
					expect(foreign.decode(of, Buffer.from(foreign.encode(of, value)))).toEqual(value);
				}
			}),
		);
	});

	it.each([
		['Boolean', 't', true],
		['Boolean', 'FALSE', false],
		['DateTime', '2026-11-27T09:00:00+02:00', '2026-11-27T07:00:00.000Z'],
		['DateTime', '2026-11-27T09:00:00', '2026-11-27T09:00:00.000Z'],
		['Int', '007', 7],
		['String', '', ''],
	] as const)('of type %s is read as PostgreSQL writes it: %s', (type, text, value) => {
		expect(decode(field(type), text)).toEqual(value);
	});

	it.each([
		['Int', '1.5'],
		['Int', ''],
		['Int', '0x10'],
		['Int', '99999999999'],
		['Float', 'NaN'],
		['Boolean', 'yes'],
		['Decimal', '1e5'],
		['DateTime', 'yesterday'],
		['JSON', '{'],
		['[String]', '[1]'],
	] as const)('of type %s is refused if it is invalid: %s', (type, text) => {
		expect(() => decode(field(type), text)).toThrow(/./);
		try {
			decode(field(type), text);
		} catch (error) {
			if (text !== '') expect(String(error)).not.toContain(text);
		}
	});

	it('is refused if it is not text, or if it is a token and no key is configured', () => {
		expect(() => decode(field('String'), Uint8Array.of(0xff, 0xfe))).toThrow(
			expect.objectContaining({ code: 'CIPHERTEXT_INVALID' }),
		);
		expect(() => decode(field('String', 'fernet'), 'gAAAA')).toThrow(
			expect.objectContaining({ code: 'KEY_UNAVAILABLE' }),
		);
		for (const [format, setting] of [
			['fernet', 'FIRMSEAL_FERNET_KEYS'],
			['django-encrypted-model-fields', 'FIRMSEAL_FERNET_KEYS'],
			['django-cryptography', 'FIRMSEAL_DJANGO_KEYS'],
		] as const)
			for (const use of [
				() => plain.encode(field('String', format), 'x'),
				() => decode(field('String', format), 'gAAAA'),
			])
				expect(use).toThrow(
					expect.objectContaining({ code: 'KEY_UNAVAILABLE', message: expect.stringContaining(setting) }),
				);
	});
});

describe('ciphertext in a plaintext column', () => {
	const firm = '01980000-0000-7000-8000-000000000001';
	const envelope = Buffer.concat([Uint8Array.of(0xf5, 0x01, 0, 0, 0, 1), deriveFirmTag(firm), Buffer.alloc(60, 7)]);
	const token = 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';
	const isSuspected = (stored: string | Uint8Array, of = field('String')) => looksSealed(of, firm, Buffer.from(stored));

	it.each([
		['bytes', envelope],
		['hexadecimal', envelope.toString('hex')],
		['hexadecimal as PostgreSQL writes it', `\\x${envelope.toString('hex')}`],
		['hexadecimal in capitals', `0x${envelope.toString('hex').toUpperCase()}`],
		['base64', envelope.toString('base64')],
		['base64url', envelope.toString('base64url')],
		['a token', token],
	])('is recognized as %s', (_, stored) => {
		expect(isSuspected(stored)).toBe(true);
	});

	it('is not suspected in a value with a similar prefix, in one of another firm, or in text', () => {
		const ofOther = Buffer.from(envelope);
		ofOther[7] = (ofOther[7] ?? 0) ^ 1;
		for (const stored of [
			ofOther,
			ofOther.toString('hex'),
			'f501',
			'9QE=',
			'gAAAAA',
			`${token} and more`,
			'',
			'A text about f501',
		])
			expect(isSuspected(stored)).toBe(false);
		expect(isSuspected(token, field('String', 'fernet'))).toBe(false);
		fc.assert(fc.property(fc.string(), (text) => !isSuspected(text)));
	});
});
