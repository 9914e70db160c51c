import { writeSync } from 'node:fs';
import type { TestCase, TestModule, TestSuite } from 'vitest/node';
import { isCut } from './cut.ts';
import { describeFailures, type Failure } from './failures.ts';
import type { Rerun } from './rerun-failed.ts';

/** The reason in a name: `describe.skipIf(…)('external server (skipped: none is installed)')`. */
const REASON = /skipped:\s*(.+?)\)?$/;

/** Lists skipped tests with their reasons, and first failures. The last line counts the tests. */
export function printSummary(
	modules: readonly TestModule[],
	{ isGreen, flaky, excused }: Rerun,
	failures: readonly Failure[],
): void {
	const counted = modules.filter(({ relativeModuleId }) => !excused.includes(relativeModuleId));
	const tests = counted.flatMap((module) => [...module.children.allTests()]);
	const count = (state: string) => tests.filter((test) => test.result().state === state).length;
	const suites = counted.flatMap((module) => [module, ...module.children.allSuites()]);
	const failed = count('failed') + suites.filter((suite) => suite.errors().length > 0).length;
	const reasons = new Map<string, number>();
	for (const test of tests)
		if (!['passed', 'failed'].includes(test.result().state)) {
			const reason = leftOut(test);
			reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
		}
	const skipped = [...reasons.values()].reduce((sum, each) => sum + each, 0);
	const lines = [
		...[...reasons].map(([what, of]) => `skipped${of > 1 ? ` (${of} tests)` : ''}: ${what}`),
		...describeFailures(failures),
		...flaky.map((path) => `FLAKY: ${path} failed, and passed alone`),
		...excused.map((path) => `REPORTED: ${path} failed twice; the change does not reach it`),
		// A set-up or an error outside all tests can have failed the run.
		`${count('passed')} passed, ${isGreen ? failed : Math.max(1, failed)} failed, ${skipped} skipped`,
	];
	writeSync(1, `${lines.join('\n')}\n`);
}

/** The largest suite around the test that was skipped as a whole, and the reason. */
function leftOut(test: TestCase): string {
	const around = ancestors(test);
	// A suite is also called skipped if each of its tests is, so the one with a reason comes first.
	const whole =
		around.find(({ name }) => REASON.test(name)) ?? around.find(({ options }) => options.mode === 'skip') ?? test;
	const place = `${test.module.relativeModuleId} > ${whole.fullName}`;
	const broken = [test.module, ...around].some((entity) => entity.type !== 'test' && entity.errors().length > 0);
	if (broken) return `${place}: what it needs failed to start`;
	const result = test.result();
	const note = result.state === 'skipped' ? result.note : undefined;
	if (isCut(test)) return `${test.module.relativeModuleId}: no time was left for all of it`;
	if (note) return `${place}: ${note.replace(/^skipped:\s*/, '')}`;
	return around.some(({ name }) => REASON.test(name)) ? place : `${place}: no reason given`;
}

/** The suites from the outermost, and the test. */
function ancestors(test: TestCase): (TestCase | TestSuite)[] {
	const path: (TestCase | TestSuite)[] = [test];
	for (let { parent } = test; parent.type === 'suite'; parent = parent.parent) path.unshift(parent);
	return path;
}
