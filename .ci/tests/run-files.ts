import { createVitest, type TestModule, type TestSpecification } from 'vitest/node';
import { cpuSecondsOf, cpuSecondsOfPostgres } from './cpu-seconds.ts';
import { withoutCut } from './cut.ts';
import type { Durations, Tier } from './durations.ts';
import { type Failure, failuresOf } from './failures.ts';
import { LongestFirst } from './longest-first.ts';
import { type Rerun, rerunFailed } from './rerun-failed.ts';
import { printSummary } from './summary.ts';

export interface RunOptions {
	readonly tier: Tier;
	/** The seed of all random values in the tests. */
	readonly seed: number;
	/** Parts of paths; empty for all files. */
	readonly filters: readonly string[];
	/** Selects the files to run from those that the filters match, by their paths in the project. */
	readonly choose: (paths: readonly string[]) => readonly string[];
	/** True for a file that may fail twice without failing the run. */
	readonly isExcused?: (path: string) => boolean;
	/** When the remaining files are cancelled, in milliseconds since 1970. */
	readonly deadline?: number | null;
	readonly onFilePassed?: (path: string) => void;
}

export interface RunResult {
	readonly isGreen: boolean;
	/** Durations of the files that passed, from their second run if they ran twice. PostgreSQL's are from the first runs. */
	readonly durations: Durations;
	/** Files that failed first and passed in the second run. */
	readonly flaky: readonly string[];
	/** From the start of the first file to the end of the last. */
	readonly wallSeconds: number;
}

/** Runs files in the workers of vitest.config.ts, and prints their results. The last line has the number of passed tests. */
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
		const result = await vitest.runTestSpecifications(specifications, filters.length === 0);
		const unhandled = withoutCut(result.unhandledErrors, vitest.state.getTestModules());
		wallSeconds = (performance.now() - start) / 1000;
		const postgres = cpuSecondsOfPostgres(process.env.TMPDIR ?? '');
		failures = failuresOf(vitest.state.getTestModules(), unhandled);
		const isLate = () => deadline !== null && Date.now() >= deadline;
		rerun = await rerunFailed(vitest, unhandled, isExcused, isLate);
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

/** A file with only skipped tests has not passed. */
const hasPassed = (module: TestModule): boolean => module.ok() && [...module.children.allTests('passed')].length > 0;
