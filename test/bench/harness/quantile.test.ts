import { expect, it } from 'vitest';
import { quantileOf } from '../../../bench/harness/rounds.ts';

it('the median and the 99th percentile of a hundred values are measured values', () => {
	const values = Array.from({ length: 100 }, (_, index) => 100 - index);
	expect(quantileOf(values, 0.5)).toBe(51);
	expect(quantileOf(values, 0.99)).toBe(100);
	expect(quantileOf([7], 0.99)).toBe(7);
	expect(quantileOf([], 0.5)).toBeNaN();
});
