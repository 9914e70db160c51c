import type { TestModule, Vitest } from 'vitest/node';

/** A race or an attack that succeeds once has succeeded. */
const NEVER =
	/^test\/.*(attack|[/-]rac(es?|ing)\b|revocation|forge|by-sql|held-rows|lost-pages|leases\/(processes|use)\.)/;
/** With more files than these the change is at fault, or the machine. */
const MOST = 3;

export interface Rerun {
	/** Whether every file has passed in the end, or is excused. */
	readonly isGreen: boolean;
	/** Files that passed the second time. */
	readonly flaky: readonly string[];
	/** Files that failed twice and are reported only. */
	readonly excused: readonly string[];
}

/**
 * Runs each file that failed once more, alone: on a busy machine a test can fail that has nothing to do with the change. Races and attacks
 * get no second try, and nothing does when more than three files have failed, or when there is no time left.
 */
export async function rerunFailed(
	vitest: Vitest,
	unhandled: readonly unknown[],
	isExcused: (path: string) => boolean,
	isLate: () => boolean,
): Promise<Rerun> {
	const modules = vitest.state.getTestModules();
	const blamed = new Set(unhandled.map(fileOf));
	const failed = modules.filter((module) => hasFailed(module) || blamed.has(module.moduleId));
	const known = new Set(failed.map(({ moduleId }) => moduleId));
	// An error that escaped from no file that is known cannot be tried again.
	const isAttributed = [...blamed].every((path) => known.has(path));
	const isTried =
		isAttributed && failed.length <= MOST && !failed.some(({ relativeModuleId }) => NEVER.test(relativeModuleId));
	if (!isTried) return { isGreen: false, flaky: [], excused: [] };
	const flaky: string[] = [];
	const excused: string[] = [];
	for (const module of failed) {
		if (isLate()) break;
		const path = module.relativeModuleId;
		if (await passesAlone(vitest, module)) flaky.push(path);
		else if (isExcused(path)) excused.push(path);
	}
	return { isGreen: flaky.length + excused.length === failed.length, flaky, excused };
}

const hasFailed = (module: TestModule): boolean => module.state() === 'failed' || !module.ok();

async function passesAlone(vitest: Vitest, module: TestModule): Promise<boolean> {
	const specification = module.toTestSpecification();
	const { unhandledErrors } = await vitest.runTestSpecifications([specification]);
	return unhandledErrors.length === 0 && (specification.testModule?.ok() ?? false);
}

/** The test file whose worker an error has escaped from. */
const fileOf = (error: unknown): string => (error as { VITEST_TEST_PATH?: string }).VITEST_TEST_PATH ?? '';
