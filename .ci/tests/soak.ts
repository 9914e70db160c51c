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
	/** True to run files again that have passed on these sources. */
	readonly fresh: boolean;
	/** The seed of an earlier run, to repeat its random values. */
	readonly seed?: number | undefined;
	/** When the run ends, in seconds since 1970; null to run all files without a limit. */
	readonly until: number | null;
}

/** Milliseconds that a file may run beyond the planned end. */
const GRACE = 180_000;

/** Runs every file at full counts, or, in CI, as many as there is time for. */
export const runSoak = (options: SoakOptions): Promise<boolean> =>
	options.until === null ? runWhole(options) : runUntil(options.until);

async function runWhole({ filters, record, fresh, seed = randomInt(2 ** 31) }: SoakOptions): Promise<boolean> {
	const progress = openSoakProgress(fresh);
	const { isGreen, durations } = await runFiles({
		tier: 'soak',
		seed,
		filters,
		choose(paths) {
			// A file that the command line names always runs.
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
