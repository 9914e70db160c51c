import { defineConfig } from 'vitest/config';
import { isolatedRun } from './.ci/tests/isolated-run.ts';

/** Files that start PostgreSQL, a server or child processes are slow to begin and share two cores. */
const needsDatabase = [
	'test/alerts/**/*.test.ts',
	'test/database/**/*.test.ts',
	'test/api/files/**/*.test.ts',
	'test/attacks/**/*.test.ts',
	'test/clients/**/*.test.ts',
	'test/firms/**/*.test.ts',
	'test/leases/**/*.test.ts',
	'test/library/**/*.test.ts',
	'test/pages/**/*.test.ts',
	'test/processes/**/*.test.ts',
	'test/wiring/library/**/*.test.ts',
	'test/jobs/*.test.ts',
	'test/jobs/migrate/*.test.ts',
	'test/jobs/erase/*.test.ts',
	'test/jobs/recovery/*.test.ts',
	'test/audit-log/{anchors,leader,proofs,rebuild,verify}/**/*.test.ts',
	'test/testing/{workspace.test,coverage.soak.test,removed-locks.soak.test}.ts',
	'test/cli/**/*.test.ts',
	'test/system/**/*.test.ts',
];
const contract = ['test/contract/**/*.test.ts'];
/** What talks to the cloud's services, or to what stands in for them. */
const clouds = ['test/contract/*-aws*.test.ts', 'test/contract/*-s3*.test.ts', 'test/aws/**/*.test.ts'];
const ofThePackage = ['test/package/**/*.test.ts'];
/** Against a real account, only by `npm run test:aws-live`. */
const live = ['test/aws-live/**/*.test.ts'];

export default defineConfig({
	plugins: [isolatedRun()],
	// @graphql-tools loads the CommonJS build of graphql; a second copy in one process is another realm.
	resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
	test: {
		// Files run one after the other in a worker that has loaded the program: to load it for each is a tenth of the whole run.
		isolate: false,
		// Processes that tests fork load the program as its commands do.
		execArgv: ['--import', new URL('src/cli/quick-imports.ts', import.meta.url).href],
		// Each has a PostgreSQL of its own (test/support/servers.ts).
		maxWorkers: 3,
		// None is met by a test that works: each must end, on a busy machine too.
		testTimeout: 60_000,
		hookTimeout: 120_000,
		// What has to become true is waited for as long as a test may take, less what it takes to say so; where it has to within a time, the test
		// says that.
		expect: { poll: { timeout: 55_000 } },
		setupFiles: ['./.ci/tests/measure-file.ts', './test/support/each-file.ts'],
		projects: [
			{
				extends: true,
				test: {
					name: 'unit',
					include: ['test/**/*.test.ts'],
					exclude: [...needsDatabase, ...contract, ...clouds, ...ofThePackage, ...live],
				},
			},
			{ extends: true, test: { name: 'contract', include: contract, exclude: clouds } },
			{
				extends: true,
				test: {
					name: 'postgres',
					include: needsDatabase,
				},
			},
			{
				extends: true,
				test: {
					name: 'aws',
					include: clouds,
					globalSetup: './test/support/clouds.ts',
				},
			},
			{
				extends: true,
				test: {
					name: 'package',
					include: ofThePackage,
					globalSetup: './test/package/setup.ts',
					testTimeout: 120_000,
				},
			},
			...(process.env.AWS_LIVE_TESTS
				? [{ extends: true as const, test: { name: 'aws-live', include: live, testTimeout: 600_000 } }]
				: []),
		],
	},
});
