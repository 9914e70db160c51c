import { describe, expect, it } from 'vitest';
import { oneAtATime } from '../../../../web/workspace/device/one-at-a-time.ts';

/** Steps that end when the test says so, and the names of those that have begun. */
function heldSteps() {
	const begun: string[] = [];
	const step = (name: string) => {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const run = () => {
			begun.push(name);
			return promise;
		};
		return { run, resolve, reject };
	};
	return { begun, step };
}

describe('a step of joining', () => {
	it('waits for the one before, and of several that wait only the last one runs', async () => {
		const { begun, step } = heldSteps();
		const run = oneAtATime();
		const [first, second, third] = [step('first'), step('second'), step('third')];
		const all = run(first.run);
		await run(second.run);
		await run(third.run);
		expect(begun).toEqual(['first']);
		first.resolve();
		third.resolve();
		await all;
		expect(begun).toEqual(['first', 'third']);
	});

	it('that fails ends the one that waits, and a later one runs', async () => {
		const { begun, step } = heldSteps();
		const run = oneAtATime();
		const [first, second, third] = [step('first'), step('second'), step('third')];
		const all = run(first.run);
		await run(second.run);
		first.reject(new Error('refused'));
		await expect(all).rejects.toThrow('refused');
		third.resolve();
		await run(third.run);
		expect(begun).toEqual(['first', 'third']);
	});
});
