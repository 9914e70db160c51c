const MIB = 2 ** 20;

/** What the service takes of one object. */
const MOST_PARTS = 10_000;
const SMALLEST = 8 * MIB;
const LARGEST = 64 * MIB;

/** Of an object whose length nobody knows parts grow, so that small ones need little memory and 512 GiB still fit. */
const GROWTH: readonly (readonly [parts: number, bytes: number])[] = [
	[1_000, SMALLEST],
	[2_000, 16 * MIB],
];

/** Bytes of the part of that number, from 1, of an object of `size` bytes; null: nobody knows. The last part may be shorter. */
export function partSize(number: number, size: number | null): number {
	if (size === null) return GROWTH.find(([parts]) => number <= parts)?.[1] ?? LARGEST;
	const least = Math.ceil(size / MOST_PARTS / MIB) * MIB;
	return Math.min(LARGEST, Math.max(SMALLEST, least));
}
