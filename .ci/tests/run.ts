import { parseArgs } from 'node:util';
import { runFast } from './fast.ts';
import { runSoak } from './soak.ts';

/**
 * `npm test` and `npm run test:soak`: the tests of a tier, or the tests whose paths contain one of the arguments.
 *
 * --record      writes the duration of each file to durations.json, after a green run of all
 * --seed SEED   repeats the random values of the run that printed the seed
 * --fresh       soak: also runs files that have passed on these sources before
 * --until TIME  soak: runs what the change reaches, then other files until this time (seconds since 1970)
 */
function readArguments() {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			record: { type: 'boolean' },
			fresh: { type: 'boolean' },
			until: { type: 'string' },
			seed: { type: 'string' },
		},
	});
	const [tier, ...filters] = positionals;
	const { record = false, fresh = false, until, seed } = values;
	if (tier !== 'fast' && tier !== 'soak') throw new TypeError('The first argument must be fast or soak.');
	if (tier === 'fast' && (fresh || until !== undefined)) throw new TypeError('--fresh and --until are for soak.');
	if (until !== undefined && !/^\d{10}$/.test(until)) throw new TypeError('--until must be seconds since 1970.');
	if (record && filters.length > 0) throw new TypeError('--record takes no path: it writes what all files took.');
	if (seed !== undefined && !/^\d{1,10}$/.test(seed))
		throw new TypeError('--seed must be a number that a run has printed.');
	if (until !== undefined && (seed !== undefined || record || fresh || filters.length > 0))
		throw new TypeError('--until takes no other option and no path.');
	const numberOf = (value: string | undefined) => (value === undefined ? undefined : Number(value));
	return { tier, filters, record, fresh, seed: numberOf(seed), until: numberOf(until) ?? null };
}

/** null after a sentence about wrong arguments. */
function tryArguments() {
	try {
		return readArguments();
	} catch (error) {
		process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
		return null;
	}
}

const given = tryArguments();
if (given === null) process.exitCode = 2;
else process.exitCode = (await (given.tier === 'soak' ? runSoak(given) : runFast(given))) ? 0 : 1;
