import { createDecipheriv } from 'node:crypto';
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock/clock.ts';
import { createFileSealer } from '../../src/content/file-sealer.ts';
import { layoutOfObject, planRange } from '../../src/documents/file-ranges.ts';
import { openRange } from '../../src/documents/open-range.ts';
import { type OpenedFile, openStored, type StoredFile } from '../../src/documents/open-stored.ts';
import { sealStream } from '../../src/documents/seal-stream.ts';
import {
	createChunkCipher,
	documentContext,
	encodeDocumentHeader,
	openChunkCipher,
	readDocumentHeader,
} from '../../src/envelope/index.ts';
import { deriveClassKey } from '../../src/keys/data-keys.ts';
import { deriveFirmTag } from '../../src/keys/index.ts';
import {
	type CobblestoneVector,
	cobblestone,
	type DocumentVector,
	digest,
	documents,
	nonceAt,
	plaintextOf,
} from '../envelope/chunked-vectors.ts';
import { fromHex } from '../envelope/field-vectors.ts';
import { scale } from '../support/scale.ts';
import { aead, drain, gather, openerOver, pieces, storing } from './files-in-memory.ts';

/** Piece lengths: the whole, chunks, and lengths that fit no boundary. */
const SPLITS = [[5_000_000], [16_400], [16_384], [1, 7, 16_383, 16_401, 3, 65_536], [40_009]];

const whole = (size: number) => ({ start: 0, end: size });

async function openGranted(stored: Omit<StoredFile, 'clock'>): Promise<OpenedFile> {
	return (await openStored({ ...stored, clock: systemClock })) as OpenedFile;
}

function keyOf({ firm, dataKey, keyVersion: version }: DocumentVector) {
	return deriveClassKey(
		aead,
		[],
		{ firm, class: 'DOCUMENT', version, keyId: '', requestId: '' },
		fromHex(dataKey),
	).document();
}

function objectOf(vector: DocumentVector, split: number[]) {
	const header = encodeDocumentHeader(vector.keyVersion, deriveFirmTag(vector.firm));
	const salted = { ...aead, generateSalt: () => fromHex(vector.salt) };
	const cipher = createChunkCipher(salted, keyOf(vector), documentContext(header, vector));
	return sealStream(createFileSealer(header, cipher), pieces(plaintextOf(vector), split));
}

describe('the documents of an independent program', () => {
	it('include every vector', () => {
		expect([documents.length, cobblestone.length]).toEqual([6, 35]);
	});

	it.each(documents)('are sealed as a stream, $size bytes, in pieces of any length', async (vector) => {
		for (const split of SPLITS) {
			const stream = objectOf(vector, split);
			const object = await gather(stream);
			expect([object.length, digest('sha256', object)]).toEqual([vector.objectLength, vector.objectSha256]);
			expect(stream.plaintext()).toEqual({ size: vector.size, sha256: vector.plaintextSha256 });
		}
	});

	it.each(documents)('are opened as a stream and by ranges, $size bytes', async (vector) => {
		const object = await gather(objectOf(vector, [65_536]));
		const plaintext = plaintextOf(vector);
		const openBy = (split: number[]) =>
			openGranted({
				objectSize: object.length,
				byteSize: vector.size,
				read: storing(object, split).readRange,
				async open(start) {
					const { bytes, keyVersion } = readDocumentHeader(start, deriveFirmTag(vector.firm));
					expect(keyVersion).toBe(vector.keyVersion);
					return openerOver(openChunkCipher(aead, keyOf(vector), start.subarray(16), documentContext(bytes, vector)));
				},
			});
		for (const split of SPLITS) {
			const opened = await openBy(split);
			expect(digest('sha256', await gather(opened.read(whole(vector.size))))).toBe(vector.plaintextSha256);
		}
		const opened = await openBy([9_999]);
		await fc.assert(
			fc.asyncProperty(fc.nat(vector.size), fc.nat(vector.size), async (one, other) => {
				const range = { start: Math.min(one, other), end: Math.max(one, other) };
				const given = await gather(opened.read(range));
				expect(Buffer.compare(given, plaintext.subarray(range.start, range.end))).toBe(0);
			}),
			{ numRuns: scale(30) },
		);
	});
});

/** The bytes before a message in an object, which this test doesn't read. */
const HEADER = new Uint8Array(16);

/** Wraps a message of the vectors in an object. */
async function openVector({ key, context, ciphertext }: CobblestoneVector, split: number[]) {
	const object = new Uint8Array(Buffer.concat([HEADER, ciphertext]));
	return openGranted({
		objectSize: object.length,
		byteSize: layoutOfObject(object.length)?.size ?? 0,
		read: storing(object, split).readRange,
		open: async (start) => openerOver(openChunkCipher(aead, aead.importKey(key), start.subarray(16), context)),
	});
}

