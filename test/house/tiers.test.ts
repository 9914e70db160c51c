import { describe, expect, it } from 'vitest';
import { growthOf } from '../../.ci/tests/growth.ts';
import { reachedFrom } from '../../.ci/tests/imports.ts';
import { planSoak } from '../../.ci/tests/soak-plan.ts';

const none: ReadonlySet<string> = new Set();

describe('what a change adds to the fast tier', () => {
	const recorded = { commit: 'c', fast: { a: 100, b: 100, gone: 5 }, soak: {} };

	it('is counted at the pace of the files that it leaves alone', () => {
		const slow = new Map(Object.entries({ a: 200, b: 200, new: 20 }));
		expect(growthOf(slow, recorded, none)).toEqual({ added: 5, total: 210, isWithin: true });
	});

	it('is refused above the budget, and above that of the whole tier', () => {
		const more = new Map(Object.entries({ a: 100, b: 100, gone: 5, new: 21 }));
		expect(growthOf(more, recorded, none)).toMatchObject({ added: 21, isWithin: false });
		const large = { ...recorded, fast: { a: 900, b: 95 } };
		const full = new Map(Object.entries({ a: 900, b: 95, new: 6 }));
		expect(growthOf(full, large, none)).toMatchObject({ total: 1001, isWithin: false });
	});
});

describe('the soak files of a run', () => {
	const paths = ['a', 'b', 'c', 'd'].map((name) => `test/${name}.soak.test.ts`);
	const durations = { commit: 'c', fast: {}, soak: Object.fromEntries(paths.map((path) => [path, 10])) };
	const plan = (commit: string, cpuSeconds: number, changed = none) =>
		planSoak(paths, durations, { commit, cpuSeconds }, changed);

	it('begin with those that the change reaches, and go on with another one for each commit', () => {
		const [a, b, c, d] = paths;
		expect(plan('0000002', 100).chosen).toEqual([c, d, a, b]);
		expect(plan('0000002', 100, new Set([b ?? ''])).chosen).toEqual([b, c, d, a]);
	});

	it('are as many as there is time for', () => {
		expect(plan('0000003', 25)).toMatchObject({ chosen: [paths[3], paths[0]], leftOut: [paths[1], paths[2]] });
	});
});

it('a file reaches what it imports, what it names, and what those reach', () => {
	const reached = reachedFrom('test/house/tiers.test.ts');
	for (const path of ['.ci/tests/growth.ts', '.ci/tests/git.ts', 'src/cli/main.ts']) expect(reached).toContain(path);
});
