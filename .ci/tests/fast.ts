import { readDurations, recordDurations } from './durations.ts';
import { judgeGrowth } from './growth.ts';
import { writePace } from './pace.ts';
import { runFiles } from './run-files.ts';
import { fastFiles } from './tiers.ts';

/** The same in each run: a test that fails by chance fails for everybody. */
const SEED = 20_261_128;

export interface FastOptions {
	readonly filters: readonly string[];
	readonly record: boolean;
	/** Another than in each run. */
	readonly seed?: number | undefined;
}

/** The cheapest test of each promise. A whole run is within its budget of CPU-seconds, or it fails. */
export async function runFast({ filters, record, seed = SEED }: FastOptions): Promise<boolean> {
	// A file that is named on the command line runs in either tier.
	const choose = filters.length > 0 ? (paths: readonly string[]) => paths : fastFiles;
	const { isGreen, wallSeconds, ...run } = await runFiles({ tier: 'fast', seed, filters, choose });
	if (filters.length > 0 || !isGreen) return isGreen;
	writePace(run.durations, wallSeconds);
	const recorded = readDurations().fast;
	const { told, isWithin, isMeasured } = judgeGrowth(run, recorded);
	if (record && isMeasured) recordDurations('fast', run.durations);
	if (recorded.commit === null && isMeasured) return true;
	process.stdout.write(`${told}\n`);
	return isWithin && (isMeasured || !record);
}
