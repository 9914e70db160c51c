import { describe, expect, it } from 'vitest';
import { isEnvelope, openPayload, prepareFieldKey, readKeyVersion, sealPayload } from '../../src/envelope/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import { aead, type FieldVector, fieldKeyOf, fromHex, implementations, vectors } from './field-vectors.ts';

const { fields } = vectors;
const [first] = fields as readonly [FieldVector];
/** One short and one padded vector for WebCrypto; node:crypto is tested with all vectors. */
const few = [
	fields.find(({ type }) => type === 'Int'),
	fields.find(({ value }) => value === 'Privileged & confidential'),
];

const MESSAGE =
	'This stored value does not open: it was damaged or moved from another place, so restore it from a backup.';
const DOES_NOT_OPEN = `CIPHERTEXT_INVALID: ${MESSAGE}`;

function reasonOf(error: unknown): string {
	return error instanceof FirmsealError ? `${error.code}: ${error.message}` : `unexpected: ${String(error)}`;
}

async function outcome(open: () => Promise<unknown>): Promise<string> {
	return open().then(() => 'opened', reasonOf);
}

function outcomeNow(open: () => unknown): string {
	try {
		open();
		return 'opened';
	} catch (error) {
		return reasonOf(error);
	}
}

function flip(envelope: Uint8Array, bit: number): Uint8Array {
	const damaged = envelope.slice();
	damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
	return damaged;
}

/** Every prefix, one more byte at either end, and a second envelope behind the first. */
function resize(envelope: Uint8Array): Uint8Array[] {
	const prefixes = Array.from({ length: envelope.length }, (_, length) => envelope.slice(0, length));
	const longer = [
		[...envelope, 0],
		[...envelope, 1],
		[0, ...envelope],
		[...envelope, ...envelope],
	];
	return [...prefixes, ...longer.map((bytes) => Uint8Array.from(bytes))];
}

/** The same ciphertext, opened as if it belonged elsewhere. */
function swapsOf(vector: FieldVector): FieldVector[] {
	const other = fields.find(({ firm, row }) => firm !== vector.firm && row !== vector.row) as FieldVector;
	return [
		{ ...vector, firm: other.firm },
		{ ...vector, class: 'OTHER' },
		{ ...vector, table: `${vector.table}x` },
		{ ...vector, column: `${vector.column}x` },
		{ ...vector, table: vector.column, column: vector.table },
		{ ...vector, table: vector.table + vector.column, column: '' },
		{ ...vector, row: other.row },
		{ ...vector, row: vector.row.toUpperCase() },
		{ ...vector, row: '' },
		{ ...vector, keyVersion: vector.keyVersion === 1 ? 2 : vector.keyVersion - 1 },
		{ ...vector, fieldKey: other.fieldKey },
	];
}

describe('node:crypto', () => {
	it('opens nothing after a change of any single bit', () => {
		const outcomes = new Set<string>();
		for (const vector of fields) {
			const fieldKey = fieldKeyOf(vector);
			const envelope = fromHex(vector.envelope);
			for (let bit = 0; bit < envelope.length * 8; bit++) {
				outcomes.add(outcomeNow(() => openPayload(aead, fieldKey, vector.row, flip(envelope, bit))));
			}
		}
		expect([...outcomes]).toEqual([DOES_NOT_OPEN]);
	});

	it('opens nothing that was cut or extended', () => {
		const outcomes = new Set<string>();
		for (const vector of fields) {
			const fieldKey = fieldKeyOf(vector);
			for (const resized of resize(fromHex(vector.envelope))) {
				outcomes.add(outcomeNow(() => openPayload(aead, fieldKey, vector.row, resized)));
			}
		}
		expect([...outcomes]).toEqual([DOES_NOT_OPEN]);
	});

	it('keeps no state between rows: each row opens under its own id only', () => {
		const fieldKey = fieldKeyOf(first);
		const rows = fields.map(({ row }) => row);
		const sealed = rows.map((row, index) => sealPayload(aead, fieldKey, row, Uint8Array.of(1, index)));
		rows.forEach((row, asked) => {
			sealed.forEach((envelope, index) => {
				const open = () => openPayload(aead, fieldKey, row, envelope);
				if (asked === index) expect([...open()]).toEqual([1, index]);
				else expect(outcomeNow(open)).toBe(DOES_NOT_OPEN);
			});
		});
	});

	it('never gives the same ciphertext twice', () => {
		const fieldKey = fieldKeyOf(first);
		const sealed = Array.from({ length: 200 }, () => sealPayload(aead, fieldKey, first.row, Uint8Array.of(1)));
		expect(new Set(sealed.map((envelope) => Buffer.from(envelope).toString('hex'))).size).toBe(200);
	});

	it('seals under no row id except a lower-case UUID', () => {
		const fieldKey = fieldKeyOf(first);
		for (const row of ['', first.row.toUpperCase(), `${first.row}0`, first.row.replaceAll('-', '0'), 'é'.repeat(36)]) {
			expect(() => sealPayload(aead, fieldKey, row, Uint8Array.of(1))).toThrow(
				expect.objectContaining({ code: 'BAD_USER_INPUT', message: expect.stringMatching(/lower-case UUID/) }),
			);
		}
	});
});

