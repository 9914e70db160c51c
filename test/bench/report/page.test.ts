import { describe, expect, it } from 'vitest';
import { compare, type Table } from '../../../bench/harness/comparison.ts';
import type { Result } from '../../../bench/harness/section.ts';
import { performancePage, pictureName, readExplanations, sectionPage } from '../../../bench/report/page.ts';
import { plotBars, plotCurve } from '../../../bench/report/plots.ts';

const times = { plain: [1, 1, 1], slow: [3, 3, 3], fast: [1, 1, 1] };
const table: Table = {
	title: 'A list, <all> of it',
	base: 'plain',
	compared: 'Firmseal',
	comparisons: [
		compare('1 row & more', times, { base: 'plain', compared: 'slow', target: 1.1 }),
		compare('10 rows', times, { base: 'plain', compared: 'fast', target: 1.1 }),
	],
};
const curve: Table = {
	title: 'A page, as there is more',
	base: 'at 10',
	compared: 'at so many',
	growth: { of: 'rows', from: 10 },
	comparisons: [{ ...compare('100 rows', times, { base: 'plain', compared: 'fast', target: 1.1 }), at: 100 }],
};
const alone: Table = { ...table, title: 'One line', comparisons: table.comparisons.slice(1) };
const result: Result = {
	at: '2026-11-28T10:00:00.000Z',
	machine: { node: 'v1', openssl: '2', cpu: 'A|B', cpus: 2, memoryGiB: 4, platform: 'linux x64', load: 0 },
	peers: { peer: '1.0.0' },
	quick: false,
	seconds: 600,
	sections: [
		{
			section: 'lists',
			title: 'Lists',
			tables: [table, curve, alone],
			facts: [{ title: 'The log', facts: [{ what: 'a second', value: 5, unit: 'calls', target: 7, isLeast: true }] }],
		},
	],
};

describe('the overview page of a run', () => {
	const explanations = readExplanations('# Why\n\nMore.\n\n## A list, <all> of it\nIt waits.\n\n## Other\nNo.\n');
	const page = performancePage(result, explanations);

	it('contains every line with a target, and links to all others', () => {
		expect(page).toContain('All lines, with pictures: [Lists](performance/lists.md).');
		expect(page).toContain(`## What it costs

|  | line | measured | target |  |
|---|---|---|---|---|
| [Lists](performance/lists.md) | A list, <all> of it: 1 row & more | 3.00 | <= 1.10 | missed |
| [Lists](performance/lists.md) | A list, <all> of it: 10 rows | 1.00 | <= 1.10 | met |
| [Lists](performance/lists.md) | A page, as there is more: 100 rows | 1.00 | <= 1.10 | met |
| [Lists](performance/lists.md) | One line: 10 rows | 1.00 | <= 1.10 | met |
| [Lists](performance/lists.md) | The log: a second | 5 calls | >= 7 calls | missed |
`);
	});

	it('explains each missed target from the table, and nothing else', () => {
		expect(page).toContain(`## Why targets are missed

**A list, <all> of it.** It waits.

**The log.** The cause is not known.
`);
		expect(page).not.toContain('No.');
	});

	it('explains an unclear line that is over its target at the median, and none that is under it', () => {
		const unclear = (slow: number) => ({
			...table,
			title: `A slow one of ${slow}`,
			comparisons: [
				compare(
					'1 row',
					{ plain: [1, 1, 1, 1, 1], slow: [1, 1, slow, 3, 3] },
					{ base: 'plain', compared: 'slow', target: 1.1 },
				),
			],
		});
		const tables = [unclear(1.05), unclear(1.2), unclear(1.3)];
		const text = performancePage(
			{ ...result, sections: [{ section: 'lists', title: 'Lists', tables, facts: [] }] },
			new Map([
				['A slow one of 1.05', 'Not this.'],
				['A slow one of 1.2', 'It waits.'],
			]),
		);
		expect(text.match(/ unclear /g)?.length).toBe(3);
		expect(text).toContain('## Why targets are missed\n\n**A slow one of 1.2.** It waits.\n');
		expect(text).not.toMatch(/Not this|not known/);
	});

	it('says so if no target is missed', () => {
		const met = { ...result, sections: [{ section: 'lists', title: 'Lists', tables: [alone], facts: [] }] };
		expect(performancePage(met, new Map())).toContain('## Why targets are missed\n\nNo target is missed.\n');
	});
});

it('the page of a section contains each table and each fact, with a chart for every table of several lines', () => {
	const [section] = result.sections;
	const page = sectionPage(section as (typeof result.sections)[number]);
	expect(page).toContain(`## A list, <all> of it

|  | plain | Firmseal | ratio | middle half | target |  |
|---|---|---|---|---|---|---|
| 1 row & more | 1.00 us | 3.00 us | 3.00 | 3.00 .. 3.00 | <= 1.10 | missed |
| 10 rows | 1.00 us | 1.00 us | 1.00 | 1.00 .. 1.00 | <= 1.10 | met |

![A list, <all> of it](a-list-all-of-it.svg)
`);
	expect(page.match(/^!\[/gm)?.length).toBe(2);
	expect(page).toContain('| a second | 5 calls | >= 7 calls | missed |');
});

describe('the charts', () => {
	it('are named after their table', () => {
		expect(pictureName(curve)).toBe('a-page-as-there-is-more.svg');
	});

	it.each([
		['bars', plotBars(table), ['1 row &amp; more', '3.00', 'class="target"']],
		['a curve', plotCurve(curve), ['100', '<polyline', 'class="target"']],
	])('of %s are XML with a line for each value, and no invalid coordinate', (_kind, svg, parts) => {
		for (const part of parts) expect(svg).toContain(part);
		expect(svg).not.toMatch(/NaN|Infinity|undefined/);
		expect(svg.match(/<text /g)?.length).toBe(svg.match(/<\/text>/g)?.length);
		expect(svg).toMatch(/^<svg [^>]+>\n<title>[^<]+<\/title>/);
		expect(svg.endsWith('</svg>\n')).toBe(true);
	});
});
