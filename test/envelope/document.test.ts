import { hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
	decryptChunked,
	deriveDocumentKey,
	deriveFirmTag,
	documentContext,
	encodeContext,
	encodeDocumentHeader,
	encryptChunked,
	readDocumentHeader,
} from '../../src/envelope/index.ts';
import { DOES_NOT_OPEN, type DocumentVector, digest, documents, outcome, plaintextOf } from './chunked-vectors.ts';
import { fromHex, toHex } from './field-vectors.ts';

const [first, second] = documents as readonly [DocumentVector, DocumentVector];
const header = fromHex(first.objectHead).slice(0, 16);
const tag = await deriveFirmTag(first.firm);

/** The object of a vector: header || message. */
async function objectOf(vector: DocumentVector): Promise<Uint8Array> {
	const start = encodeDocumentHeader(vector.keyVersion, await deriveFirmTag(vector.firm));
	const message = await encryptChunked({
		key: await deriveDocumentKey(fromHex(vector.dataKey), vector.firm),
		salt: fromHex(vector.salt),
		context: documentContext(start, vector),
		plaintext: plaintextOf(vector),
	});
	return new Uint8Array(Buffer.concat([start, message]));
}

/** Opens as a reader does: it knows the ids from the request, and takes only the key version from the object. */
async function openObject(asked: DocumentVector, object: Uint8Array): Promise<Uint8Array> {
	const { bytes } = readDocumentHeader(object, await deriveFirmTag(asked.firm));
	return decryptChunked({
		key: await deriveDocumentKey(fromHex(asked.dataKey), asked.firm),
		context: documentContext(bytes, asked),
		ciphertext: object.subarray(16),
	});
}

describe('the documents of an independent program', () => {
	it('include every size', () => {
		expect(documents.map(({ size }) => size)).toEqual([0, 1, 16_383, 16_384, 16_385, 40_000]);
	});

	it.each(documents)('are written identically, $size bytes', async (vector) => {
		expect(digest('sha256', plaintextOf(vector))).toBe(vector.plaintextSha256);
		const object = await objectOf(vector);
		expect(object).toHaveLength(vector.objectLength);
		expect(toHex(object.slice(0, vector.objectHead.length / 2))).toBe(vector.objectHead);
		expect(digest('sha256', object)).toBe(vector.objectSha256);
	});

	it.each(documents)('are read, $size bytes', async (vector) => {
		const object = await objectOf(vector);
		expect(readDocumentHeader(object, await deriveFirmTag(vector.firm)).keyVersion).toBe(vector.keyVersion);
		expect(digest('sha256', await openObject(vector, object))).toBe(vector.plaintextSha256);
	});
});

describe('a stored document object', () => {
	it('does not open as another document, version or firm, or under another data key', async () => {
		const object = await objectOf(second);
		const swaps = [
			{ ...second, document: first.document },
			{ ...second, version: first.version },
			{ ...second, document: second.version, version: second.document },
			{ ...second, firm: first.firm },
			{ ...second, dataKey: first.dataKey },
		];
		for (const asked of swaps) expect(await outcome(openObject(asked, object))).toBe(DOES_NOT_OPEN);
		expect(await outcome(openObject(second, object))).toBe('opened');
	});

	it('does not open after a change of any single bit, its header included', async () => {
		const object = await objectOf(second);
		for (let bit = 0; bit < object.length * 8; bit++) {
			const changed = object.slice();
			changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
			expect(await outcome(openObject(second, changed))).toBe(DOES_NOT_OPEN);
		}
	});
});

