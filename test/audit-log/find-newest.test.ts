import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { findNewest } from '../../src/audit-log/anchors/index.ts';

const storeOf = (count: number) => {
	const asked: number[] = [];
	const has = async (number: number) => {
		asked.push(number);
		return number < count;
	};
	return { asked, has };
};

describe('the newest anchor', () => {
	test.prop([fc.nat({ max: 3_000_000 }), fc.nat({ max: 1_000_000 })])(
		'is found from any other, with few requests',
		async (more, from) => {
			const store = storeOf(from + more + 1);
			expect(await findNewest(store, from)).toBe(from + more);
			expect(store.asked.length).toBeLessThanOrEqual(2 * Math.log2(more + 2) + 3);
		},
	);

	it('is null if the first requested is missing', async () => {
		expect(await findNewest(storeOf(0))).toBeNull();
		expect(await findNewest(storeOf(7), 7)).toBeNull();
	});

	it('is not guessed if the store fails', async () => {
		const has = async (number: number) => {
			if (number > 5) throw new Error('away');
			return true;
		};
		await expect(findNewest({ has })).rejects.toThrow('away');
	});
});
