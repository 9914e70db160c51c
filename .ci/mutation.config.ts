import { defineConfig } from 'vitest/config';
import base from '../vitest.config.ts';

/** The tests beside the mutated folder, none of which needs a database; in one process, as most of the time is start-up. */
// biome-ignore lint/style/noDefaultExport: Vitest asks for one.
export default defineConfig({
	resolve: base.resolve ?? {},
	test: {
		include: [`test/${process.env.MUTATED_FOLDER}/**/*.test.ts`],
		setupFiles: ['.ci/mutation-setup.ts'],
		isolate: false,
		// A test that a busy machine makes late has noticed nothing.
		testTimeout: 60_000,
	},
});
