import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Clock, systemClock } from '../../src/clock/clock.ts';
import { steppedClock } from '../support/stepped-clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const stepped = steppedClock();
const CLOCKS: [string, Clock, (milliseconds: number) => Promise<unknown>][] = [
	['the system’s clock', systemClock, (milliseconds) => vi.advanceTimersByTimeAsync(milliseconds)],
	['a stepped clock', stepped, (milliseconds) => stepped.advance(milliseconds)],
];

describe.each(CLOCKS)('with %s', (_, clock, pass) => {
	it('a repeated task starts when it is due or woken, at once if it requests that, and never after it has ended or stopped', async () => {
		const rests = [100, 0, 100, 100];
		const startedAt: number[] = [];
		const start = clock.now();
		const work = async () => {
			startedAt.push(clock.now() - start);
			return rests.shift() ?? null;
		};
		const actor = clock.every(work, { after: 50 });
		await pass(50);
		await pass(100);
		await pass(10);
		actor.wake();
		await pass(0);
		await pass(100);
		expect(startedAt).toEqual([50, 150, 150, 160, 260]);
		await pass(1_000);
		const other = clock.every(async () => startedAt.push(0), { after: 100 });
		await other.stop();
		await pass(1_000);
		expect(startedAt).toHaveLength(5);
	});

	it('a task that is woken while it runs continues without a pause', async () => {
		let times = 0;
		const actor = clock.every(
			async () => {
				if (++times === 1) actor.wake();
				return 100;
			},
			{ after: 10 },
		);
		await pass(10);
		expect(times).toBe(2);
		await actor.stop();
	});
});
