import { randomInt } from 'node:crypto';
import { readDurations, recordDurations } from './durations.ts';
import { git } from './git.ts';
import { readPace } from './pace.ts';
import { runFiles } from './run-files.ts';
import { planSoak } from './soak-plan.ts';
import { openSoakProgress } from './soak-progress.ts';

export interface SoakOptions {
	readonly filters: readonly string[];
	readonly record: boolean;
	/** Also what has passed on these sources before. */
	readonly fresh: boolean;
	/** Of an earlier run, to have its random values again. */
	readonly seed?: number | undefined;
	/** Seconds since 1970 by which the run ends; null: it takes what it takes, and leaves nothing out. */
	readonly until: number | null;
}

/** Milliseconds that a file may still take after the end of the time it was planned for. */
const GRACE = 180_000;

/** Every file at full counts; or, for CI, as much as there is time for. */
export const runSoak = (options: SoakOptions): Promise<boolean> =>
	options.until === null ? runWhole(options) : runUntil(options.until);

async function runWhole({ filters, record, fresh, seed = randomInt(2 ** 31) }: SoakOptions): Promise<boolean> {
	const progress = openSoakProgress(fresh);
	const { isGreen, durations } = await runFiles({
		tier: 'soak',
		seed,
		filters,
		choose(paths) {
			// A file named on the command line always runs.
			const left = filters.length > 0 ? paths : paths.filter((path) => !progress.hasPassed(path));
			process.stdout.write(`${left.length} of ${paths.length} files are left to run\n`);
			return left;
		},
		onFilePassed: progress.pass,
	});
	if (record && isGreen) recordDurations('soak', durations);
	return isGreen;
}

async function runUntil(until: number): Promise<boolean> {
	const commit = git('rev-parse', 'HEAD');
	const left = until - Date.now() / 1000;
	let reached: ReadonlySet<string> = new Set();
	const { isGreen } = await runFiles({
		tier: 'soak',
		seed: Number.parseInt(commit.slice(0, 7), 16),
		filters: [],
		choose(paths) {
			const plan = planSoak(paths, readDurations(), { commit, cpuSeconds: left / readPace() });
			reached = new Set(plan.reached);
			for (const path of plan.leftOut) process.stdout.write(`No time was left for ${path}\n`);
			process.stdout.write(`${plan.chosen.length} files run, of which the change reaches ${reached.size}\n`);
			return plan.chosen;
		},
		isExcused: (path) => !reached.has(path),
		deadline: until * 1000 + GRACE,
	});
	return isGreen;
}
