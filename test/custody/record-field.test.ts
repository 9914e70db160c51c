import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
	custodyEnvelopeLength,
	deriveMessageKey,
	deriveRecordKey,
	importDataKey,
	openRecordField,
	type PreparedRecord,
	prepareRecord,
	type RecordKeyPlace,
	readCustodyHeader,
	sealRecordField,
} from '../../src/custody/index.ts';
import { deriveFirmTag, encodeValue, sealField } from '../../src/envelope/index.ts';
import { SEED, scale } from '../support/scale.ts';
import { codeOf, FIRM, flipped, OTHER_FIRM, OTHER_ROW, ROW, randomBytes } from './some.ts';

const PLACE = { firm: FIRM, class: 'NOTE', table: 'notes', row: ROW, generation: 7 };
const TITLE = { column: 'title', type: 'String' } as const;

const dataKey = randomBytes(32);
let record: PreparedRecord;
let envelope: Uint8Array;

/** As a reader prepares it who believes the place, with the key that belongs to it. */
async function recordAt(place: Partial<RecordKeyPlace> = {}, version = 2, key = dataKey): Promise<PreparedRecord> {
	const at = { ...PLACE, ...place };
	return prepareRecord(await deriveRecordKey(await importDataKey(key), at), { ...at, version });
}

beforeAll(async () => {
	record = await recordAt();
	envelope = await sealRecordField(record, { ...TITLE, value: 'Engagement letter' });
});

const open = (bytes: Uint8Array, by: PreparedRecord = record, column = 'title') =>
	codeOf(() => openRecordField(by, { ...TITLE, column, envelope: bytes }));

