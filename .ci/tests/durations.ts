import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { git } from './git.ts';

export type Tier = 'fast' | 'soak';

/** CPU-seconds of one whole run of a tier. */
export interface Durations {
	/** By the path of the test file: its worker and the processes that it started, without PostgreSQL. */
	readonly files: Readonly<Record<string, number>>;
	/** The PostgreSQL servers of the workers. */
	readonly postgres: number;
}

export interface Recorded extends Durations {
	/** The commit that was measured; null if nothing was recorded. */
	readonly commit: string | null;
}

const FILE = new URL('durations.json', import.meta.url);
const NOTHING: Recorded = { commit: null, postgres: 0, files: {} };

export const readDurations = (): Readonly<Record<Tier, Recorded>> =>
	existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : { fast: NOTHING, soak: NOTHING };

/** CPU-seconds. The measurement of a shorter file is too coarse for the pace. */
const LEAST = 0.5;

/**
 * Converts durations to the pace of the recorded run. The median file shows the present speed of this machine; a change that slows down more
 * than half of all files looks like a slow machine.
 */
export function atPaceOf(recorded: Durations, { files, postgres }: Durations): Durations {
	const both = Object.keys(files).filter((path) => (recorded.files[path] ?? 0) >= LEAST);
	const pace = median(both.map((path) => (files[path] ?? 0) / (recorded.files[path] ?? 0)));
	const paced = Object.entries(files).map(([path, seconds]) => [path, seconds / pace] as const);
	return { files: Object.fromEntries(paced), postgres: postgres / pace };
}

/** 1 for an empty list. */
const median = (values: readonly number[]): number =>
	values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 1;

export function recordDurations(tier: Tier, measured: Durations): void {
	const before = readDurations();
	const now = { commit: git('rev-parse', 'HEAD'), ...recordOf(before[tier], measured) };
	writeFileSync(FILE, `${JSON.stringify({ ...before, [tier]: now }, null, '\t')}\n`);
}

/**
 * The record that follows `before`, at its pace: the budget of the whole tier is in seconds of the first record, whatever machine makes the next.
 * Files that `measured` lacks keep their durations as long as they exist.
 */
export function recordOf(before: Durations, measured: Durations): Durations {
	const { files, postgres } = atPaceOf(before, measured);
	const kept = Object.entries({ ...before.files, ...files })
		.filter(([path]) => existsSync(new URL(`../../${path}`, import.meta.url)))
		.map(([path, seconds]) => [path, rounded(seconds)] as const)
		.sort(([a], [b]) => (a < b ? -1 : 1));
	return { postgres: rounded(postgres), files: Object.fromEntries(kept) };
}

const rounded = (seconds: number): number => Math.round(seconds * 10) / 10;
