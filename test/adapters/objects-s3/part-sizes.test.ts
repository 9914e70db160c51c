import { describe, expect, it } from 'vitest';
import { partSize } from '../../../src/adapters/objects-s3/part-sizes.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** What the largest file comes to when it is sealed. */
const LARGEST = 512 * GIB + (512 * GIB) / 1_024 + 1_000;

/** Parts of an object whose parts are of these sizes. */
function count(size: number, announced: number | null): number {
	let parts = 0;
	for (let left = size; left > 0; parts++) left -= partSize(parts + 1, announced);
	return parts;
}

describe('sizes of parts', () => {
	it('are 8 MiB until 10,000 of them are not enough', () => {
		for (const size of [0, 1, GIB, 78 * GIB]) expect(partSize(1, size)).toBe(8 * MIB);
		expect(partSize(1, 79 * GIB)).toBe(9 * MIB);
	});

	it('are large enough for the largest file, and no larger than 64 MiB', () => {
		for (const size of [80 * GIB, 100 * GIB, 333 * GIB, LARGEST]) {
			expect(count(size, size)).toBeLessThanOrEqual(10_000);
			expect(partSize(1, size)).toBeLessThanOrEqual(64 * MIB);
		}
	});

	it('grow where nobody knows the length', () => {
		expect([1, 1_000, 1_001, 2_001].map((number) => partSize(number, null) / MIB)).toEqual([8, 8, 16, 64]);
		expect(count(LARGEST, null)).toBeLessThanOrEqual(10_000);
	});
});
