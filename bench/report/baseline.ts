import type { Spread } from '../rounds.ts';
import type { Result } from './result.ts';

/** Median and middle half of a ratio. */
type Ratio = readonly [median: number, low: number, high: number];

/** The ratios of a run, by section, title of the table and line: what docs/reference/performance.json keeps. */
export interface Baseline {
	readonly at: string;
	readonly ratios: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Ratio>>>>>>;
}

const DIGITS = 3;

export function baselineOf({ at, sections }: Pick<Result, 'at' | 'sections'>): Baseline {
	const entries = sections.map(({ section, tables }) => {
		const byTitle = tables.map(({ title, comparisons }) => {
			const lines = comparisons.map(({ what, ratio }) => [what, ratioOf(ratio)] as const);
			return [title, Object.fromEntries(lines)] as const;
		});
		return [section, Object.fromEntries(byTitle)] as const;
	});
	return { at, ratios: Object.fromEntries(entries) };
}

const ratioOf = ({ median, low, high }: Spread): Ratio => [short(median), short(low), short(high)];

const short = (value: number): number => Number(value.toPrecision(DIGITS));

/** One line for each ratio, so that a change of it is one line of a diff. */
export const writeBaseline = (baseline: Baseline): string =>
	`${JSON.stringify(baseline, null, '\t').replaceAll(/\[\s+(\S+),\s+(\S+),\s+(\S+)\s+\]/g, '[$1, $2, $3]')}\n`;
