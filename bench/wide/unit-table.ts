import type { Facts } from '../facts.ts';
import { UNIT_COSTS } from './unit-costs.ts';

/** What one thing takes. Times are of a processor, in microseconds. */
export interface UnitCosts {
	readonly pageServer: number;
	readonly pageDatabase: number;
	readonly valueServer: number;
	readonly valueDatabase: number;
	readonly writeServer: number;
	readonly writeDatabase: number;
	readonly pageEntries: number;
	readonly writeEntries: number;
	readonly entryWorker: number;
	readonly entryBytes: number;
	readonly noteBytes: number;
}

/** By what the benchmark calls each. */
const LINES: Readonly<Record<keyof UnitCosts, readonly [what: string, unit: string]>> = {
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
};

const NAMES = Object.keys(LINES) as (keyof UnitCosts)[];

const costsBy = (find: (what: string) => number | undefined): UnitCosts =>
	Object.fromEntries(
		NAMES.map((name) => {
			const value = find(LINES[name][0]);
			if (value === undefined || !Number.isFinite(value)) throw new Error(`There is no "${LINES[name][0]}".`);
			return [name, value];
		}),
	) as unknown as UnitCosts;

/** Of a result of the benchmark. @throws Error when it has none. */
export function costsOfFacts(facts: readonly Facts[]): UnitCosts {
	const measured = facts.find(({ title }) => title === UNIT_COSTS)?.facts ?? [];
	const rounded = (value: number | undefined) => value && Number(value.toPrecision(2));
	return costsBy((what) => rounded(measured.find((fact) => fact.what === what)?.value));
}

export const renderCosts = (costs: UnitCosts): string =>
	[
		'| line of the benchmark | measured |',
		'|---|--:|',
		...NAMES.map((name) => `| ${LINES[name][0]} | ${costs[name].toLocaleString('en-US')} ${LINES[name][1]} |`),
	].join('\n');

/** As renderCosts has written them. */
export function costsOfText(text: string): UnitCosts {
	const rows = [...text.matchAll(/^\| (.+?) \| ([\d,.]+) \w+ \|$/gm)];
	const values = new Map(rows.map(([, what = '', value = '']) => [what, Number(value.replaceAll(',', ''))]));
	return costsBy((what) => values.get(what));
}
