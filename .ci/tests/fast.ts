import { readDurations, recordDurations } from './durations.ts';
import { judgeGrowth } from './growth.ts';
import { writePace } from './pace.ts';
import { runFiles } from './run-files.ts';
import { fastFiles } from './tiers.ts';

/** The same in each run, so that a test with an unlucky seed fails for everyone. */
const SEED = 20_261_128;

export interface FastOptions {
	readonly filters: readonly string[];
	readonly record: boolean;
	/** Replaces the usual seed. */
	readonly seed?: number | undefined;
}

/** Runs the cheapest test of each promise. A whole run fails above its budget of CPU-seconds. */
export async function runFast({ filters, record, seed = SEED }: FastOptions): Promise<boolean> {
	// A file that the command line names runs in either tier.
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
