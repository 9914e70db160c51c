import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock/clock.ts';
import type { FileOpener } from '../../src/content/index.ts';
import { objectSizeOf, planRange } from '../../src/documents/file-ranges.ts';
import { openRange } from '../../src/documents/open-range.ts';
import { openStored } from '../../src/documents/open-stored.ts';
import { FirmsealError } from '../../src/errors.ts';
import { scale } from '../support/scale.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import {
	bytes,
	drain,
	gather,
	objectOf,
	openObject,
	PLACE,
	pieces,
	readObject,
	sizeOf,
	storing,
} from './files-in-memory.ts';

const plaintext = bytes(100_000);
const object = await objectOf(plaintext);
const whole = (size: number) => ({ start: 0, end: size });
const openGate = async () => {};

const splits = fc
	.tuple(fc.array(fc.integer({ min: 0, max: 34_000 }), { maxLength: 10 }), fc.integer({ min: 700, max: 70_000 }))
	.map(([first, last]) => [...first, last]);

describe('a file that is opened as a stream', () => {
	it('gives exactly the range, in whatever pieces the store delivers', async () => {
		const sizes = fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 16_300, max: 70_000 }));
		const cases = sizes.chain((size) => fc.tuple(fc.constant(size), fc.nat(size), fc.nat(size), splits));
		await fc.assert(
			fc.asyncProperty(cases, async ([size, one, other, split]) => {
				const range = { start: Math.min(one, other), end: Math.max(one, other) };
				const sealed = await objectOf(bytes(size));
				const opened = await readObject(sealed, { read: storing(sealed, split).readRange });
				expect(opened.size).toBe(size);
				const given = await gather(opened.read(range));
				expect(Buffer.compare(given, bytes(size).subarray(range.start, range.end))).toBe(0);
			}),
			{ numRuns: scale(80) },
		);
	});

	it('is read from both ends first, and each of its bytes once', async () => {
		const store = storing(object);
		const opened = await readObject(object, { read: store.readRange });
		const lastStart = 72 + 6 * 16_400;
		expect(store.read).toEqual([whole(72), { start: lastStart, end: object.length }]);
		await gather(opened.read(whole(100_000)));
		expect(store.read.slice(2)).toEqual([{ start: 72, end: lastStart }]);
	});

	it('of one chunk is read in a single request', async () => {
		const small = await objectOf(bytes(500));
		const store = storing(small);
		const opened = await readObject(small, { read: store.readRange });
		expect(await gather(opened.read(whole(500)))).toEqual(bytes(500));
		expect(store.read).toEqual([whole(small.length)]);
	});

	it('can be read again, and by several readers at once', async () => {
		const opened = await readObject(object);
		const readings = Array.from({ length: 5 }, (_, n) => ({ start: n * 17_000, end: n * 17_000 + 30_000 }));
		const given = await Promise.all(readings.map((range) => gather(opened.read(range))));
		for (const [n, { start, end }] of readings.entries())
			expect(Buffer.compare(given[n] as Uint8Array, plaintext.subarray(start, end))).toBe(0);
		for await (const piece of opened.read({ start: 99_990, end: 100_000 })) piece.fill(0);
		expect(await gather(opened.read({ start: 99_990, end: 100_000 }))).toEqual(plaintext.slice(99_990));
	});

	it('reads nothing from the store before it is read itself, and closes the store’s stream if its reader stops', async () => {
		let taken = 0;
		let isClosed = false;
		async function* read(range: { readonly start: number; readonly end: number }) {
			try {
				for (let start = range.start; start < range.end; start += 16_400) {
					taken++;
					yield object.subarray(start, Math.min(start + 16_400, range.end));
				}
			} finally {
				isClosed = true;
			}
		}
		const opened = await readObject(object, { read });
		taken = 0;
		isClosed = false;
		const reading = opened.read(whole(100_000))[Symbol.asyncIterator]() as AsyncGenerator<Uint8Array>;
		expect(taken).toBe(0);
		for (let n = 1; n <= 3; n++) {
			expect((await reading.next()).value).toHaveLength(16_384);
			expect([taken, isClosed]).toEqual([n, false]);
		}
		await reading.return(undefined);
		expect(isClosed).toBe(true);
	});

	it('gives at most 17 chunks per piece, however large the store’s pieces are', async () => {
		const large = await objectOf(bytes(2_000_000));
		const opened = await readObject(large, { read: storing(large, [100, 1_500_000]).readRange });
		for await (const piece of opened.read(whole(2_000_000))) expect(piece.length).toBeLessThanOrEqual(17 * 16_384);
	});

	it('refuses a range outside the file', async () => {
		const opened = await readObject(object);
		await expect(gather(opened.read({ start: 0, end: 100_001 }))).rejects.toThrow(RangeError);
	});
});

