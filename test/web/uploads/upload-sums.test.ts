import { expect, it } from 'vitest';
import { beginningsOf, sumsOf } from '../../../web/workspace/screens/documents/upload-sums.ts';

/** A Tuesday. */
const NOW = new Date(2026, 11, 1, 15);
const at = (...parts: [number, number, number, number]) => new Date(...parts).toISOString();

it('begins days at midnight of the reader, and weeks on Monday', () => {
	expect(beginningsOf('DAY', NOW).at(-1)).toEqual(new Date(2026, 11, 1));
	expect(beginningsOf('DAY', NOW)[0]).toEqual(new Date(2026, 10, 18));
	expect(beginningsOf('WEEK', NOW).at(-1)).toEqual(new Date(2026, 10, 30));
	expect(beginningsOf('WEEK', NOW)[0]).toEqual(new Date(2026, 8, 14));
	expect(beginningsOf('WEEK', new Date(2026, 10, 29)).at(-1)).toEqual(new Date(2026, 10, 23));
});

it('sums files by day, and leaves out what is older or has no file', () => {
	const sums = sumsOf(
		[
			{ createdAt: at(2026, 11, 1, 0), byteSize: 10 },
			{ createdAt: at(2026, 11, 1, 14), byteSize: 5 },
			{ createdAt: at(2026, 10, 30, 23), byteSize: 7 },
			{ createdAt: at(2026, 11, 1, 9), byteSize: null },
			{ createdAt: at(2026, 10, 17, 23), byteSize: 1000 },
		],
		'DAY',
		NOW,
	);
	expect(sums).toHaveLength(14);
	expect(sums.at(-1)).toMatchObject({ bytes: 15 });
	expect(sums.at(-2)).toMatchObject({ bytes: 7 });
	expect(sums.reduce((all, { bytes }) => all + bytes, 0)).toBe(22);
});
