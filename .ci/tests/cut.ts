import type { TestCase, TestModule } from 'vitest/node';

/** Whether the end of the run's time has stopped the test. */
export function isCut(test: TestCase): boolean {
	const result = test.result();
	return result.state === 'skipped' && (result.note?.includes('aborted') ?? false);
}

/** The uncaught errors but those of files that were stopped: their requests fail because their servers end under them. */
export function withoutCut(unhandled: readonly unknown[], modules: readonly TestModule[]): readonly unknown[] {
	const cut = new Set(
		modules.filter(({ children }) => [...children.allTests()].some(isCut)).map(({ moduleId }) => moduleId),
	);
	return unhandled.filter((error) => !cut.has(fileOf(error)));
}

/** The test file in whose worker an uncaught error occurred; empty if it is not known. */
export const fileOf = (error: unknown): string => (error as { VITEST_TEST_PATH?: string }).VITEST_TEST_PATH ?? '';