describe('the header of a document', () => {
	async function reading(object: Uint8Array, firmTag = tag): Promise<string> {
		return outcome(Promise.resolve().then(() => readDocumentHeader(object, firmTag)));
	}

	it('is FSDOC, suite, key version and firm tag', () => {
		const bytes = encodeDocumentHeader(0x01020304, Uint8Array.of(5, 6, 7, 8));
		expect(toHex(bytes)).toBe(`${toHex(new TextEncoder().encode('FSDOC'))}010000${'0102030405060708'}`);
	});

	it('is read from the start of an object, even inside a larger buffer', () => {
		const larger = new Uint8Array(60).fill(0xff);
		larger.set(header, 7);
		const read = readDocumentHeader(larger.subarray(7, 50), tag);
		expect(toHex(read.bytes)).toBe(toHex(header));
		expect(read.keyVersion).toBe(3);
		expect(readDocumentHeader(encodeDocumentHeader(2 ** 32 - 1, tag), tag).keyVersion).toBe(2 ** 32 - 1);
	});

	it('is refused with another prefix, suite or firm, with version 0, and if it is cut', async () => {
		for (const offset of [0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15]) {
			const changed = header.slice();
			changed[offset] = (changed[offset] as number) ^ 1;
			expect(await reading(changed)).toBe(DOES_NOT_OPEN);
		}
		const versionZero = header.slice();
		versionZero.fill(0, 8, 12);
		expect(await reading(versionZero)).toBe(DOES_NOT_OPEN);
		for (let length = 0; length < 16; length++) expect(await reading(header.slice(0, length))).toBe(DOES_NOT_OPEN);
		expect(await reading(header)).toBe('opened');
	});

	it('accepts no invalid version or firm tag', async () => {
		for (const version of [0, -1, 1.5, 2 ** 32, Number.NaN]) {
			expect(() => encodeDocumentHeader(version, tag)).toThrow(/^A key version is an integer from 1 to 4294967295\.$/);
			expect(() => encodeDocumentHeader(version, tag)).toThrow(RangeError);
		}
		for (const length of [0, 3, 5]) {
			expect(() => encodeDocumentHeader(1, new Uint8Array(length))).toThrow(/^A firm tag is 4 bytes\.$/);
			expect(await reading(header, new Uint8Array(length))).toBe('RangeError: A firm tag is 4 bytes.');
		}
	});
});

describe('the context of a document', () => {
	it('is the header and the list of its ids', () => {
		const list = encodeContext(['firmseal/document/v1', first.firm, first.document, first.version]);
		expect(toHex(documentContext(header, first))).toBe(toHex(header) + toHex(list));
	});

	it('accepts a 16-byte header and UUIDs only', () => {
		for (const length of [0, 15, 17]) {
			expect(() => documentContext(new Uint8Array(length), first)).toThrow(/^The header of a document is 16 bytes\.$/);
		}
		for (const part of ['firm', 'document', 'version'] as const) {
			for (const id of ['', first.firm.toUpperCase(), `${first.firm}0`]) {
				const place = { ...first, [part]: id };
				expect(() => documentContext(header, place)).toThrow(RangeError);
				expect(() => documentContext(header, place)).toThrow(
					/^A firm, document and version id is a lower-case UUID\.$/,
				);
			}
		}
	});
});

describe('a document key', () => {
	it('is HKDF-SHA-256 of the data key without a salt, as any HKDF derives it', async () => {
		const info = encodeContext(['firmseal/document-key/v1', first.firm]);
		const raw = new Uint8Array(hkdfSync('sha256', fromHex(first.dataKey), '', info, 32));
		const derived = await deriveDocumentKey(fromHex(first.dataKey), first.firm);
		const given = { salt: fromHex(first.salt), context: header, plaintext: new Uint8Array(20) };
		expect(toHex(await encryptChunked({ key: derived, ...given }))).toBe(
			toHex(await encryptChunked({ key: raw, ...given })),
		);
	});

	it('cannot be exported, and can only derive', async () => {
		const key = await deriveDocumentKey(fromHex(first.dataKey), first.firm);
		expect(key).toMatchObject({ extractable: false, usages: ['sign'], algorithm: { name: 'HMAC', length: 256 } });
	});

	it('requires a data key of 32 bytes and a firm id', async () => {
		for (const length of [0, 16, 33]) {
			const key = deriveDocumentKey(new Uint8Array(length), first.firm);
			expect(await outcome(key)).toBe('RangeError: A data key is 32 bytes.');
		}
		const key = deriveDocumentKey(fromHex(first.dataKey), 'northgate');
		expect(await outcome(key)).toBe('RangeError: A firm id is a lower-case UUID.');
	});
});