describe('prepareFieldKey', () => {
	it('refuses a key version, firm tag or firm id that no envelope can have', () => {
		const parts = {
			place: first,
			firmTag: new Uint8Array(4),
			version: 1,
			key: aead.importKey(fromHex(first.fieldKey)),
		};
		const refused: [Partial<typeof parts>, RegExp][] = [
			[{ version: 0 }, /^A key version is/],
			[{ version: 2 ** 32 }, /^A key version is/],
			[{ version: 1.5 }, /^A key version is/],
			[{ firmTag: new Uint8Array(3) }, /^A firm tag is/],
			[{ firmTag: new Uint8Array(5) }, /^A firm tag is/],
			[{ place: { ...first, firm: first.firm.toUpperCase() } }, /^A firm id is/],
		];
		for (const [part, sentence] of refused) {
			const prepare = () => prepareFieldKey({ ...parts, ...part });
			expect(prepare).toThrow(RangeError);
			expect(prepare).toThrow(sentence);
		}
		expect(() => prepareFieldKey({ ...parts, version: 2 ** 32 - 1 })).not.toThrow();
	});
});

describe('WebCrypto', () => {
	const web = implementations[1] as (typeof implementations)[number];

	it.each(few as FieldVector[])('opens nothing after a changed bit, a cut or an extension ($type)', async (vector) => {
		const envelope = fromHex(vector.envelope);
		const flips = Array.from({ length: envelope.length * 8 }, (_, bit) => flip(envelope, bit));
		const damaged = [...flips, ...resize(envelope)];
		const outcomes = await Promise.all(damaged.map((each) => outcome(() => web.open(vector, each))));
		expect([...new Set(outcomes)]).toEqual([DOES_NOT_OPEN]);
	});
});

describe.each(implementations)('$name', ({ open }) => {
	it('opens no value under another firm, class, table, column, row, version or key', async () => {
		for (const vector of fields) {
			const envelope = fromHex(vector.envelope);
			const outcomes = await Promise.all(swapsOf(vector).map((swap) => outcome(() => open(swap, envelope))));
			expect([...new Set(outcomes)]).toEqual([DOES_NOT_OPEN]);
		}
	});

	it('does not open plaintext as an envelope', async () => {
		for (const text of ['', 'Dear client', `\x01${'x'.repeat(60)}`, '{"a":1}'.repeat(10)]) {
			expect(await outcome(() => open(first, new TextEncoder().encode(text)))).toBe(DOES_NOT_OPEN);
		}
	});
});

describe('readKeyVersion', () => {
	it('refuses another marker or suite, version 0 and a short value, as opening does', () => {
		const envelope = fromHex(first.envelope);
		const versionZero = envelope.slice();
		versionZero.fill(0, 2, 6);
		const marker = Uint8Array.from([0xf4, ...envelope.slice(1)]);
		const suite = Uint8Array.from([0xf5, 0x02, ...envelope.slice(2)]);
		for (const damaged of [versionZero, marker, suite, envelope.slice(0, 38), new Uint8Array()]) {
			expect(outcomeNow(() => readKeyVersion(damaged))).toBe(DOES_NOT_OPEN);
		}
		expect([isEnvelope(envelope), isEnvelope(marker), isEnvelope(suite), isEnvelope(envelope.slice(0, 38))]).toEqual([
			true,
			false,
			false,
			false,
		]);
	});

	it('reads from a view into a larger buffer', () => {
		const larger = new Uint8Array(200).fill(0xff);
		larger.set(fromHex(first.envelope), 7);
		expect(readKeyVersion(larger.subarray(7, 100))).toBe(first.keyVersion);
	});
});
