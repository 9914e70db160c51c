import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** One line and one observation for a finished request. URL, query, body, headers and addresses are the client's: left out. */
export function recordRequest(request: FastifyRequest, reply: FastifyReply, logger: Logger, metrics: Metrics): void {
	const route = request.routeOptions.url ?? 'none';
	const ms = reply.elapsedTime;
	logger.info(
		{
			requestId: request.id,
			// An HTTP/2 client may call its method anything.
			method: METHODS.has(request.method) ? request.method : 'other',
			route,
			status: reply.statusCode,
			ms: Math.round(ms * 10) / 10,
		},
		'request',
	);
	metrics.httpRequest({ route, status: reply.statusCode, seconds: ms / 1000 });
}