describe('an envelope of suite 0x02', () => {
	it('opens as it was sealed, for each value', async () => {
		const value = fc.string({ unit: 'grapheme', maxLength: 80 }).filter((text) => !text.includes('\0'));
		const property = fc.asyncProperty(value, fc.nat(64), async (text, pad) => {
			const sealed = await sealRecordField(record, { ...TITLE, value: text, pad });
			expect(sealed.length).toBe(custodyEnvelopeLength(encodeValue('String', text, pad).length));
			expect(await openRecordField(record, { ...TITLE, envelope: sealed })).toBe(text);
		});
		await fc.assert(property, { numRuns: scale(1_000), seed: SEED });
	});

	it('says its version, generation and firm tag to a server that has no key', async () => {
		const header = readCustodyHeader(envelope);
		expect(header).toEqual({ version: 2, generation: 7, firmTag: await deriveFirmTag(FIRM) });
		expect(readCustodyHeader(envelope.subarray(0, 75)).version).toBe(2);
		// A view into a longer buffer, as a driver answers it.
		expect(readCustodyHeader(Uint8Array.from([1, 2, 3, ...envelope]).subarray(3))).toEqual(header);
		const suite1 = envelope.slice();
		suite1[1] = 1;
		const version0 = envelope.slice();
		version0.fill(0, 2, 6);
		for (const bad of [envelope.subarray(0, 74), suite1, version0, new Uint8Array(80), new Uint8Array()]) {
			expect(await codeOf(() => readCustodyHeader(bad))).toBe('CIPHERTEXT_INVALID');
		}
	});

	it('does not open after a change of any single bit', async () => {
		const outcomes = new Set<string>();
		for (let bit = 0; bit < envelope.length * 8; bit++) outcomes.add(await open(flipped(envelope, bit)));
		expect([...outcomes]).toEqual(['CIPHERTEXT_INVALID']);
	});

	it('does not open if it was cut or extended', async () => {
		const outcomes = new Set<string>();
		for (let length = 0; length < envelope.length; length++) outcomes.add(await open(envelope.subarray(0, length)));
		outcomes.add(await open(Uint8Array.from([...envelope, 0])));
		expect([...outcomes]).toEqual(['CIPHERTEXT_INVALID']);
	});

	it('does not open as another column, table, row, class or firm, generation or version', async () => {
		expect(await open(envelope, record, 'body')).toBe('CIPHERTEXT_INVALID');
		const elsewhere = [
			await recordAt({ table: 'matters' }),
			await recordAt({ row: OTHER_ROW }),
			await recordAt({ class: 'MATTER' }),
			await recordAt({ firm: OTHER_FIRM }),
			await recordAt({ generation: 8 }),
			await recordAt({ generation: 0 }),
			await recordAt({}, 3),
			await recordAt({}, 2, randomBytes(32)),
		];
		for (const other of elsewhere) expect(await open(envelope, other)).toBe('CIPHERTEXT_INVALID');
	});

	it('is bound to all of its place under the same key too', async () => {
		const { key } = record;
		const other = { ...PLACE, version: 2 };
		const elsewhere = [
			await prepareRecord(key, { ...other, table: 'matters' }),
			await prepareRecord(key, { ...other, row: OTHER_ROW }),
			await prepareRecord(key, { ...other, class: 'MATTER' }),
			await prepareRecord(key, { ...other, firm: OTHER_FIRM }, await deriveFirmTag(FIRM)),
			await prepareRecord(key, { ...other, table: 'notestitle' }),
		];
		for (const moved of elsewhere) expect(await open(envelope, moved)).toBe('CIPHERTEXT_INVALID');
	});

	it('has the commitment of its own key: one with that of another key is refused before it is decrypted', async () => {
		const other = await recordAt({}, 2, randomBytes(32));
		const mixed = envelope.slice();
		mixed.set(other.key.commitment, 14);
		expect(await open(mixed)).toBe('CIPHERTEXT_INVALID');
		expect(await open(mixed, other)).toBe('CIPHERTEXT_INVALID');
		// A ciphertext that would open under the other key has a tag, but not the frame of this one.
		const theirs = await sealRecordField(other, { ...TITLE, value: 'forged' });
		expect(await open(theirs)).toBe('CIPHERTEXT_INVALID');
		theirs.set(record.key.commitment, 14);
		expect(await open(theirs)).toBe('CIPHERTEXT_INVALID');
	});

	it('is not one of suite 0x01, whatever its key is', async () => {
		const place = { firm: FIRM, class: 'NOTE', table: 'notes', column: 'title' };
		const old = await sealField({ key: dataKey, place, row: ROW, version: 2, type: 'String', value: 'x'.repeat(60) });
		expect(await open(old)).toBe('CIPHERTEXT_INVALID');
		expect(await codeOf(() => readCustodyHeader(old))).toBe('CIPHERTEXT_INVALID');
		old[1] = 2;
		expect(await open(old)).toBe('CIPHERTEXT_INVALID');
	});

	it('of another type does not open', async () => {
		const attempt = () => openRecordField(record, { column: 'title', type: 'Int', envelope });
		expect(await codeOf(attempt)).toBe('CIPHERTEXT_INVALID');
	});

	it('is not made of what is no value, nor for what is no record', async () => {
		expect(await codeOf(() => sealRecordField(record, { ...TITLE, value: null }))).toBe('BAD_USER_INPUT');
		expect(await codeOf(() => recordAt({ row: ROW.toUpperCase() }))).toBe('BAD_USER_INPUT');
		expect(await codeOf(() => recordAt({ generation: 2 ** 32 }))).toBe('RangeError');
		expect(await codeOf(() => recordAt({}, 0))).toBe('RangeError');
		const nonce = new Uint8Array(11);
		expect(await codeOf(() => sealRecordField(record, { ...TITLE, value: 'a', nonce }))).toBe('RangeError');
	});
});

describe('the key of a message', () => {
	it('comes from the key of its thread, and opens nothing of the thread or of another message', async () => {
		const place = { firm: FIRM, class: 'COMMUNICATION', table: 'threads', row: OTHER_ROW, generation: 7 };
		const thread = await deriveRecordKey(await importDataKey(dataKey), place);
		const messages = { ...place, table: 'messages', version: 2 };
		const message = await prepareRecord(await deriveMessageKey(thread, ROW), { ...messages, row: ROW });
		const body = { column: 'body', type: 'String' } as const;
		const sealed = await sealRecordField(message, { ...body, value: 'Hello' });
		expect(await openRecordField(message, { ...body, envelope: sealed })).toBe('Hello');
		const other = await prepareRecord(await deriveMessageKey(thread, OTHER_ROW), { ...messages, row: ROW });
		const ofThread = await prepareRecord(thread, { ...messages, row: ROW });
		for (const wrong of [other, ofThread]) expect(await open(sealed, wrong, 'body')).toBe('CIPHERTEXT_INVALID');
	});
});
