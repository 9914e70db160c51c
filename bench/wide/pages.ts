import { bodyOf } from '../load/query.ts';
import type { CrowdProcess } from './crowd.ts';

/** So many notes of 1 KB. */
export const pageOf = (notes: number): string =>
	bodyOf('query ($first: Int!) { notes(first: $first) { nodes { id createdAt body } } }', { first: notes });

/** Asks for a moment, so that code is compiled and keys are at hand. */
export const warm = (crowd: CrowdProcess, url: string, tokens: readonly string[], milliseconds: number) =>
	crowd.run({ url, bodies: [pageOf(10)], tokens, connections: 64, length: { seconds: secondsOf(milliseconds) } });

/** Autocannon's own are whole. */
export const secondsOf = (milliseconds: number): number => Math.max(1, Math.round(milliseconds / 1000));
