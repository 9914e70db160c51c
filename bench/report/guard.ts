import { renderRatio } from '../harness/comparison.ts';
import type { Spread } from '../harness/rounds.ts';
import type { Result } from '../harness/section.ts';

type Ratio = readonly [median: number, low: number, high: number];

/** The ratios of a run, by section, title of the table and line: the content of docs/reference/performance.json. */
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

/** Writes each ratio on one line, so that its change is one line of a diff. */
export const writeBaseline = (baseline: Baseline): string =>
	`${JSON.stringify(baseline, null, '\t').replaceAll(/\[\s+(\S+),\s+(\S+),\s+(\S+)\s+\]/g, '[$1, $2, $3]')}\n`;

/** The part of the committed ratio by which a ratio may be higher: noise from run to run. */
export const TOLERANCE = { full: 0.2, quick: 0.5 } as const;

/** Each line with the title of its table. */
export interface Guarded {
	/** With both ratios and their middle halves. */
	readonly regressions: readonly string[];
	/** Committed lines of the sections of this run that were not measured. */
	readonly missing: readonly string[];
	/** Lines without a committed ratio. */
	readonly fresh: readonly string[];
}

/**
 * Finds regressions: ratios whose whole middle half is above the committed middle half by more than the tolerance. Compares only the
 * sections of this run.
 */
export function guard(committed: Baseline, measured: Baseline, tolerance: number): Guarded {
	const [before, now] = [linesOf(committed, measured), linesOf(measured, measured)];
	const regressions = [...now].flatMap(([what, ratio]) => {
		const old = before.get(what);
		const isSlower = old && ratio[1] > old[2] * (1 + tolerance);
		return isSlower ? [`${what}: ${render(old)} before, ${render(ratio)} now`] : [];
	});
	const onlyIn = (one: Ratios, other: Ratios) => [...one.keys()].filter((what) => !other.has(what));
	return { regressions, missing: onlyIn(before, now), fresh: onlyIn(now, before) };
}

type Ratios = ReadonlyMap<string, Ratio>;

/** All lines of the sections of `run`. */
function linesOf({ ratios }: Baseline, run: Baseline): Ratios {
	const sections = Object.entries(ratios).filter(([section]) => Object.hasOwn(run.ratios, section));
	return new Map(
		sections.flatMap(([, tables]) =>
			Object.entries(tables).flatMap(([title, lines]) =>
				Object.entries(lines).map(([line, ratio]) => [`${title}: ${line}`, ratio] as const),
			),
		),
	);
}

const render = ([median, low, high]: Ratio): string =>
	`${renderRatio(median)} (${renderRatio(low)} .. ${renderRatio(high)})`;

export function renderGuard({ regressions, missing, fresh }: Guarded, at: string): string {
	const block = (title: string, lines: readonly string[]) =>
		lines.length > 0 ? [title, ...lines.map((line) => `  ${line}`)] : [];
	return [
		...(regressions.length > 0 ? block(`Slower than on ${at}:`, regressions) : [`Nothing is slower than on ${at}.`]),
		...block('No longer measured:', missing),
		...block('New:', fresh),
		'',
	].join('\n');
}
