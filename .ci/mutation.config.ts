import { defineConfig } from 'vitest/config';
import base from '../vitest.config.ts';

/** The tests of the mutated folder, none of which needs a database. They run in one process, because start-up takes most of the time. */
export default defineConfig({
	resolve: base.resolve ?? {},
	test: {
		include: [`test/${process.env.MUTATED_FOLDER}/**/*.test.ts`],
		setupFiles: ['.ci/mutation-setup.ts'],
		isolate: false,
		// A test that times out on a busy machine has not detected the mutant.
		testTimeout: 60_000,
	},
});
