import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { measureRounds, spreadOf, type TimedSide } from '../../../bench/harness/rounds.ts';

const { signal } = new AbortController();

/** Sides that return 1, 2, 3 … and record the order of their calls. */
function sidesThatCount(names: readonly string[]) {
	const asked: string[] = [];
	const sides = Object.fromEntries(
		names.map((name): [string, TimedSide] => {
			let count = 0;
			return [
				name,
				() => {
					asked.push(name);
					count += 1;
					return count;
				},
			];
		}),
	);
	return { sides, asked };
}

describe('measureRounds', () => {
	it('measures each side once a round, and keeps the times of a round at the same index', async () => {
		const { sides, asked } = sidesThatCount(['a', 'b', 'c']);
		const times = await measureRounds(sides, { milliseconds: 0, signal });
		expect(times).toEqual({ a: [1, 2, 3, 4, 5], b: [1, 2, 3, 4, 5], c: [1, 2, 3, 4, 5] });
		for (let round = 0; round < 5; round++)
			expect(asked.slice(round * 3, round * 3 + 3).toSorted()).toEqual(['a', 'b', 'c']);
	});

	it('runs each side first in some rounds and last in others', async () => {
		const { sides, asked } = sidesThatCount(['a', 'b']);
		await measureRounds(sides, { milliseconds: 0, signal });
		expect(asked.join('')).toBe('abbabaabab');
	});

	it('finishes one side before it starts the next', async () => {
		let running = 0;
		const side = async () => {
			running += 1;
			await new Promise((resolve) => setImmediate(resolve));
			const together = running;
			running -= 1;
			return together;
		};
		const times = await measureRounds({ a: side, b: side }, { milliseconds: 0, signal });
		expect([...times.a, ...times.b].every((together) => together === 1)).toBe(true);
	});

	it('stops before the next side if it is interrupted', async () => {
		const interruption = new AbortController();
		const { sides, asked } = sidesThatCount(['b']);
		const interrupting = {
			a: () => {
				interruption.abort(new Error('interrupted'));
				return 1;
			},
			...sides,
		};
		const measuring = measureRounds(interrupting, { milliseconds: 0, signal: interruption.signal });
		await expect(measuring).rejects.toThrow('interrupted');
		expect(asked).toEqual([]);
	});
});

describe('spreadOf', () => {
	it('interpolates between two neighbours if there is no middle value', () => {
		expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, low: 1.75, high: 3.25 });
	});

	test.prop([fc.array(fc.double({ noNaN: true, min: 0, max: 1e9 }), { minLength: 1 }), fc.nat()])(
		'does not depend on the order of values, lies within them, and is ordered itself',
		(values, seed) => {
			const { low, median, high } = spreadOf(values);
			const rotated = values.map((_, index) => values[(index + seed) % values.length] as number);
			expect(spreadOf(rotated)).toEqual({ low, median, high });
			expect([Math.min(...values) <= low, low <= median, median <= high, high <= Math.max(...values)]).toEqual([
				true,
				true,
				true,
				true,
			]);
		},
	);

	it('does not change the values', () => {
		const values = [3, 1, 2];
		spreadOf(values);
		expect(values).toEqual([3, 1, 2]);
	});
});
