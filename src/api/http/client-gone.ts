import type { FastifyRequest } from 'fastify';
import { streamOf } from './http2-stream.ts';

/** The status, in the log and the metrics, of a request that no one waits for. */
export const CLIENT_GONE = 499;

/** Whether a request's stream was reset, or its connection closed, before anything was done: it has no address any more either. */
export function isGone({ ip, raw }: FastifyRequest): boolean {
	const { closed, destroyed } = streamOf(raw) ?? raw.socket;
	return closed || destroyed || ip === undefined;
}
