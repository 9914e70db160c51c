import type { Crowd, CrowdResult } from '../harness/ask.ts';
import type { Client } from '../harness/client.ts';
import { bodyOf } from '../harness/query.ts';

/** A page of notes of 1 KB. */
export const pageOf = (notes: number): string =>
	bodyOf('query ($first: Int!) { notes(first: $first) { nodes { id createdAt body } } }', { first: notes });

/** Sends requests until code is compiled and keys are cached. */
export const warm = (client: Client, url: string, people: Crowd['people'], milliseconds: number) =>
	client.call('ask', { url, bodies: [pageOf(10)], people, connections: 64, length: secondsOf(milliseconds) });

/** autocannon takes whole seconds. */
export const secondsOf = (milliseconds: number) => ({ seconds: Math.max(1, Math.round(milliseconds / 1000)) });

/** How many answers had one of these statuses. */
export const countOf = ({ statuses }: CrowdResult, ...of: readonly number[]): number =>
	statuses.reduce((sum, [status, count]) => sum + (of.includes(status) ? count : 0), 0);

/** All requests, with or without an answer. */
export const countAll = ({ statuses, lost }: CrowdResult): number =>
	statuses.reduce((sum, [, count]) => sum + count, lost);
