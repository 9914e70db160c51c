import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { webhookRetryDelay } from '../../../src/alerts/deliveries/deliver-batch.ts';

const almostOne = () => 1 - Number.EPSILON / 2;

describe('webhookRetryDelay', () => {
	it('is up to a second that doubles with each attempt, and up to an hour at most', () => {
		const most = Array.from({ length: 14 }, (_, index) => webhookRetryDelay(index + 1, almostOne) + 1);
		expect(most).toEqual([
			1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000, 1_024_000, 2_048_000, 3_600_000,
			3_600_000,
		]);
	});

	test.prop([fc.integer({ min: 1, max: 0x7fff_ffff }), fc.double({ min: 0, max: 0.999, noNaN: true })])(
		'is a whole number within an hour, for any attempt',
		(attempts, chance) => {
			const wait = webhookRetryDelay(attempts, () => chance);
			expect(Number.isInteger(wait)).toBe(true);
			expect(wait).toBeGreaterThanOrEqual(0);
			expect(wait).toBeLessThan(3_600_000);
		},
	);
});
