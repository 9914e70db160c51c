import type { Http2Stream } from 'node:http2';
import type { FastifyRequest } from 'fastify';

/** The status, in the log and the metrics, of a request that no one waits for. */
export const CLIENT_GONE = 499;

/** Whether a request's stream was reset, or its connection closed, before anything was done: it has no address any more either. */
export function isGone({ ip, raw }: FastifyRequest): boolean {
	const { stream, socket } = raw as typeof raw & { readonly stream?: Http2Stream };
	const { closed, destroyed } = stream ?? socket;
	return closed || destroyed || ip === undefined;
}
