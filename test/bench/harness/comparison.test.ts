import { describe, expect, it } from 'vitest';
import { compare, renderTable } from '../../../bench/harness/comparison.ts';

const times = { plain: [100, 200, 400, 100, 100], firmseal: [150, 300, 600, 150, 300] };

describe('compare', () => {
	it('takes the ratio of each round, not the ratio of the medians', () => {
		const drifting = { plain: [10, 100, 1000], firmseal: [1000, 200, 20] };
		const { ratio, base, compared } = compare('x', drifting, { base: 'plain', compared: 'firmseal' });
		expect([base.median, compared.median, ratio.median]).toEqual([100, 200, 2]);
		expect([ratio.low, ratio.high]).toEqual([1.01, 51]);
	});

	it('states the number of rounds, and a target only if there is one', () => {
		expect(compare('x', times, { base: 'plain', compared: 'firmseal' })).toMatchObject({ rounds: 5, target: null });
	});

	it('has no ratio for a round without a base', () => {
		const { ratio } = compare('x', { plain: [1], firmseal: [2, 2] }, { base: 'plain', compared: 'firmseal' });
		expect(ratio.median).toBeNaN();
	});
});

describe('a table as text', () => {
	const lineFor = (firmseal: readonly number[], target: number | null) => {
		const comparison = compare(
			'a line',
			{ plain: firmseal.map(() => 1), firmseal },
			{ base: 'plain', compared: 'firmseal', target },
		);
		const [title, , line] = renderTable({ title: 'T', base: 'b', compared: 'c', comparisons: [comparison] }).split(
			'\n',
		);
		expect(title).toBe('T');
		return line;
	};

	it.each([
		['met', [1.2, 1.3, 1.4], 1.5],
		['missed', [1.6, 1.7, 1.8], 1.5],
		['unclear', [1.2, 1.5, 1.8], 1.5],
		['met', [1.5, 1.5, 1.5], 1.5],
		['met', [0.2, 0.2, 0.3], 1 / 3],
	] as const)('says that a target is %s', (verdict, ratios, target) => {
		expect(lineFor(ratios, target)).toMatch(new RegExp(`<= ${target.toFixed(2)} +${verdict}$`));
	});

	it('never states that a target is met if a ratio is missing', () => {
		expect(lineFor([Number.NaN, Number.NaN], 1.5)).toMatch(/missed$/);
	});

	it('states no target if there is none, and ends no line with spaces', () => {
		expect(lineFor([2, 2, 2], null)).toBe('a line  1.00 us  2.00 us   2.00  2.00 .. 2.00');
	});

	it('aligns the columns, and writes long times in milliseconds', () => {
		const comparisons = [
			compare('short', { plain: [1], firmseal: [2] }, { base: 'plain', compared: 'firmseal' }),
			compare('a longer line', { plain: [999.99], firmseal: [123_456] }, { base: 'plain', compared: 'firmseal' }),
		];
		const lines = renderTable({ title: 'T', base: 'plain columns', compared: 'Firmseal', comparisons }).split('\n');
		expect(lines.slice(2)).toEqual([
			'short                1.00 us    2.00 us    2.00      2.00 .. 2.00',
			'a longer line      999.99 us  123.46 ms  123.46  123.46 .. 123.46',
			'',
		]);
	});
});
