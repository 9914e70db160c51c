import { describe, expect, it } from 'vitest';
import { recordOf } from '../../.ci/tests/durations.ts';
import { describeFailures } from '../../.ci/tests/failures.ts';
import { growthOf, judgeGrowth } from '../../.ci/tests/growth.ts';
import { reachedFrom } from '../../.ci/tests/imports.ts';
import { planSoak } from '../../.ci/tests/soak-plan.ts';

const none: ReadonlySet<string> = new Set();

describe('the growth of the fast tier by a change', () => {
	const recorded = { commit: 'c', postgres: 50, files: { a: 100, b: 100, c: 100, gone: 5 } };
	const [a, b, c] = [100, 100, 100];

	it('is measured at the pace of the median file, with PostgreSQL included', () => {
		const slow = { postgres: 110, files: { a: 200, b: 190, c: 200, new: 20 } };
		expect(growthOf(slow, recorded, none)).toEqual({ added: 10, files: 310, postgres: 55, isWithin: true });
	});

	it('is recorded at the pace of the previous record, or as measured without one', () => {
		const [one, two, left] = ['test/house/tiers.test.ts', 'test/house/floors.test.ts', 'test/house/files.test.ts'];
		const slow = { postgres: 110, files: { [one]: 200, [two]: 20 } };
		const before = { postgres: 50, files: { [one]: 100, [left]: 7, gone: 5 } };
		expect(recordOf(before, slow)).toEqual({ postgres: 55, files: { [one]: 100, [two]: 10, [left]: 7 } });
		expect(recordOf({ postgres: 0, files: {} }, slow)).toEqual(slow);
	});

	it('includes a file that the change reaches through imports', () => {
		const path = 'test/house/tiers.test.ts';
		const before = { commit: 'c', postgres: 0, files: { [path]: 10, b, c } };
		const twice = { postgres: 0, files: { [path]: 20, b, c } };
		expect(growthOf(twice, before, none).added).toBe(0);
		expect(growthOf(twice, before, new Set(['.ci/tests/git.ts'])).added).toBe(10);
		expect(growthOf({ ...twice, files: { [path]: 60, b, c } }, before, null).isWithin).toBe(false);
	});

	it('is refused above the limit of a change, and above that of the whole tier', () => {
		const more = { postgres: 50, files: { a, b, c, gone: 5, new: 26 } };
		expect(growthOf(more, recorded, none)).toMatchObject({ added: 26, isWithin: false });
		const full = { ...recorded, files: { a: 850, b, gone: 0 } };
		expect(growthOf({ postgres: 50, files: { a: 850, b, gone: 0, new: 6 } }, full, none).isWithin).toBe(false);
	});
});

describe('a run of the fast tier', () => {
	const recorded = { commit: 'c', postgres: 50, files: { a: 100, b: 100 } };
	const durations = { ...recorded, postgres: 150 };

	it('is judged by its CPU time, including that of PostgreSQL', () => {
		const judged = judgeGrowth({ durations, flaky: [] }, recorded, none);
		expect(judged).toMatchObject({ isWithin: false, isMeasured: true });
		expect(judged.told).toMatch(/^This change adds 100\.0 CPU-seconds/);
	});

	it('is not judged if a file ran twice', () => {
		const judged = judgeGrowth({ durations, flaky: ['a'] }, recorded, none);
		expect(judged).toMatchObject({ isWithin: true, isMeasured: false });
		expect(judged.told).toMatch(/^Growth is neither judged nor recorded, because a ran twice/);
	});
});

describe('the soak files for a run', () => {
	const paths = ['a', 'b', 'c', 'd'].map((name) => `test/${name}.soak.test.ts`);
	const nothing = { commit: 'c', postgres: 0, files: {} };
	const durations = { fast: nothing, soak: { ...nothing, files: Object.fromEntries(paths.map((path) => [path, 10])) } };
	const plan = (commit: string, cpuSeconds: number, changed: ReadonlySet<string> | null = none) =>
		planSoak(paths, durations, { commit, cpuSeconds }, changed);

	it('start with the files that the change reaches, and rotate with each commit', () => {
		const [a, b, c, d] = paths;
		expect(plan('0000002', 100).chosen).toEqual([c, d, a, b]);
		expect(plan('0000002', 100, new Set([b ?? ''])).chosen).toEqual([b, c, d, a]);
		expect(plan('0000002', 100, new Set(['package-lock.json'])).reached).toHaveLength(4);
		// The changes are unknown, so no failure is excused.
		expect(plan('0000002', 100, null).reached).toHaveLength(4);
	});

	it('are as many as the time allows', () => {
		expect(plan('0000003', 25)).toMatchObject({ chosen: [paths[3], paths[0]], leftOut: [paths[1], paths[2]] });
	});
});

it('first failures are reported in twenty lines: some of each file, one line for each message', () => {
	const failures = (path: string, count: number) =>
		Array.from({ length: count }, (_, index) => ({
			path,
			name: `test ${index}`,
			message: `\u001b[31mAssertionError: expected 1\u001b[39m to be 2\nat ${'here '.repeat(100)}`,
		}));
	expect(describeFailures([])).toEqual([]);
	expect(describeFailures(failures('a', 1))).toEqual([
		'failed at first: a > test 0: AssertionError: expected 1 to be 2',
	]);
	const two = describeFailures([...failures('a', 30), ...failures('b', 2)]);
	expect(two.slice(9)).toEqual([
		'failed at first: a > test 9: AssertionError: expected 1 to be 2',
		'failed at first: b > test 0: AssertionError: expected 1 to be 2',
		'failed at first: b > test 1: AssertionError: expected 1 to be 2',
		'failed at first: 20 more',
	]);
	const many = describeFailures(Array.from({ length: 30 }, (_, index) => failures(`file ${index}`, 2)).flat());
	expect([many.length, many.at(-1)]).toEqual([21, 'failed at first: 40 more']);
	const [long] = describeFailures([{ path: 'a', name: 'long', message: 'x'.repeat(1_000) }]);
	expect(long).toHaveLength(240);
});

it('a file reaches what it imports, what it names, and what those reach', () => {
	const reached = reachedFrom('test/house/tiers.test.ts');
	for (const path of ['.ci/tests/growth.ts', '.ci/tests/git.ts', 'src/cli/main.ts']) expect(reached).toContain(path);
	// src/api/schema.ts names this folder.
	expect(reachedFrom('src/api/schema.ts')).toContain('schema/note.graphql');
});
