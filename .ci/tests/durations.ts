import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { git } from './git.ts';

export type Tier = 'fast' | 'soak';

/** CPU-seconds, as one whole run of a tier took them. */
export interface Durations {
	/** Of each test file by its path: its worker and the processes that it started, without PostgreSQL. */
	readonly files: Readonly<Record<string, number>>;
	/** Of the workers' PostgreSQL. */
	readonly postgres: number;
}

export interface Recorded extends Durations {
	/** What they were taken of; null: nothing was recorded. */
	readonly commit: string | null;
}

/** It is committed. */
const FILE = new URL('durations.json', import.meta.url);
const NOTHING: Recorded = { commit: null, postgres: 0, files: {} };

export const readDurations = (): Readonly<Record<Tier, Recorded>> =>
	existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : { fast: NOTHING, soak: NOTHING };

/** CPU-seconds: a shorter file is measured too coarsely to tell a pace. */
const LEAST = 0.5;

/**
 * As if it had been measured in the recorded run. The file in the middle tells how fast this machine is now; a change that slows down more
 * than half of all files alike is taken for a slow machine.
 */
export function atPaceOf(recorded: Durations, { files, postgres }: Durations): Durations {
	const both = Object.keys(files).filter((path) => (recorded.files[path] ?? 0) >= LEAST);
	const pace = median(both.map((path) => (files[path] ?? 0) / (recorded.files[path] ?? 0)));
	const paced = Object.entries(files).map(([path, seconds]) => [path, seconds / pace] as const);
	return { files: Object.fromEntries(paced), postgres: postgres / pace };
}

/** 1 of none. */
const median = (values: readonly number[]): number =>
	values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 1;

export function recordDurations(tier: Tier, measured: Durations): void {
	const before = readDurations();
	const now = { commit: git('rev-parse', 'HEAD'), ...recordOf(before[tier], measured) };
	writeFileSync(FILE, `${JSON.stringify({ ...before, [tier]: now }, null, '\t')}\n`);
}

/**
 * What is recorded after `before`, at its pace: the budget of the whole tier is in the seconds of the first record, on whichever machine the
 * next ones are made. Files that `measured` lacks stay as they were as long as they exist.
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
