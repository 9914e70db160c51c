import { describe, expect, it } from 'vitest';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { createChunkCipher, documentContext, encodeDocumentHeader } from '../../src/envelope/index.ts';
import { deriveClassKey } from '../../src/keys/data-keys.ts';
import { deriveFirmTag } from '../../src/keys/index.ts';
import { type DocumentVector, digest, documents, plaintextOf } from '../envelope/chunked-vectors.ts';
import { fromHex, toHex } from '../envelope/field-vectors.ts';

const aead = createNodeAead();

const originOf = ({ firm, keyVersion: version }: DocumentVector, keyClass = 'DOCUMENT') => ({
	firm,
	class: keyClass,
	version,
	keyId: 'key-1',
	requestId: 'request-1',
});

describe('the document key of a class', () => {
	it.each(documents)('seals the file of the vectors, $size bytes', (vector) => {
		const key = deriveClassKey(aead, [], originOf(vector), fromHex(vector.dataKey)).document();
		const header = encodeDocumentHeader(vector.keyVersion, deriveFirmTag(vector.firm));
		const salted = { ...aead, generateSalt: () => fromHex(vector.salt) };
		const cipher = createChunkCipher(salted, key, documentContext(header, vector));
		const plaintext = plaintextOf(vector);
		const full = vector.size - (vector.size % 16_384);
		const chunks = [
			cipher.sealFull(new Uint8Array(50_000), 0, plaintext.subarray(0, full)),
			cipher.sealLast(new Uint8Array(20_000), full / 16_384, plaintext.subarray(full)),
		];
		const object = Buffer.concat([header, cipher.prefix, ...chunks]);
		expect(toHex(object).startsWith(vector.objectHead)).toBe(true);
		expect([object.length, digest('sha256', object)]).toEqual([vector.objectLength, vector.objectSha256]);
	});

	const [vector] = documents as readonly [DocumentVector];

	it('exists for files only', () => {
		for (const other of ['NOTE', 'BILLING', 'COMMUNICATION', 'RIGHTS']) {
			const key = deriveClassKey(aead, [], originOf(vector, other), fromHex(vector.dataKey));
			expect(() => key.document()).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
		}
	});

	it('is stored nowhere else in the class key, and nowhere as raw bytes', () => {
		const given: Uint8Array[] = [];
		const handle = {};
		const watched = {
			...aead,
			importKey(raw: Uint8Array) {
				given.push(raw);
				expect(raw.some((byte) => byte !== 0)).toBe(true);
				return handle;
			},
		};
		const key = deriveClassKey(watched as never, [], originOf(vector), fromHex(vector.dataKey));
		expect(key.document()).toBe(handle);
		expect(Object.values(key)).not.toContain(handle);
		expect(given.map(toHex)).toEqual(['00'.repeat(32)]);
	});

	it('is overwritten if it cannot be imported', () => {
		const given: Uint8Array[] = [];
		const failing = {
			...aead,
			importKey(raw: Uint8Array): never {
				given.push(raw);
				throw new Error('no memory');
			},
		};
		expect(() => deriveClassKey(failing, [], originOf(vector), fromHex(vector.dataKey))).toThrow('no memory');
		expect(given.map(toHex)).toEqual(['00'.repeat(32)]);
	});
});
