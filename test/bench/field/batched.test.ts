import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { batched, repeat, repeatAwaiting } from '../../../bench/field/batched.ts';

it('repeats a step the requested number of times', () => {
	let done = 0;
	void repeat(() => done++)(7);
	expect(done).toBe(7);
});

it('waits for each result before the next step', async () => {
	let running = 0;
	const together: number[] = [];
	await repeatAwaiting(async () => {
		running += 1;
		await setImmediate();
		together.push(running);
		running -= 1;
	})(3);
	expect(together).toEqual([1, 1, 1]);
});

it('runs the same number of steps in every round, and at least ten', async () => {
	const counts: number[] = [];
	const loop = async (count: number) => {
		counts.push(count);
		await setImmediate();
	};
	const side = await batched(loop, 0);
	counts.length = 0;
	await side();
	await side();
	expect(counts).toEqual([10, 10]);
});

it('fails if the step fails', async () => {
	const failing = repeatAwaiting(() => Promise.reject(new Error('no such key')));
	await expect(batched(failing, 1)).rejects.toThrow('no such key');
});
