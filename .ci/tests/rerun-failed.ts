import type { TestModule, Vitest } from 'vitest/node';
import { fileOf } from './cut.ts';

/** Races and attacks run only once, because one success counts. */
const NEVER =
	/^test\/.*(attack|[/-]rac(es?|ing)\b|revocation|forge|by-sql|held-rows|lost-pages|leases\/(processes|use)\.)/;
/** If more files fail, the cause is the change or the machine. */
const MOST = 3;

export interface Rerun {
	/** True if every file has passed in the first or second run, or is excused. */
	readonly isGreen: boolean;
	/** Files that passed in the second run. */
	readonly flaky: readonly string[];
	/** Files that failed twice and are only reported. */
	readonly excused: readonly string[];
}

/**
 * Runs each failed file again, alone, because on a busy machine an unrelated test can fail. Races and attacks get no second run, and no file
 * does if more than three files have failed or no time is left.
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
	// An uncaught error without a known file cannot be retried.
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
