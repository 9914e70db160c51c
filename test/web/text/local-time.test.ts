import { expect, it } from 'vitest';
import { startOfDay } from '../../../web/kit/text/local-time.ts';

it('begins a day at midnight of the reader, and refuses what is no day', () => {
	expect(startOfDay('2026-12-01')).toBe(new Date(2026, 11, 1).toISOString());
	expect(startOfDay('2026-12-31', 1)).toBe(new Date(2027, 0, 1).toISOString());
	// While a year is typed, it is 0002 at first, which JavaScript reads as 1902.
	for (const day of ['', 'today', '0002-12-01', '20262-12-01']) expect(startOfDay(day)).toBeNull();
});
