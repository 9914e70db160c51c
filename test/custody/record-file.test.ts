import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
	deriveFileKey,
	encodeFileHeader,
	FILE_HEADER_LENGTH,
	fileContext,
	importDataKey,
	openRecordFile,
	type RecordFile,
	readFileHeader,
	sealRecordFile,
} from '../../src/custody/index.ts';
import { decryptChunked, deriveFirmTag, encodeDocumentHeader } from '../../src/envelope/index.ts';
import { SEED, scale } from '../support/scale.ts';
import { codeOf, FIRM, flipped, OTHER_FIRM, OTHER_ROW, ROW, randomBytes } from './some.ts';

const DOCUMENT = '0190a3c4-0000-7000-8000-0000000000d1';
const PLACE = { firm: FIRM, class: 'DOCUMENT', table: 'document_versions', row: ROW, generation: 7 };

const dataKey = randomBytes(32);
let file: RecordFile;

async function fileAt(changed: object = {}, place: object = {}): Promise<RecordFile> {
	const key = await deriveFileKey(await importDataKey(dataKey), { ...PLACE, ...place });
	return { key, place: { firm: FIRM, document: DOCUMENT, version: ROW }, version: 2, generation: 7, ...changed };
}

beforeAll(async () => {
	file = await fileAt();
});

describe('a file of suite 0x02', () => {
	it('opens as it was sealed, at each length', async () => {
		const length = fc.oneof(fc.nat(100), fc.constantFrom(16_383, 16_384, 16_385, 32_768));
		const property = fc.asyncProperty(length, async (bytes) => {
			const plaintext = randomBytes(bytes);
			const object = await sealRecordFile(file, plaintext);
			expect(await openRecordFile(file, object)).toEqual(plaintext);
			expect(object.length).toBe(76 + bytes + 16 * (Math.floor(bytes / 16_384) + 1));
		});
		await fc.assert(property, { numRuns: scale(200), seed: SEED });
	});

	it('says its version, generation and firm tag to a server that has no key', async () => {
		const object = await sealRecordFile(file, randomBytes(3));
		expect(readFileHeader(object)).toEqual({ version: 2, generation: 7, firmTag: await deriveFirmTag(FIRM) });
		const suite1 = encodeDocumentHeader(2, await deriveFirmTag(FIRM));
		const bad = [object.subarray(0, 19), Uint8Array.from([...suite1, 0, 0, 0, 0]), flipped(object, 50)];
		for (const bytes of bad) expect(await codeOf(() => readFileHeader(bytes))).toBe('CIPHERTEXT_INVALID');
	});

	it('does not open after a change of any single bit, or a cut', async () => {
		const object = await sealRecordFile(file, randomBytes(9));
		const outcomes = new Set<string>();
		for (let bit = 0; bit < object.length * 8; bit += 3) {
			outcomes.add(await codeOf(() => openRecordFile(file, flipped(object, bit))));
		}
		for (let length = 0; length < object.length; length += 5) {
			outcomes.add(await codeOf(() => openRecordFile(file, object.subarray(0, length))));
		}
		outcomes.add(await codeOf(() => openRecordFile(file, Uint8Array.from([...object, 0]))));
		expect([...outcomes]).toEqual(['CIPHERTEXT_INVALID']);
	});

	it('does not open as another document, version, firm, generation or row', async () => {
		const object = await sealRecordFile(file, randomBytes(9));
		const elsewhere = [
			await fileAt({ place: { ...file.place, document: OTHER_ROW } }),
			await fileAt({ place: { ...file.place, version: OTHER_ROW } }),
			await fileAt({ place: { ...file.place, firm: OTHER_FIRM } }),
			await fileAt({ version: 3 }),
			await fileAt({ generation: 8 }),
			await fileAt({}, { row: OTHER_ROW }),
			await fileAt({}, { generation: 8 }),
			await fileAt({}, { class: 'NOTE' }),
		];
		for (const other of elsewhere) {
			expect(await codeOf(() => openRecordFile(other, object))).toBe('CIPHERTEXT_INVALID');
		}
	});

	it('has its header in the context of its message, so a reader of chunks that takes it as stored finds a changed one', async () => {
		const plaintext = randomBytes(9);
		const object = await sealRecordFile(file, plaintext);
		const ciphertext = object.subarray(FILE_HEADER_LENGTH);
		const openWith = (header: Uint8Array) =>
			decryptChunked({ key: file.key, context: fileContext(header, file.place), ciphertext });
		const parts = { version: 2, generation: 7, firmTag: await deriveFirmTag(FIRM) };
		expect(await openWith(encodeFileHeader(parts))).toEqual(plaintext);
		for (const changed of [{ version: 3 }, { generation: 8 }, { firmTag: await deriveFirmTag(OTHER_FIRM) }]) {
			expect(await codeOf(() => openWith(encodeFileHeader({ ...parts, ...changed })))).toBe('CIPHERTEXT_INVALID');
		}
		expect(await codeOf(() => encodeFileHeader({ ...parts, firmTag: randomBytes(3) }))).toBe('RangeError');
	});

	it('is not sealed for an id that is no lower-case UUID', async () => {
		const other = await fileAt({ place: { ...file.place, document: DOCUMENT.toUpperCase() } });
		expect(await codeOf(() => sealRecordFile(other, randomBytes(1)))).toBe('BAD_USER_INPUT');
	});
});
