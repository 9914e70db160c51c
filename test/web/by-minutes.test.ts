import { expect, it } from 'vitest';
import { byMinutes } from '../../web/kit/charts/by-minutes.ts';

const START = Date.parse('2026-11-24T15:00:00Z');
const at = (minutes: number) => START + minutes * 60_000;

it('counts each opening once, without gaps, whatever time a lease takes', () => {
	for (const last of [0, 1, 22, 23, 24, 60, 119, 240]) {
		const { bars, minutes } = byMinutes([at(0), at(0), at(last)]);
		expect(bars.reduce((sum, { value }) => sum + value, 0)).toBe(3);
		expect(bars).toHaveLength(Math.floor(last / minutes) + 1);
		expect(bars.length).toBeLessThanOrEqual(24);
		expect(new Set(bars.map(({ label }) => label)).size).toBe(bars.length);
	}
});
