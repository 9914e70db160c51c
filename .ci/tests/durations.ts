import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { git } from './git.ts';

/** CPU-seconds of each test file as last recorded; the file is committed. */
export interface Durations {
	/** What they were taken of; the changes since then are counted against them. */
	readonly commit: string | null;
	/** CPU-seconds by path. */
	readonly fast: Readonly<Record<string, number>>;
	readonly soak: Readonly<Record<string, number>>;
}

const FILE = new URL('durations.json', import.meta.url);

export const readDurations = (): Durations =>
	existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : { commit: null, fast: {}, soak: {} };

/** Files that `measured` lacks stay as they were as long as they exist. */
export function recordDurations(tier: 'fast' | 'soak', measured: ReadonlyMap<string, number>): void {
	const before = readDurations();
	const rounded = [...measured].map(([path, seconds]) => [path, Math.round(seconds * 10) / 10] as const);
	const kept = Object.entries({ ...before[tier], ...Object.fromEntries(rounded) })
		.filter(([path]) => existsSync(new URL(`../../${path}`, import.meta.url)))
		.sort(([a], [b]) => (a < b ? -1 : 1));
	const after = { ...before, commit: git('rev-parse', 'HEAD'), [tier]: Object.fromEntries(kept) };
	writeFileSync(FILE, `${JSON.stringify(after, null, '\t')}\n`);
}
