const MIB = 2 ** 20;

/**
 * Parts grow: small objects need little memory, and 512 GiB still fit into the 10,000 parts that the service takes. Whatever length was
 * announced: nobody makes us hold large parts by a number.
 */
const GROWTH: readonly (readonly [parts: number, bytes: number])[] = [
	[1_000, 8 * MIB],
	[2_000, 16 * MIB],
];
const LARGEST = 64 * MIB;

/** Bytes of the part of that number, from 1. The last may be shorter. */
export const partSize = (number: number): number => GROWTH.find(([parts]) => number <= parts)?.[1] ?? LARGEST;
