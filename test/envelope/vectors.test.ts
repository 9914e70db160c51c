import { describe, expect, it } from 'vitest';
import { deriveFieldKey, openField, readKeyVersion, sealField } from '../../src/envelope/index.ts';
import { derive, fromHex, implementations, toHex, vectors } from './field-vectors.ts';

describe('vectors of an independent program', () => {
	it('are complete', () => {
		expect(vectors.fields).toHaveLength(32);
		expect(vectors.commitments).toHaveLength(3);
		const types = new Set(vectors.fields.map((vector) => vector.type));
		expect([...types].sort()).toEqual(
			['Boolean', 'DateTime', 'Decimal', 'Enum', 'Float', 'ID', 'Int', 'JSON', 'String', '[String]'].sort(),
		);
	});

	describe.each(implementations)('$name', ({ seal, open }) => {
		it.each(vectors.fields.map((vector, index) => ({ index, vector })))('seals field $index', async ({ vector }) => {
			expect(toHex(await seal(vector))).toBe(vector.envelope);
		});

		it.each(vectors.fields.map((vector, index) => ({ index, vector })))('opens field $index', async ({ vector }) => {
			expect(await open(vector, fromHex(vector.envelope))).toStrictEqual(vector.value);
		});
	});

	it('contain their key version in plaintext', () => {
		for (const vector of vectors.fields) expect(readKeyVersion(fromHex(vector.envelope))).toBe(vector.keyVersion);
	});

	it('have the field keys of FORMAT.md section 3', () => {
		for (const { dataKey, firm, class: keyClass, table, column, fieldKey } of vectors.fields) {
			expect(derive(dataKey, 'firmseal/field-key/v1', firm, keyClass, table, column)).toBe(fieldKey);
		}
	});

	it('have the commitments of FORMAT.md section 3', () => {
		for (const { dataKey, firm, class: keyClass, version, commitment } of vectors.commitments) {
			expect(derive(dataKey, 'firmseal/key-commitment/v1', firm, keyClass, String(version))).toBe(commitment);
		}
	});
});

describe('a field key derived by WebCrypto', () => {
	it('seals and opens as the one of the vector, and cannot be exported', async () => {
		for (const vector of vectors.fields) {
			const key = await deriveFieldKey(fromHex(vector.dataKey), vector);
			const field = { ...vector, key, place: vector, version: vector.keyVersion };
			expect(toHex(await sealField({ ...field, nonce: fromHex(vector.nonce) }))).toBe(vector.envelope);
			expect(await openField({ ...field, envelope: fromHex(vector.envelope) })).toStrictEqual(vector.value);
			expect(key.extractable).toBe(false);
		}
	});

	it('requires a data key of 32 bytes', async () => {
		const [vector] = vectors.fields;
		const derived = deriveFieldKey(new Uint8Array(16), vector as NonNullable<typeof vector>);
		await expect(derived).rejects.toThrow(RangeError);
		await expect(derived).rejects.toThrow(/^A data key is/);
	});
});
