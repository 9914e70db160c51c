import { describe, expect, it } from 'vitest';
import { ASSUMED, BOUNDS, scale } from '../../../bench/wide/scaling.ts';
import { renderPage, renderScaling } from '../../../bench/wide/scaling-table.ts';
import { costsOfFacts, costsOfText, renderCosts, UNIT_COSTS } from '../../../bench/wide/unit-table.ts';
import { readConfig } from '../../../src/config/config.ts';
import { read } from '../../house/tree.ts';

const PAGE = read('docs/how-to/scale.md');

/** Round unit costs that make the expected numbers easy to compute. */
const COSTS = {
	pageServer: 1_000,
	pageDatabase: 500,
	valueServer: 0,
	valueDatabase: 0,
	writeServer: 1_000,
	writeDatabase: 500,
	pageEntries: 1,
	writeEntries: 1,
	entryWorker: 100,
	entryBytes: 1_000,
	noteBytes: 2_000,
};

describe('docs/how-to/scale.md', () => {
	it('contains the table that follows from its unit costs', () => {
		expect(renderPage(PAGE)).toBe(PAGE);
		expect(renderPage(PAGE, COSTS)).not.toBe(PAGE);
	});

	it('states the assumptions of the calculation', () => {
		const { people, hours, days, pages, values, writes, classes, server, database, gigabyte } = ASSUMED;
		for (const words of [
			`${people} people, who work at the same ${hours} hours of ${days} days; each asks for ${pages} pages of ${values} values`,
			`and writes ${writes}`,
			`uses ${classes} content classes`,
			`${server} USD a month`,
			`${database} for PostgreSQL`,
			`${gigabyte} a GB`,
		])
			expect(PAGE.replaceAll('\n', ' ')).toContain(words);
	});
});

describe('a limit in the calculation', () => {
	it('is the limit of the program', () => {
		expect(readConfig({}).keyring.cacheSeconds).toBe(BOUNDS.cacheSeconds);
		expect(read('src/content/content-from-keyring.ts')).toContain(
			BOUNDS.cacheKeys.toLocaleString('en').replace(',', '_'),
		);
		expect(read('docs/how-to/deploy.md')).toMatch(new RegExp(`^\\| firm API .* \\| ${BOUNDS.connections} \\|$`, 'm'));
	});

	it.each([
		`from ${BOUNDS.broker.toLocaleString('en')} firms on longer than its minute`,
		`| KMS keys | ${BOUNDS.keys.toLocaleString('en')} |`,
		`${BOUNDS.calls.toLocaleString('en')} in us-east-2`,
	])('is the one that quotas-and-cost.md states: %s', (words) => {
		expect(read('docs/reference/quotas-and-cost.md').replaceAll('\n', ' ')).toContain(words);
	});
});

describe('a thousand firms', () => {
	const { requests, processes, database, entries, logGigabytes, contentGigabytes, keys, shares } = scale(1_000, COSTS);

	it('need the machines that their requests need', () => {
		// 1,000 firms, 20 people, 66 requests an hour, twice the mean.
		expect(requests).toBeCloseTo((1_000 * 20 * 66 * 2) / 3600);
		expect(processes).toBe(2);
		expect(database).toBeCloseTo((requests * 0.0005) / 0.5);
		expect(shares['the leader of the log']).toBeCloseTo(requests * 0.0001);
	});

	it('keep their entries and content permanently', () => {
		expect(entries).toBeCloseTo(1_000 * 20 * 66 * 8, 3);
		expect(logGigabytes).toBeCloseTo((entries * 264 * 1_000) / 1e9);
		expect(contentGigabytes).toBeCloseTo((1_000 * 20 * 6 * 8 * 264 * 2_000) / 1e9);
	});

	it('have one key each, in addition to the platform’s and the bucket’s', () => {
		expect(keys).toBe(1_002);
	});
});

describe('key fetches', () => {
	it('are made by every process, until there are more processes than requests', () => {
		const few = scale(1_000, { ...COSTS, pageServer: 10_000, writeServer: 10_000 });
		expect(few.processes).toBe(15);
		expect(few.callsAnywhere / few.callsOwn).toBeGreaterThan(3);
		expect(few.callsAnywhere).toBeLessThan(few.requests * 3);
	});

	it('are at most one per use if a process cannot cache all keys', () => {
		const many = scale(100_000, COSTS);
		expect(many.callsAnywhere).toBeCloseTo(many.requests * 2);
		expect(many.callsOwn).toBeLessThan(many.callsAnywhere / 10);
	});
});

describe('unit costs', () => {
	it('are read as they were written', () => {
		expect(costsOfText(renderCosts(COSTS))).toEqual(COSTS);
	});

	it('are taken from a result, rounded to two digits', () => {
		const facts = renderCosts(COSTS)
			.split('\n')
			.slice(2)
			.map((row) => row.split('|')[1]?.trim() ?? '');
		const of = (value: number) => [
			{ title: UNIT_COSTS, facts: facts.map((what) => ({ what, value, unit: 'us' as const, target: null })) },
		];
		expect(costsOfFacts(of(1_234.5)).pageServer).toBe(1_200);
		expect(() => costsOfFacts([])).toThrow('There is no "page of one value, the server".');
		expect(() => costsOfFacts(of(Number.NaN))).toThrow('There is no');
	});

	it('give a row for each quantity, and a column for each number of firms', () => {
		const rows = renderScaling(COSTS).split('\n');
		expect(new Set(rows.map((row) => row.split('|').length))).toEqual(new Set([9]));
		expect(rows.length).toBeGreaterThan(10);
	});
});
