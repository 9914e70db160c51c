// Calculates the table of docs/how-to/scale.md, for 1 to 100,000 firms, from the unit costs of the page or from those of a result, which it
// then writes into the page.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BOUNDS, FIRMS, type Scaled, scale } from './scaling.ts';
import { costsOfFacts, costsOfText, renderCosts, type UnitCosts } from './unit-table.ts';

const number = (value: number): string =>
	value.toLocaleString('en-US', value < 10 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 0 });
const percent = (share: number): string => (share < 0.001 ? '< 0.1 %' : `${number(100 * share)} %`);

const ROWS: Readonly<Record<string, (scaled: Scaled) => string>> = {
	'requests a second': ({ requests }) => number(requests),
	'processes of the API': ({ processes }) => number(processes),
	'their connections': ({ connections }) => number(connections),
	'processors of PostgreSQL': ({ database }) => number(Math.max(1, Math.ceil(database))),
	'entries of the log a day': ({ entries }) => number(entries),
	'GB a year: log, content': ({ logGigabytes, contentGigabytes }) =>
		`${number(logGigabytes)}, ${number(contentGigabytes)}`,
	'calls of KMS a second: a firm at any process, at its own': ({ callsAnywhere, callsOwn }) =>
		`${number(callsAnywhere)}, ${number(callsOwn)}`,
	'of its quota': ({ callsAnywhere, callsOwn }) =>
		`${percent(callsAnywhere / BOUNDS.calls)}, ${percent(callsOwn / BOUNDS.calls)}`,
	'keys of KMS': ({ keys }) => number(keys),
	'USD a month; of that keys': ({ money, keys }) => `${number(money)}; ${number(keys)}`,
	'used most, of its bound': ({ shares }) => nearest(shares),
};

/** The bounds that are exceeded, or the nearest one. */
function nearest(shares: Scaled['shares']): string {
	const sorted = Object.entries(shares).toSorted(([, one], [, other]) => other - one);
	const exceeded = sorted.filter(([, share]) => share > 1);
	const shown = exceeded.length > 0 ? exceeded : sorted.slice(0, 1);
	return shown.map(([name, share]) => `${name}: ${percent(share)}`).join('; ');
}

export function renderScaling(costs: UnitCosts): string {
	const columns = FIRMS.map((firms) => scale(firms, costs));
	return [
		`| firms | ${columns.map(({ firms }) => number(firms)).join(' | ')} |`,
		`|---|${columns.map(() => '--:').join('|')}|`,
		...Object.entries(ROWS).map(([what, cell]) => `| ${what} | ${columns.map(cell).join(' | ')} |`),
	].join('\n');
}

/** Replaces the table between the two comments of that name. */
const put = (page: string, name: string, table: string): string =>
	page.replace(
		new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end of ${name} -->)`),
		(_, start: string, end: string) => `${start}\n${table}\n\n${end}`,
	);

/** The page with both tables, calculated from the costs in the page unless others are given. */
export function renderPage(page: string, costs: UnitCosts = costsOfText(page)): string {
	return put(put(page, 'unit costs', renderCosts(costs)), 'scaling', renderScaling(costs));
}

if (import.meta.main) {
	const path = fileURLToPath(new URL('../../docs/how-to/scale.md', import.meta.url));
	const page = readFileSync(path, 'utf8');
	const [result] = process.argv.slice(2);
	const costs = result === undefined ? undefined : costsOfFacts(JSON.parse(readFileSync(result, 'utf8')).facts);
	writeFileSync(path, renderPage(page, costs));
}
