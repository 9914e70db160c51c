import { createVitest } from 'vitest/node';
import { rerunFailed } from './rerun-failed.ts';

/** Runs the tests of the projects in vitest.config.ts; arguments are parts of paths, as for `vitest run`. */
const vitest = await createVitest('test', { watch: false, silent: true });
let isGreen = false;
try {
	const { unhandledErrors } = await vitest.start(process.argv.slice(2));
	isGreen = await rerunFailed(vitest, unhandledErrors);
} finally {
	await vitest.close();
	process.exitCode = isGreen ? 0 : 1;
}
