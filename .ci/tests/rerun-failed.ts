import type { TestModule, Vitest } from 'vitest/node';

/** A race or an attack that succeeds once has succeeded. */
const NEVER = /^test\/(attacks\/|.*(race|revocation))/;
/** With more files than these the change is at fault, or the machine. */
const MOST = 3;

/**
 * Runs each file that failed once more, alone, and prints the one that passes then as FLAKY: on a busy machine a test can fail that has
 * nothing to do with the change. @returns whether everything has passed in the end
 */
export async function rerunFailed(vitest: Vitest, unhandled: readonly unknown[]): Promise<boolean> {
	const failed = vitest.state.getTestModules().filter((module) => !module.ok());
	const paths = new Set(failed.map((module) => module.moduleId));
	// An error that no file of the failed ones has left behind cannot be tried again.
	const isAttributed = unhandled.every((error) => paths.has(fileOf(error)));
	const again = failed.filter((module) => !NEVER.test(module.relativeModuleId));
	const isTried = isAttributed && again.length === failed.length && failed.length <= MOST;
	if (!isTried) return failed.length === 0 && unhandled.length === 0;
	let isGreen = true;
	for (const module of again) isGreen = (await passesAlone(vitest, module)) && isGreen;
	return isGreen;
}

async function passesAlone(vitest: Vitest, module: TestModule): Promise<boolean> {
	const specification = module.toTestSpecification();
	const { unhandledErrors } = await vitest.runTestSpecifications([specification]);
	const passes = unhandledErrors.length === 0 && (specification.testModule?.ok() ?? false);
	process.stdout.write(`${passes ? 'FLAKY' : 'FAILED AGAIN'}: ${module.relativeModuleId}\n`);
	return passes;
}

/** The test file whose worker an error has escaped from. */
const fileOf = (error: unknown): string => (error as { VITEST_TEST_PATH?: string }).VITEST_TEST_PATH ?? '';