/** Opens chunk by chunk with the second implementation, until a chunk does not open. */
function openByNode({ aeadKey, baseNonce, ciphertext }: CobblestoneVector): Uint8Array {
	const given: Uint8Array[] = [];
	for (let n = 0, start = 56; aeadKey && start < ciphertext.length; n++, start += 16_400) {
		const chunk = ciphertext.subarray(start, start + 16_400);
		if (chunk.length < 16) break;
		const decipher = createDecipheriv('aes-256-gcm', fromHex(aeadKey), nonceAt(baseNonce as string, n), {
			authTagLength: 16,
		});
		decipher.setAuthTag(chunk.subarray(-16));
		const opened = decipher.update(chunk.subarray(0, -16));
		try {
			decipher.final();
		} catch {
			break;
		}
		given.push(opened);
	}
	return Buffer.concat(given);
}

describe('the valid messages of Wycheproof', () => {
	const valid = cobblestone.filter(({ result }) => result === 'valid');

	it.each(valid)('$tcId: $comment', async (vector) => {
		const size = vector.msgLength as number;
		for (const split of SPLITS) {
			if (size > 1_000_000 && (split[0] as number) < 5) continue;
			const opened = await openVector(vector, split);
			expect(opened.size).toBe(size);
			expect(digest('sha512', await gather(opened.read(whole(size))))).toBe(vector.msgSha512);
		}
		const plaintext = openByNode(vector);
		const opened = await openVector(vector, [30_000]);
		const edges = [0, 1, 16_383, 16_384, 16_385, size - 16_385, size - 1, size].filter((at) => at >= 0 && at <= size);
		for (const start of edges)
			for (const end of edges.filter((at) => at >= start)) {
				const given = await gather(opened.read({ start, end }));
				expect(Buffer.compare(given, plaintext.subarray(start, end))).toBe(0);
			}
	});
});

describe('the invalid messages of Wycheproof', () => {
	const invalid = cobblestone.filter(({ result }) => result === 'invalid');

	it.each(invalid)('$tcId: $comment: no reader returns more than it may', async (vector) => {
		const may = openByNode(vector).subarray(0, vector.msgLength ?? 0);
		if (vector.msgSha512) expect(digest('sha512', may)).toBe(vector.msgSha512);
		for (const split of SPLITS) {
			const opened = await openVector(vector, split).catch((error: unknown) => {
				expect(error).toMatchObject(
					vector.flags.includes('InvalidKeySize') ? { name: 'RangeError' } : { code: 'CIPHERTEXT_INVALID' },
				);
				return null;
			});
			if (!opened) continue;
			const { given, error } = await drain(opened.read(whole(opened.size)));
			expect(error).toMatchObject({ code: 'CIPHERTEXT_INVALID' });
			expect(Buffer.compare(given, may.subarray(0, given.length))).toBe(0);
			await expect(gather(opened.read({ start: 1, end: opened.size }))).rejects.toMatchObject({
				code: 'CIPHERTEXT_INVALID',
			});
		}
	});

	it.each(invalid.filter(({ aeadKey, msgLength }) => aeadKey && msgLength))(
		'$tcId: $comment: a stream returns exactly what it may, chunk by chunk',
		async ({ key, context, ciphertext, msgLength, msgSha512 }) => {
			const chunks = Math.ceil((ciphertext.length - 56) / 16_400);
			const cipher = openChunkCipher(aead, aead.importKey(key), ciphertext.subarray(0, 56), context);
			// As if all chunks came before the last one. A reader that knows the length would already have refused this.
			const object = { start: 72, end: 72 + chunks * 16_400 };
			const plan = { object, firstChunk: 0, skip: 0, length: chunks * 16_384, ofLast: whole(0) };
			const sealed = pieces(ciphertext.subarray(56), [16_400]);
			const { given, error } = await drain(openRange(openerOver(cipher), plan, sealed, async () => {}, systemClock));
			expect(error === null).toBe(ciphertext.length === 56 + chunks * 16_400 && msgLength === chunks * 16_384);
			expect([given.length, digest('sha512', given)]).toEqual([msgLength, msgSha512]);
		},
	);
});

it('a range within the last chunk needs only the two ends of the object', () => {
	const layout = layoutOfObject(72 + 16_400 * 3 + 50);
	expect(layout && planRange(layout, { start: 49_152, end: 49_186 }).object).toBeNull();
});
