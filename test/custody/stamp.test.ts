import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
	type ColumnHashes,
	checkStamp,
	type DeviceKeys,
	hashColumns,
	parseStamp,
	type StampDraft,
	signStamp,
	stampHash,
	verifyStampSignature,
} from '../../src/custody/index.ts';
import { SEED, scale } from '../support/scale.ts';
import { codeOf, FIRM, flipped, HEAD, OTHER_FIRM, OTHER_ROW, ROW, randomBytes, respelled, someDevice } from './some.ts';

const ASKED = { firm: FIRM, class: 'NOTE', table: 'notes', row: ROW };
const title = randomBytes(90);
const body = randomBytes(120);

let device: DeviceKeys;
let other: DeviceKeys;
let draft: StampDraft;
let text: string;
let hashes: ColumnHashes;

beforeAll(async () => {
	[device, other] = [await someDevice(), await someDevice()];
	hashes = await hashColumns({ title, body, summary: null });
	draft = { ...ASKED, revision: 1, generation: 0, log: null, head: HEAD, columns: hashes, origin: null };
	text = await signStamp(draft, device);
});

describe('a stamp', () => {
	it('is verified with the key of its device only', async () => {
		const stamp = parseStamp(text);
		expect(stamp).toMatchObject({ ...draft, v: 1, device: device.id });
		expect(await verifyStampSignature(stamp, device.publicKeys.signing)).toBe(true);
		expect(await verifyStampSignature(stamp, other.publicKeys.signing)).toBe(false);
		expect(await stampHash(text)).toMatch(/^[0-9a-f]{64}$/);
	});

	it('does not verify after any part was changed', async () => {
		const stamp = parseStamp(text);
		const changes = [
			{ firm: OTHER_FIRM },
			{ class: 'MATTER' },
			{ table: 'matters' },
			{ row: OTHER_ROW },
			{ revision: 2 },
			{ generation: 1 },
			{ log: OTHER_ROW },
			{ head: 'cd'.repeat(32) },
			{ columns: { ...hashes, title: null } },
			{ columns: { ...hashes, more: null } },
			{ origin: 'PLATFORM' },
			{ device: other.id },
			{ signature: respelled(stamp.signature, (bytes) => flipped(bytes, 77)) },
		];
		for (const change of changes) {
			expect(await verifyStampSignature({ ...stamp, ...change }, device.publicKeys.signing)).toBe(false);
		}
	});

	it('holds for the row and the columns that it names, all or some of them', async () => {
		const stamp = parseStamp(text);
		const some = [hashes, {}, await hashColumns({ body }), await hashColumns({ summary: null, unknown: null })];
		for (const answered of some) expect(await codeOf(() => checkStamp(stamp, ASKED, answered))).toBe('opened');
	});

	it('holds for no other row, no other firm, and no exchanged, emptied, filled or added column', async () => {
		const stamp = parseStamp(text);
		const rows = [
			{ ...ASKED, row: OTHER_ROW },
			{ ...ASKED, firm: OTHER_FIRM },
			{ ...ASKED, class: 'MATTER' },
			{ ...ASKED, table: 'matters' },
		];
		for (const row of rows) expect(await codeOf(() => checkStamp(stamp, row, hashes))).toBe('CIPHERTEXT_INVALID');
		const columns: readonly Record<string, Uint8Array | null>[] = [
			{ title: body, body: title },
			{ title: null },
			{ title: flipped(title, 5) },
			{ summary: title },
			{ unknown: title },
			{ constructor: title },
			{ toString: title },
		];
		for (const answer of columns) {
			const answered = await hashColumns(answer);
			expect(await codeOf(() => checkStamp(stamp, ASKED, answered))).toBe('CIPHERTEXT_INVALID');
		}
	});

	it('says which attack it found, without a value', async () => {
		const answered = await hashColumns({ title: null });
		expect(() => checkStamp(parseStamp(text), ASKED, answered)).toThrow(
			'A field of this record was emptied after its author stamped it: report it, and restore the record from a backup.',
		);
	});

	it('takes a column of any name, also one that objects have by themselves', async () => {
		const columns = await hashColumns(JSON.parse('{"__proto__":null,"constructor":null}') as Record<string, null>);
		const stamp = parseStamp(await signStamp({ ...draft, columns }, device));
		expect(Object.keys(stamp.columns)).toEqual(['__proto__', 'constructor']);
		expect(await verifyStampSignature(stamp, device.publicKeys.signing)).toBe(true);
	});

	it('is read only in its canonical form', async () => {
		const others = [
			` ${text}`,
			text.replace('{', '{"a":1,'),
			text.replace('"v":1', '"v":2'),
			text.replace('"v":1', '"v":1e0'),
			text.replace('"revision":1', '"revision":0'),
			text.replace('"revision":1', '"revision":1.5'),
			text.replace('"revision":1', '"revision":9007199254740992'),
			text.replace('"generation":0', '"generation":-0'),
			text.replace('"generation":0', '"generation":4294967296'),
			text.replace('"log":null', '"log":"null"'),
			text.replace('"log":null,', ''),
			text.replace('"origin":null', '"origin":"FIRM"'),
			text.replace('"summary":null', '"summary":false'),
			text.replace('"summary":null', '"summary":null,"summary":null'),
			text.replace('"table":"notes"', '"table":"\\u006eotes"'),
			text.replace('"table":"notes"', '"table":"\\ud800"'),
			text.replace('="', '"'),
			text.replace(ROW, ROW.toUpperCase()),
			text.replace(HEAD, HEAD.toUpperCase()),
			text.replace('"columns":{', '"columns":[],"c":{'),
			'{}',
		];
		expect(others.filter((each) => each === text)).toEqual([]);
		for (const each of others) expect(await codeOf(() => parseStamp(each))).toBe('BAD_USER_INPUT');
	});

	it('with another spelling of the same base64 is refused', async () => {
		// The last character before the padding has four bits that decoders ignore.
		const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
		const respelledText = text.replace(/(.)==","table"/, (_, last: string) => {
			return `${alphabet[alphabet.indexOf(last) + 1]}==","table"`;
		});
		expect(respelledText).not.toBe(text);
		expect(await codeOf(() => parseStamp(respelledText))).toBe('BAD_USER_INPUT');
	});

	it('is not signed if it has another form', async () => {
		expect(await codeOf(() => signStamp({ ...draft, revision: 0 }, device))).toBe('BAD_USER_INPUT');
		expect(await codeOf(() => signStamp({ ...draft, columns: { title: 'x' } }, device))).toBe('BAD_USER_INPUT');
	});

	it('is refused in every text that is not exactly one, without any other error', async () => {
		const property = fc.asyncProperty(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), async (at, added) => {
			const changed = text.slice(0, at) + added + text.slice(at + 1);
			if (changed === text) return;
			const outcome = await codeOf(() => parseStamp(changed));
			expect(['BAD_USER_INPUT', 'opened']).toContain(outcome);
			if (outcome === 'opened') {
				expect(await verifyStampSignature(parseStamp(changed), device.publicKeys.signing)).toBe(false);
			}
		});
		await fc.assert(property, { numRuns: scale(2_000), seed: SEED });
	});
});
