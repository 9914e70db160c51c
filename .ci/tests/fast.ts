import { readDurations, recordDurations } from './durations.ts';
import { describeGrowth, growthOf } from './growth.ts';
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

/**
 * The cheapest test of each promise. A whole run is within its budget of CPU-seconds, or it fails; where a file ran twice, the next run tells,
 * which is compared with the same record.
 */
export async function runFast({ filters, record, seed = SEED }: FastOptions): Promise<boolean> {
	// A file that is named on the command line runs in either tier.
	const choose = filters.length > 0 ? (paths: readonly string[]) => paths : fastFiles;
	const { isGreen, durations, flaky, wallSeconds } = await runFiles({ tier: 'fast', seed, filters, choose });
	if (filters.length > 0 || !isGreen) return isGreen;
	writePace(durations, wallSeconds);
	if (flaky.length > 0) {
		const what = record ? 'Nothing is recorded' : 'The growth of the fast tier is not judged';
		process.stdout.write(
			`${what}, because ${flaky.join(', ')} ran twice: PostgreSQL’s work for the first time counts too.\n`,
		);
		return !record;
	}
	const recorded = readDurations().fast;
	if (record) recordDurations('fast', durations);
	if (recorded.commit === null) return true;
	const growth = growthOf(durations, recorded);
	process.stdout.write(`${describeGrowth(growth)}\n`);
	return growth.isWithin;
}
