import { afterEach, describe, expect, it, vi } from 'vitest';
import { waitForTimeSlice } from '../../src/clock/time-slices.ts';

afterEach(() => void vi.restoreAllMocks());

/** Starts the given numbers of callers by owner. Returns the owners in the order of their slices. */
async function slicesOf(counts: Readonly<Record<string, number>>): Promise<string[]> {
	const order: string[] = [];
	const taken = Object.entries(counts).flatMap(([of, count]) =>
		Array.from({ length: count }, () => waitForTimeSlice(of).then(() => order.push(of))),
	);
	await Promise.all(taken);
	return order;
}

describe('time slices', () => {
	it('rotate: after eight hundred callers of one owner, the first caller of another comes second', async () => {
		const order = await slicesOf({ harbour: 800, north: 2, south: 1 });
		expect(order.slice(0, 6)).toEqual(['harbour', 'north', 'south', 'harbour', 'north', 'harbour']);
		expect(order).toHaveLength(803);
	});

	it('rotate also for later callers, and for callers that return after each slice', async () => {
		const order: string[] = [];
		const take = (of: string) => waitForTimeSlice(of).then(() => order.push(of));
		const first = Array.from({ length: 4 }, () => take('harbour'));
		const again = take('north').then(() => take('north'));
		await first[0];
		const late = take('south');
		await Promise.all([...first, again, late]);
		expect(order).toEqual(['harbour', 'north', 'harbour', 'south', 'north', 'harbour', 'harbour']);
	});

	it('leave an eighth of their time for other work, even if they are too short to pause for a millisecond', async () => {
		vi.resetModules();
		const { waitForTimeSlice: waitForFreshSlice } = await import('../../src/clock/time-slices.ts');
		const { systemClock } = await import('../../src/clock/clock.ts');
		let now = 0;
		vi.spyOn(performance, 'now').mockImplementation(() => now);
		const slept: number[] = [];
		vi.spyOn(systemClock, 'sleep').mockImplementation(async (milliseconds) => void slept.push(milliseconds));
		for (const milliseconds of [4, 3, 4, 80, 5])
			await waitForFreshSlice('north').then(() => {
				now += milliseconds;
			});
		// The pause of the last slice comes after it.
		await waitForFreshSlice('north');
		expect(slept).toEqual([1, 10, 1]);
	});
});
