import { createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDjangoCipher, createFernetCipher, type DjangoKey } from '../../../src/adapters/fernet/index.ts';
import { RefusedPickleError } from '../../../src/adapters/fernet/python-value.ts';
import { readPickle } from '../../../src/adapters/fernet/read-pickle.ts';
import { type ContentField, createPlaintextCodec, type SourceFormat } from '../../../src/content/index.ts';
import { scale } from '../../support/scale.ts';

interface Vector {
	readonly key: number;
	readonly type: ContentField['valueType'];
	readonly stored: string;
}

const vectors = JSON.parse(readFileSync('test/vectors/django-v1.json', 'utf8')) as {
	readonly keys: readonly DjangoKey[];
	/** The encryption key of each setting. */
	readonly derived: readonly string[];
	readonly values: readonly (Vector & { readonly protocol: number; readonly value: unknown })[];
	readonly refused: readonly { readonly name: string; readonly pickle: string; readonly stored: string }[];
	readonly notHeld: readonly (Vector & { readonly is: string })[];
	readonly encryptedModelFields: {
		readonly keys: readonly string[];
		readonly values: readonly (Vector & { readonly value: unknown })[];
	};
};
const field = (valueType: ContentField['valueType'], movedFrom: SourceFormat): ContentField => ({
	coordinate: 'Note.body',
	class: 'NOTE',
	table: 'notes',
	column: 'body',
	valueType,
	pad: 0,
	movedFrom,
});
const bytes = (hex: string) => Buffer.from(hex, 'hex');
const django = createDjangoCipher(vectors.keys);
const plain = createPlaintextCodec({ fernet: createFernetCipher(vectors.encryptedModelFields.keys), django });
const decode = (type: ContentField['valueType'], stored: Uint8Array) =>
	plain.decode(field(type, 'django-cryptography'), stored);
const invalid = (message: string | RegExp) =>
	expect.objectContaining({ code: 'CIPHERTEXT_INVALID', message: expect.stringMatching(message) });

describe('a value of django-cryptography', () => {
	it('opens as the library stores it, with each of its settings and protocols', () => {
		expect(vectors.values.length).toBeGreaterThan(100);
		for (const { type, stored, value, protocol } of vectors.values)
			expect([type, protocol, decode(type, bytes(stored))]).toEqual([type, protocol, value]);
	});

	it('opens as in the library’s own test', () => {
		// The plaintext is `hello`, not a pickle: the refusal as a pickle shows that it was opened.
		const stored =
			'8000000000075bcd153031323334353637383961626364656629b930b1955ddaec2d74fb4ff565280abdc39baf116e80f116496cde9515bd7d938e5c74d60bc186286e701ba4fb4004';
		expect(() => decode('String', bytes(stored))).toThrow(invalid('it is not a pickle of protocol 2 to 5'));
	});

	it('does not open under another key, nor after any change of one byte', () => {
		const [{ stored, type } = { stored: '', type: 'String' as const }] = vectors.values;
		const changed = bytes(stored);
		for (let at = 0; at < changed.length; at++) {
			changed[at] = (changed[at] ?? 0) ^ 1;
			expect(() => decode(type, changed)).toThrow(invalid('does not open'));
			changed[at] = (changed[at] ?? 0) ^ 1;
		}
		for (const length of [0, 1, 57, changed.length - 1])
			expect(() => decode(type, changed.subarray(0, length))).toThrow(invalid('does not open'));
		const other = createDjangoCipher([{ secretKey: 'another' }]);
		expect(() => other?.open(changed, type)).toThrow(invalid('does not open'));
	});

	it.each(vectors.refused)('is refused, and never executed, if its pickle $name', ({ pickle, stored }) => {
		expect(() => readPickle(bytes(pickle))).toThrow(RefusedPickleError);
		for (const type of ['String', 'JSON'] as const)
			expect(() => decode(type, bytes(stored))).toThrow(invalid('^The stored pickle is refused because '));
	});

	it.each(vectors.notHeld)(
		'of type $is is refused for a field of type $type, with an error that does not repeat the value',
		(vector) => {
			expect(() => decode(vector.type, bytes(vector.stored))).toThrow(
				invalid(`^(The stored value is a Python ${vector.is.replace('NoneType', 'None')}, which|$)`),
			);
		},
	);
});

describe('a pickle', () => {
	it('creates no more values than it has bytes, even if it encodes one text repeatedly', () => {
		const text = Buffer.from(`X\xe8\x03\0\0${'a'.repeat(1000)}\x94`, 'latin1');
		const call = Buffer.from('c_codecs\nencode\nh\0\x8c\x06latin1\x86R', 'latin1');
		const calls = (times: number) =>
			Buffer.concat([Buffer.of(0x80, 4), text, ...Array(times).fill(call), Buffer.of(0x2e)]);
		expect(() => readPickle(calls(1))).toThrow('it holds more or less than one value');
		expect(() => readPickle(calls(2))).toThrow('its calls produce more than it holds');
	});

	const pickles = vectors.refused.map(({ pickle }) => bytes(pickle));
	const values = vectors.values.map(({ stored, key }) => pickleIn(bytes(stored), bytes(vectors.derived[key] ?? '')));

	it('of arbitrary bytes is a value or is refused, and has no other effect', () => {
		const changes = fc.array(
			fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'cut', 'put')),
			{
				maxLength: 4,
			},
		);
		fc.assert(
			fc.property(fc.constantFrom(...pickles, ...values), changes, (whole, made) => {
				let pickle = Buffer.from(whole);
				for (const [place, byte, how] of made) {
					const at = place % (pickle.length || 1);
					if (how === 'set') pickle[at] = byte;
					else if (how === 'cut') pickle = Buffer.concat([pickle.subarray(0, at), pickle.subarray(at + 1)]);
					else pickle = Buffer.concat([pickle.subarray(0, at), Buffer.of(byte), pickle.subarray(at)]);
				}
				try {
					expect(KINDS).toContain(readPickle(pickle).is);
				} catch (error) {
					if (!(error instanceof RefusedPickleError)) throw error;
				}
			}),
			{ numRuns: scale(20_000) },
		);
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 60 }), (rest) => {
				try {
					expect(KINDS).toContain(readPickle(Uint8Array.of(0x80, 4, ...rest)).is);
				} catch (error) {
					if (!(error instanceof RefusedPickleError)) throw error;
				}
			}),
			{ numRuns: scale(20_000) },
		);
	});
});

/** The plaintext of a value, opened by its key. */
function pickleIn(stored: Uint8Array, key: Uint8Array): Buffer {
	const cipher = createDecipheriv(`aes-${key.length * 8}-cbc`, key, stored.subarray(9, 25));
	return Buffer.concat([cipher.update(stored.subarray(25, -32)), cipher.final()]);
}

const KINDS = ['None', 'bool', 'int', 'float', 'str', 'bytes', 'Decimal', 'date', 'datetime'];

describe('a value of django-encrypted-model-fields', () => {
	it('opens as the library stores it under each of its keys, and is written as the library reads it', () => {
		for (const { type, stored, value } of vectors.encryptedModelFields.values) {
			const of = field(type, 'django-encrypted-model-fields');
			expect([type, plain.decode(of, Buffer.from(stored))]).toEqual([type, value]);
			expect(plain.decode(of, Buffer.from(plain.encode(of, value)))).toEqual(value);
		}
		expect(plain.encode(field('String', 'django-encrypted-model-fields'), '')).toBe('');
		expect(() => plain.decode(field('String', 'django-encrypted-model-fields'), Buffer.from('in the clear'))).toThrow(
			invalid('does not open'),
		);
	});
});
