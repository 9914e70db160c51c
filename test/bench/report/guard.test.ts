import { describe, expect, it } from 'vitest';
import { type Baseline, baselineOf, guard, renderGuard, writeBaseline } from '../../../bench/report/guard.ts';

type Ratio = readonly [number, number, number];

const baseline = (lines: Readonly<Record<string, Ratio>>, section = 'lists'): Baseline => ({
	at: '2026-11-28T00:00:00.000Z',
	ratios: { [section]: { 'A list': lines } },
});

const committed = baseline({ '1 row': [1.1, 1.05, 1.2], '10 rows': [1.5, 1.4, 1.6] });
const of = (ratio: Ratio) => guard(committed, baseline({ '1 row': ratio, '10 rows': [1.5, 1.4, 1.6] }), 0.2);

describe('the performance guard', () => {
	it('reports a ratio whose interquartile range is above the committed one by more than the tolerance', () => {
		expect(of([1.6, 1.45, 1.7]).regressions).toEqual([
			'A list: 1 row: 1.10 (1.05 .. 1.20) before, 1.60 (1.45 .. 1.70) now',
		]);
	});

	it.each([
		['the interquartile ranges overlap', [1.6, 1.19, 3]],
		['it exceeds the committed one by exactly the tolerance', [1.6, 1.44, 1.7]],
		['it has become faster', [0.5, 0.4, 0.6]],
		['it is the same', [1.1, 1.05, 1.2]],
	] as const)('treats a difference as noise if %s', (_why, ratio) => {
		expect(of(ratio)).toEqual({ regressions: [], missing: [], fresh: [] });
	});

	it('lists missing and new lines, and counts neither as slower', () => {
		const measured = baseline({ '10 rows': [1.5, 1.4, 1.6], '100 rows': [9, 9, 9] });
		expect(guard(committed, measured, 0.2)).toEqual({
			regressions: [],
			missing: ['A list: 1 row'],
			fresh: ['A list: 100 rows'],
		});
	});

	it('compares only sections that ran', () => {
		const measured = baseline({ sealed: [1, 1, 1] }, 'fields');
		expect(guard(committed, measured, 0.2)).toEqual({
			regressions: [],
			missing: [],
			fresh: ['A list: sealed'],
		});
	});

	it('reports its findings, and says so if there are none', () => {
		const found = guard(committed, baseline({ '1 row': [2, 2, 2], more: [1, 1, 1] }), 0.2);
		expect(renderGuard(found, committed.at)).toBe(`Slower than on 2026-11-28T00:00:00.000Z:
  A list: 1 row: 1.10 (1.05 .. 1.20) before, 2.00 (2.00 .. 2.00) now
No longer measured:
  A list: 10 rows
New:
  A list: more
`);
		expect(renderGuard(guard(committed, committed, 0.2), committed.at)).toBe(
			'Nothing is slower than on 2026-11-28T00:00:00.000Z.\n',
		);
	});
});

describe('the committed ratios', () => {
	const spread = (median: number) => ({ median, low: median / 2, high: median * 2 });
	const comparison = { what: '1 row', rounds: 5, base: spread(1), compared: spread(1), ratio: spread(1.23456) };
	const table = {
		title: 'A list',
		base: 'plain',
		compared: 'Firmseal',
		comparisons: [{ ...comparison, target: null }],
	};
	const made = baselineOf({ at: 'now', sections: [{ section: 'lists', title: 'Lists', tables: [table], facts: [] }] });

	it('have three digits, by section, table and line', () => {
		expect(made).toEqual({ at: 'now', ratios: { lists: { 'A list': { '1 row': [1.23, 0.617, 2.47] } } } });
	});

	it('are written one per line, and read back unchanged', () => {
		const text = writeBaseline(made);
		expect(text).toContain('\n\t\t\t\t"1 row": [1.23, 0.617, 2.47]\n');
		expect(JSON.parse(text)).toEqual(made);
	});
});
