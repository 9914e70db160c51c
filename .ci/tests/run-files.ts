import type { TestModule, TestSpecification } from 'vitest/node';
import { createVitest } from 'vitest/node';
import { cpuSecondsOf, cpuSecondsOfPostgres } from './cpu-seconds.ts';
import type { Durations, Tier } from './durations.ts';
import { type Failure, failuresOf } from './failures.ts';
import { LongestFirst } from './longest-first.ts';
import { type Rerun, rerunFailed } from './rerun-failed.ts';
import { printSummary } from './summary.ts';

export interface RunOptions {
	readonly tier: Tier;
	/** Of all random values in the tests. */
	readonly seed: number;
	/** Parts of paths; none: every file. */
	readonly filters: readonly string[];
	/** The files that run, of those that the filters leave; by their paths from the project's top. */
	readonly choose: (paths: readonly string[]) => readonly string[];
	/** A file that may fail twice without failing the run. */
	readonly isExcused?: (path: string) => boolean;
	/** Milliseconds since 1970 at which what still runs is cancelled. */
	readonly deadline?: number | null;
	readonly onFilePassed?: (path: string) => void;
}

export interface RunResult {
	readonly isGreen: boolean;
	/** Of the files that passed: of those that ran twice, their second run's; PostgreSQL's are of the first ones. */
	readonly durations: Durations;
	/** Files that failed, and passed the second time. */
	readonly flaky: readonly string[];
	/** From the first file's start to the last one's end. */
	readonly wallSeconds: number;
}

/** Runs files in the workers of vitest.config.ts, prints their results, and as the last line how many tests passed. */
export async function runFiles(options: RunOptions): Promise<RunResult> {
	const { tier, seed, filters, choose, isExcused = () => false, deadline = null, onFilePassed } = options;
	// Read by test/support/scale.ts in the workers.
	Object.assign(process.env, { FIRMSEAL_TEST_TIER: tier, FIRMSEAL_TEST_SEED: String(seed) });
	process.stdout.write(`Tier ${tier}, seed ${seed}\n`);
	const passed = {
		onTestModuleEnd: (module: TestModule) => void (hasPassed(module) && onFilePassed?.(module.relativeModuleId)),
	};
	const vitest = await createVitest({
		watch: false,
		silent: true,
		sequence: { sequencer: LongestFirst },
		reporters: ['default', passed],
	});
	let rerun: Rerun = { isGreen: false, flaky: [], excused: [] };
	let failures: readonly Failure[] = [];
	let wallSeconds = 0;
	let timer: NodeJS.Timeout | undefined;
	try {
		await vitest.standalone();
		const found = await vitest.globTestSpecifications(filters.map(String));
		const chosen = new Set(choose(found.map(pathOf)));
		const specifications = found.filter((specification) => chosen.has(pathOf(specification)));
		const start = performance.now();
		if (deadline !== null)
			timer = setTimeout(() => void vitest.cancelCurrentRun('keyboard-input'), deadline - Date.now());
		const { unhandledErrors } = await vitest.runTestSpecifications(specifications, filters.length === 0);
		wallSeconds = (performance.now() - start) / 1000;
		const postgres = cpuSecondsOfPostgres(process.env.TMPDIR ?? '');
		failures = failuresOf(vitest.state.getTestModules(), unhandledErrors);
		const isLate = () => deadline !== null && Date.now() >= deadline;
		rerun = await rerunFailed(vitest, unhandledErrors, isExcused, isLate);
		if (found.length === 0) process.stdout.write('No test file has one of the arguments in its path.\n');
		const isGreen = rerun.isGreen && found.length > 0;
		const durations = { files: cpuSecondsOf(vitest.state.getTestModules()), postgres };
		return { isGreen, durations, flaky: rerun.flaky, wallSeconds };
	} finally {
		clearTimeout(timer);
		await vitest.close();
		printSummary(vitest.state.getTestModules(), rerun, failures);
	}
}

const pathOf = ({ moduleId, project }: TestSpecification): string => moduleId.slice(project.config.root.length + 1);

/** A file whose every test was skipped has shown nothing. */
const hasPassed = (module: TestModule): boolean => module.ok() && [...module.children.allTests('passed')].length > 0;