describe('the gate before the content', () => {
	it('is passed before each piece is opened, and nothing is opened once it is closed', async () => {
		let passed = 0;
		const over = new FirmsealError('LEASE_NOT_ACTIVE', 'Over.');
		const gate = async () => {
			if (++passed > 4) throw over;
		};
		const opened = await readObject(object, { gate, read: storing(object, [16_400]).readRange });
		expect(passed).toBe(2);
		const { given, error } = await drain(opened.read(whole(100_000)));
		expect(error).toBe(over);
		expect(Buffer.compare(given, plaintext.subarray(0, 32_768))).toBe(0);
		await expect(gather(opened.read({ start: 99_000, end: 99_001 }))).rejects.toBe(over);
		await expect(readObject(object, { gate })).rejects.toBe(over);
	});

	it('confirms once a second that the key may still be used', async () => {
		const clock = steppedClock();
		const opened: number[] = [];
		let refused = false;
		let asked = 0;
		const opener: FileOpener = {
			open(_target, first) {
				opened.push(first);
				return new Uint8Array(16_384);
			},
			async confirmKey() {
				asked++;
				if (refused) throw new FirmsealError('KEY_UNAVAILABLE', 'Disabled.');
			},
			recordFailure: () => new FirmsealError('CIPHERTEXT_INVALID', 'Never.'),
		};
		const layout = { chunks: 11, size: 163_840, last: { start: 72 + 164_000, end: 72 + 164_016 } };
		const plan = planRange(layout, whole(163_840));
		const reading = openRange(opener, plan, pieces(new Uint8Array(164_000), [16_400]), openGate, clock);
		for (let n = 0; n < 5; n++) {
			await reading.next();
			await clock.advance(400);
		}
		expect([opened.length, asked]).toEqual([5, 1]);
		refused = true;
		await reading.next();
		await clock.advance(1_000);
		await expect(reading.next()).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' });
		expect([opened.length, asked]).toEqual([6, 2]);
	});

	it('follows the decision: a denied caller gets nothing, and nothing is opened', async () => {
		expect(await openObject(object, { open: async () => null })).toBeNull();
	});
});

