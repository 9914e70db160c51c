import { describe, expect, it } from 'vitest';
import type { TestModule } from 'vitest/node';
import { withoutCut } from '../../.ci/tests/cut.ts';

const moduleOf = (moduleId: string, ...results: readonly object[]) =>
	({
		moduleId,
		children: { allTests: () => results.map((result) => ({ result: () => result })) },
	}) as unknown as TestModule;

describe('an uncaught error of a run whose time is over', () => {
	const modules = [
		moduleOf('/cut', { state: 'passed' }, { state: 'skipped', note: 'The test was aborted by the user.' }),
		moduleOf('/whole', { state: 'passed' }, { state: 'skipped', note: 'no disk of its own' }),
		moduleOf('/failed', { state: 'failed' }),
	];
	const errorOf = (path?: string) => Object.assign(new Error('socket hang up'), path && { VITEST_TEST_PATH: path });

	it('counts, unless its file was stopped', () => {
		const [whole, failed, unknown] = [errorOf('/whole'), errorOf('/failed'), errorOf()];
		expect(withoutCut([errorOf('/cut'), whole, failed, unknown], modules)).toEqual([whole, failed, unknown]);
	});
});
