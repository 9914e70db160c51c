import type { Facts } from '../harness/facts.ts';

export const UNIT_COSTS = 'Unit costs: processor time and space';

/** The lines of the benchmark. Times are of a processor, in microseconds. */
export const UNIT_LINES = {
	pageServer: ['page of one value, the server', 'us'],
	pageDatabase: ['page of one value, PostgreSQL', 'us'],
	valueServer: ['each value more of 1 KB, the server', 'us'],
	valueDatabase: ['each value more of 1 KB, PostgreSQL', 'us'],
	writeServer: ['a note of 1 KB written, the server', 'us'],
	writeDatabase: ['a note of 1 KB written, PostgreSQL', 'us'],
	pageEntries: ['entries of the log for a page', 'entries'],
	writeEntries: ['entries of the log for a write', 'entries'],
	entryWorker: ['an entry, the worker', 'us'],
	entryBytes: ['an entry with its leaf, stored', 'bytes'],
	noteBytes: ['a note of 1 KB, stored', 'bytes'],
} as const;

export const UNIT_NAMES = Object.keys(UNIT_LINES) as (keyof typeof UNIT_LINES)[];

export type UnitCosts = Readonly<Record<keyof typeof UNIT_LINES, number>>;

const costsBy = (find: (what: string) => number | undefined): UnitCosts =>
	Object.fromEntries(
		UNIT_NAMES.map((name) => {
			const [what] = UNIT_LINES[name];
			const value = find(what);
			if (value === undefined || !Number.isFinite(value)) throw new Error(`There is no "${what}".`);
			return [name, value];
		}),
	) as UnitCosts;

/** The unit costs in a result of the benchmark. @throws Error if a line is missing */
export function costsOfFacts(facts: readonly Facts[]): UnitCosts {
	const measured = facts.find(({ title }) => title === UNIT_COSTS)?.facts ?? [];
	const rounded = (value: number | undefined) => value && Number(value.toPrecision(2));
	return costsBy((what) => rounded(measured.find((fact) => fact.what === what)?.value));
}

export const renderCosts = (costs: UnitCosts): string =>
	[
		'| line of the benchmark | measured |',
		'|---|--:|',
		...UNIT_NAMES.map(
			(name) => `| ${UNIT_LINES[name][0]} | ${costs[name].toLocaleString('en-US')} ${UNIT_LINES[name][1]} |`,
		),
	].join('\n');

/** Reads what renderCosts() has written. */
export function costsOfText(text: string): UnitCosts {
	const rows = [...text.matchAll(/^\| (.+?) \| ([\d,.]+) \w+ \|$/gm)];
	const values = new Map(rows.map(([, what = '', value = '']) => [what, Number(value.replaceAll(',', ''))]));
	return costsBy((what) => values.get(what));
}
