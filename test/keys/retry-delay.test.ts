import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyringPrincipal } from '../../src/keys/index.ts';
import { retryDelay } from '../../src/keys/resilient-calls.ts';
import { draws } from '../support/scale.ts';

const tries = fc.integer({ min: 1, max: 60 });
const luck = fc.double({ min: 0, max: 0.999_999, noNaN: true });
const reason = fc.constantFrom('AWAY' as const, 'THROTTLED' as const);
const side = fc.constantFrom<KeyringPrincipal>('firm', 'broker', 'worker');

describe('the delay before the next attempt', () => {
	it('is random between zero and a limit that doubles each time, up to one second', () => {
		fc.assert(
			fc.property(tries, reason, side, luck, (count, because, of, random) => {
				const most = Math.min(1_000, 50 * 2 ** (count - 1));
				const pause = retryDelay(count, because, of, () => random);
				expect(pause).toBeCloseTo(random * most, 6);
				expect(retryDelay(count, because, of, () => 0)).toBe(0);
			}),
		);
	});

	it('is spread evenly, so that calls that failed together do not return together', () => {
		const random = draws('pause');
		const pauses = Array.from({ length: 4_000 }, () => retryDelay(5, 'THROTTLED', 'firm', random) ?? Number.NaN);
		const most = 800;
		for (let tenth = 0; tenth < 10; tenth++) {
			const inside = pauses.filter((pause) => pause >= (most * tenth) / 10 && pause < (most * (tenth + 1)) / 10);
			expect(inside.length).toBeGreaterThan(300);
			expect(inside.length).toBeLessThan(500);
		}
	});

	it('of an operator is longer than anyone else’s, and does not exist while the service is unavailable', () => {
		fc.assert(
			fc.property(tries, tries, side, luck, luck, (count, others, of, random, othersLuck) => {
				const pause = retryDelay(count, 'THROTTLED', 'operator', () => random) ?? Number.NaN;
				expect(pause).toBeGreaterThanOrEqual(retryDelay(others, 'THROTTLED', of, () => othersLuck) ?? Number.NaN);
				expect(pause).toBeGreaterThanOrEqual(1_000);
				expect(retryDelay(count, 'AWAY', 'operator', () => random)).toBeNull();
			}),
		);
	});

	it('does not exist after a refusal', () => {
		for (const of of ['firm', 'broker', 'worker', 'operator'] as const)
			expect(retryDelay(1, 'REFUSED', of, () => 0.5)).toBeNull();
	});
});
