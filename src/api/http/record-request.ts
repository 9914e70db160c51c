import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { CLIENT_CLOSED_REQUEST, onResponseOver } from '../response-over.ts';
import { http2StreamOf } from './http2-stream.ts';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * One line and one observation for a request, once its answer is out or no one can get it any more. URL, query, body, headers and addresses
 * are the client's: left out.
 */
export function recordRequest(request: FastifyRequest, reply: FastifyReply, logger: Logger, metrics: Metrics): void {
	const began = performance.now();
	const record = () => {
		const route = request.routeOptions.url ?? 'none';
		const status = isFullySent(reply.raw) ? reply.statusCode : CLIENT_CLOSED_REQUEST;
		const ms = performance.now() - began;
		logger.info(
			{
				requestId: request.id,
				// An HTTP/2 client may call its method anything.
				method: METHODS.has(request.method) ? request.method : 'other',
				route,
				status,
				ms: Math.round(ms * 10) / 10,
			},
			'request',
		);
		metrics.httpRequest({ route, status, seconds: ms / 1000 });
	};
	onResponseOver(reply.raw, record);
}

/** Whether all of an answer was handed over: of HTTP/2, a stream that was cut has been ended for it. */
const isFullySent = (raw: ServerResponse): boolean => raw.writableFinished && !http2StreamOf(raw)?.aborted;
