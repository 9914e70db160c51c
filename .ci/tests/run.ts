import { parseArgs } from 'node:util';
import { runFast } from './fast.ts';
import { runSoak } from './soak.ts';

/**
 * `npm test` and `npm run test:soak`: the tests of a tier, or those whose paths have one of the arguments in them.
 *
 * --record      writes what each file took to durations.json
 * --fresh       soak: also the files that have passed on these sources before
 * --until TIME  soak: what the change reaches, then as much of the rest as is done by then (seconds since 1970)
 */
const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { record: { type: 'boolean' }, fresh: { type: 'boolean' }, until: { type: 'string' } },
});
const [tier, ...filters] = positionals;
const { record = false, fresh = false, until } = values;
const isGreen =
	tier === 'soak'
		? await runSoak({ filters, record, fresh, until: until === undefined ? null : Number(until) })
		: await runFast({ filters, record });
process.exitCode = isGreen ? 0 : 1;