describe('an object that was changed', () => {
	const DOES_NOT_OPEN = expect.objectContaining({ code: 'CIPHERTEXT_INVALID' });
	const chunk = (n: number) => object.subarray(72 + n * 16_400, 72 + (n + 1) * 16_400);
	const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
	const start = object.subarray(0, 72);

	/** However the object is read, only unchanged plaintext comes out, and not all of it. */
	async function assertRefused(damaged: Uint8Array, asked = PLACE, byteSize = sizeOf(damaged.length)) {
		const opened = await readObject(damaged, { place: asked, byteSize }).catch((error: unknown) => {
			expect(error).toEqual(DOES_NOT_OPEN);
			return null;
		});
		if (!opened) return;
		for (const lengths of [[65_536], [16_400], [1_000, 40_000]]) {
			const again = await readObject(damaged, { place: asked, byteSize, read: storing(damaged, lengths).readRange });
			for (const range of [whole(opened.size), { start: 5, end: opened.size }]) {
				const { given, error } = await drain(again.read(range));
				expect(error).toEqual(DOES_NOT_OPEN);
				expect(given.length).toBeLessThan(opened.size - range.start);
				expect(Buffer.compare(given, plaintext.subarray(range.start, range.start + given.length))).toBe(0);
			}
		}
	}

	it('is refused after a change of any single bit', async () => {
		const places = fc.oneof(
			fc.integer({ min: 0, max: 72 * 8 - 1 }),
			fc.integer({ min: 0, max: object.length * 8 - 1 }),
		);
		await fc.assert(
			fc.asyncProperty(places, async (bit) => {
				const damaged = object.slice();
				damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
				await assertRefused(damaged);
			}),
			{ numRuns: scale(100) },
		);
	});

	it('is refused if it was cut anywhere', async () => {
		const boundaries = [0, 1, 15, 16, 71, 72, 87, 88, 72 + 16_399, 72 + 16_400, 72 + 16_416, 72 + 6 * 16_400 + 16];
		for (const length of boundaries) await assertRefused(object.slice(0, length), PLACE, 100_000);
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 0, max: object.length - 1 }), (length) =>
				assertRefused(object.slice(0, length), PLACE, Math.max(0, sizeOf(length))),
			),
			{ numRuns: scale(50) },
		);
	});

	it('is refused with any bytes after its end', async () => {
		for (const more of [1, 15, 16, 17, 16_400, 20_000]) await assertRefused(join(object, bytes(more)));
		await assertRefused(join(object, chunk(6)));
		await assertRefused(join(object.subarray(0, 72 + 6 * 16_400), chunk(5), chunk(6)));
	});

	it('is refused with chunks reordered, repeated or left out', async () => {
		const [a, b, c, d, e, f, last] = Array.from({ length: 7 }, (_, n) => chunk(n)) as [
			Uint8Array,
			Uint8Array,
			Uint8Array,
			Uint8Array,
			Uint8Array,
			Uint8Array,
			Uint8Array,
		];
		await assertRefused(join(start, b, a, c, d, e, f, last));
		await assertRefused(join(start, a, b, c, d, f, e, last));
		await assertRefused(join(start, a, a, c, d, e, f, last));
		await assertRefused(join(start, a, b, c, d, e, e, last));
		await assertRefused(join(start, b, c, d, e, f, last));
		await assertRefused(join(start, a, b, c, d, e, last));
		await assertRefused(join(start, last));
	});

	it('is refused as another version, document or firm, and with another prefix', async () => {
		const [two, three] = ['01980000-0000-7000-9000-000000000022', '01980000-0000-7000-9000-000000000033'];
		await assertRefused(object, { ...PLACE, version: two });
		await assertRefused(object, { ...PLACE, document: three });
		await assertRefused(object, { ...PLACE, document: PLACE.version, version: PLACE.document });
		const older = await objectOf(plaintext, { ...PLACE, version: two });
		await assertRefused(older);
		await assertRefused(join(older.subarray(0, 72), object.subarray(72)));
		await assertRefused(join(object.subarray(0, 72), older.subarray(72)));
		// Another object of the same version, sealed again: its chunks must not be accepted in this object.
		const again = await objectOf(plaintext);
		await assertRefused(join(object.subarray(0, 72 + 16_400), again.subarray(72 + 16_400)));
		await assertRefused(join(again.subarray(0, 72), object.subarray(72)));
	});

	it('is refused if it holds another file of the same version, by the recorded size', async () => {
		for (const recorded of [0, 99_999, 100_001])
			await expect(readObject(object, { byteSize: recorded })).rejects.toEqual(DOES_NOT_OPEN);
		await expect(readObject(object, { byteSize: 100_000 })).resolves.toMatchObject({ size: 100_000 });
	});

	it('is refused if the store has none, or returns more or fewer bytes than it stores', async () => {
		const { readRange } = storing(object);
		await expect(readObject(object, { objectSize: 0, byteSize: 0 })).rejects.toEqual(DOES_NOT_OPEN);
		const ends = await Promise.all(
			[72, 1].map((more) =>
				readObject(object, { read: ({ start, end }) => readRange({ start, end: end + more }) }).catch(
					(error: unknown) => error,
				),
			),
		);
		expect(ends).toEqual([DOES_NOT_OPEN, DOES_NOT_OPEN]);
		for (const more of [-1, -16_400, 1, 16_400]) {
			const read = ({ start, end }: { readonly start: number; readonly end: number }) =>
				readRange({ start, end: end - start > 16_400 ? end + more : end });
			const opened = await readObject(object, { read });
			const { given, error } = await drain(opened.read(whole(100_000)));
			expect(error).toEqual(DOES_NOT_OPEN);
			expect(Buffer.compare(given, plaintext.subarray(0, given.length))).toBe(0);
		}
	});

	it('keeps failing', async () => {
		const damaged = object.slice();
		damaged[72 + 20_000] = (damaged[72 + 20_000] as number) ^ 1;
		const opened = await readObject(damaged);
		for (let n = 0; n < 3; n++) await expect(gather(opened.read(whole(100_000)))).rejects.toEqual(DOES_NOT_OPEN);
		const reading = opened.read(whole(100_000))[Symbol.asyncIterator]() as AsyncGenerator<Uint8Array>;
		await expect(reading.next()).rejects.toEqual(DOES_NOT_OPEN);
		expect(await reading.next()).toEqual({ done: true, value: undefined });
		// Undamaged ranges can still be read.
		expect(await gather(opened.read({ start: 50_000, end: 60_000 }))).toEqual(plaintext.slice(50_000, 60_000));
	});

	it('is not blamed if the store fails: the error of the store is passed on', async () => {
		const trouble = new Error('The store is away.');
		async function* read() {
			yield object.subarray(0, 10);
			throw trouble;
		}
		await expect(readObject(object, { read })).rejects.toBe(trouble);
		const first = storing(object);
		const opened = await readObject(object, {
			read: (range) => (first.read.length < 2 ? first.readRange(range) : read()),
		});
		await expect(gather(opened.read(whole(100_000)))).rejects.toBe(trouble);
	});
});

it('opening a denied file returns null before the rest is read', async () => {
	await expect(
		openStored({
			objectSize: objectSizeOf(5),
			byteSize: 5,
			read: () => pieces(bytes(93), [93]),
			open: async () => null,
			clock: systemClock,
		}),
	).resolves.toBeNull();
});
