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

/** Files that `measured` lacks stay as they were as long as they exist. */
export function recordDurations(tier: Tier, { files, postgres }: Durations): void {
	const before = readDurations();
	const kept = Object.entries({ ...before[tier].files, ...files })
		.filter(([path]) => existsSync(new URL(`../../${path}`, import.meta.url)))
		.map(([path, seconds]) => [path, rounded(seconds)] as const)
		.sort(([a], [b]) => (a < b ? -1 : 1));
	const now = { commit: git('rev-parse', 'HEAD'), postgres: rounded(postgres), files: Object.fromEntries(kept) };
	writeFileSync(FILE, `${JSON.stringify({ ...before, [tier]: now }, null, '\t')}\n`);
}

const rounded = (seconds: number): number => Math.round(seconds * 10) / 10;
