import { describe, expect, it } from 'vitest';
import { partSize } from '../../../src/adapters/objects-s3/upload.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
/** Bytes of the object of the largest file. */
const LARGEST = 512 * GIB + (512 * GIB) / 1_024 + 1_000;

function count(size: number): number {
	let parts = 0;
	for (let left = size; left > 0; parts++) left -= partSize(parts + 1);
	return parts;
}

describe('part sizes', () => {
	it('grow with the object', () => {
		expect([1, 1_000, 1_001, 2_000, 2_001].map((number) => partSize(number) / MIB)).toEqual([8, 8, 16, 16, 64]);
	});

	it('are large enough for the largest file', () => {
		for (const size of [80 * GIB, 333 * GIB, LARGEST]) expect(count(size)).toBeLessThanOrEqual(10_000);
	});
});
