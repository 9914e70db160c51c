import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
	type FileLayout,
	layoutOfObject,
	OBJECT_START,
	objectSizeOf,
	planRange,
} from '../../src/documents/file-ranges.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const MOST = 512 * GIB;

const layoutOf = (size: number) => layoutOfObject(objectSizeOf(size)) as FileLayout;

const lengthOf = (range: { readonly start: number; readonly end: number } | null) =>
	range ? range.end - range.start : 0;

/** Bytes read from an object for a range: its start, its last chunk, and the planned chunks. */
const readFor = (layout: FileLayout, range: { readonly start: number; readonly end: number }) =>
	lengthOf(OBJECT_START) + lengthOf(layout.last) + lengthOf(planRange(layout, range).object);

const filesAndRanges = fc
	.oneof(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: MOST }))
	.chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size }), fc.integer({ min: 0, max: size })))
	.map(([size, one, other]) => ({ size, range: { start: Math.min(one, other), end: Math.max(one, other) } }));

describe('the layout of an object', () => {
	it.each([
		[0, 1, 72, 88],
		[1, 1, 72, 89],
		[16_383, 1, 72, 16_471],
		[16_384, 2, 16_472, 16_488],
		[40_000, 3, 32_872, 40_120],
	])('of %i bytes has %i chunks, with the last from %i to %i', (size, chunks, start, end) => {
		expect(layoutOfObject(end)).toEqual({ chunks, size, last: { start, end } });
	});

	it('does not exist for a length that no object can have', () => {
		for (const length of [0, 1, 71, 72, 87, 72 + 16_400, 72 + 16_400 + 15, 72 + 2 * 16_400])
			expect(layoutOfObject(length)).toBeNull();
	});
});

describe('the plan of a range', () => {
	it('reads the whole chunks that hold it, and no others', () => {
		fc.assert(
			fc.property(filesAndRanges, ({ size, range }) => {
				const layout = layoutOf(size);
				const { object, firstChunk, skip, length, ofLast } = planRange(layout, range);
				const lastStart = (layout.chunks - 1) * 16_384;
				expect(length + lengthOf(ofLast)).toBe(range.end - range.start);
				if (ofLast.end > ofLast.start) expect(lastStart + ofLast.end).toBe(range.end);
				if (object === null) {
					expect(length).toBe(0);
					return;
				}
				expect(object.start).toBe(72 + firstChunk * 16_400);
				expect(firstChunk * 16_384 + skip).toBe(range.start);
				expect(skip).toBeLessThan(16_384);
				expect(lengthOf(object) % 16_400).toBe(0);
				// The last chunk that is read contains a part of the range.
				const held = (lengthOf(object) / 16_400) * 16_384 - skip - length;
				expect(held).toBeGreaterThanOrEqual(0);
				expect(held).toBeLessThan(16_384);
				expect(object.end).toBeLessThanOrEqual(layout.last.start);
			}),
		);
	});

	it('reads at most three chunks more than the range, including the prefix and the last chunk', () => {
		fc.assert(
			fc.property(filesAndRanges, ({ size, range }) => {
				const tags = Math.ceil(lengthOf(range) / 16_384) * 16;
				expect(readFor(layoutOf(size), range)).toBeLessThan(lengthOf(range) + tags + 3 * 16_400);
			}),
		);
		const worst = Array.from({ length: 16_384 }, (_, start) => ({ start, end: start + MIB }));
		for (const range of worst) expect(readFor(layoutOf(GIB), range)).toBeLessThanOrEqual(MIB + 3 * 16_384);
	});

	it('reads each byte of the object once to get the whole file', () => {
		for (const size of [16_384, 40_000, GIB]) {
			expect(readFor(layoutOf(size), { start: 0, end: size })).toBe(objectSizeOf(size));
		}
	});

	it('reads nothing more for a range within the last chunk, or for an empty range', () => {
		const layout = layoutOf(40_000);
		const nothing = { object: null, length: 0 };
		expect(planRange(layout, { start: 32_768, end: 40_000 })).toMatchObject({
			...nothing,
			ofLast: { start: 0, end: 7_232 },
		});
		expect(planRange(layout, { start: 39_999, end: 40_000 })).toMatchObject({
			...nothing,
			ofLast: { start: 7_231, end: 7_232 },
		});
		for (const at of [0, 100, 16_384, 40_000]) {
			const { ofLast, ...rest } = planRange(layout, { start: at, end: at });
			expect([rest, lengthOf(ofLast)]).toMatchObject([nothing, 0]);
		}
		expect(planRange(layoutOf(0), { start: 0, end: 0 })).toMatchObject(nothing);
	});

	it('is refused for a range outside the file', () => {
		const ranges = [
			[-1, 5],
			[0, 40_001],
			[5, 4],
			[0.5, 5],
			[0, Number.NaN],
			[0, Number.POSITIVE_INFINITY],
			[40_001, 40_001],
		] as const;
		for (const [start, end] of ranges) expect(() => planRange(layoutOf(40_000), { start, end })).toThrow(RangeError);
	});
});
