import { renderRatio } from '../comparison.ts';
import type { Baseline } from './baseline.ts';

/** By how much a ratio may be over the committed one: the part of it that is noise from run to run. */
export const TOLERANCE = { full: 0.2, quick: 0.5 } as const;

export interface Line {
	/** Title of the table, and the line. */
	readonly what: string;
}

export interface Regression extends Line {
	/** As the committed run and this one have it, with the middle half. */
	readonly before: string;
	readonly now: string;
}

export interface Guarded {
	readonly regressions: readonly Regression[];
	/** Lines that were there, of sections that were run. */
	readonly missing: readonly Line[];
	/** Lines that were not. */
	readonly fresh: readonly Line[];
}

/**
 * What has become slower: a ratio whose whole middle half is over the committed middle half by more than the tolerance. Sections that
 * were not run are not compared.
 */
export function guard(committed: Baseline, measured: Baseline, tolerance: number): Guarded {
	const [before, now] = [linesOf(committed, measured), linesOf(measured, measured)];
	const regressions = [...now].flatMap(([what, ratio]) => {
		const old = before.get(what);
		return old && ratio[1] > old[2] * (1 + tolerance) ? [{ what, before: written(old), now: written(ratio) }] : [];
	});
	const onlyIn = (one: typeof now, other: typeof now) =>
		[...one.keys()].filter((what) => !other.has(what)).map((what) => ({ what }));
	return { regressions, missing: onlyIn(before, now), fresh: onlyIn(now, before) };
}

type Ratios = ReadonlyMap<string, readonly [number, number, number]>;

/** All lines of the sections that `run` has. */
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

const written = ([median, low, high]: readonly [number, number, number]): string =>
	`${renderRatio(median)} (${renderRatio(low)} .. ${renderRatio(high)})`;

/** What the guard says of a run, in lines. */
export function renderGuard({ regressions, missing, fresh }: Guarded, at: string): string {
	const slower = regressions.map(({ what, before, now }) => `  ${what}: ${before} has become ${now}`);
	const block = (title: string, lines: readonly string[]) => (lines.length > 0 ? [title, ...lines] : []);
	return [
		regressions.length > 0 ? `Slower than on ${at}:` : `Nothing is slower than on ${at}.`,
		...slower,
		...block(
			'Not measured any more:',
			missing.map(({ what }) => `  ${what}`),
		),
		...block(
			'New:',
			fresh.map(({ what }) => `  ${what}`),
		),
		'',
	].join('\n');
}
