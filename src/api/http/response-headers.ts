import type { FastifyReply, FastifyRequest } from 'fastify';

/** An API: nothing in its answers may be sniffed, framed, run or referred to by a browser. */
const ALWAYS = {
	'x-content-type-options': 'nosniff',
	'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
	'cross-origin-resource-policy': 'same-origin',
	'referrer-policy': 'no-referrer',
};

/** One year, once this server itself speaks TLS (RFC 6797). */
const STRICT_TRANSPORT = { 'strict-transport-security': 'max-age=31536000' };

/** Headers of every answer; nothing but health may be kept by a cache, unless its route says so. */
export function setResponseHeaders(request: FastifyRequest, reply: FastifyReply, tls: boolean): void {
	reply.headers({ ...ALWAYS, ...(tls && STRICT_TRANSPORT), 'x-request-id': request.id });
	if (!request.routeOptions.url?.startsWith('/health/')) reply.header('cache-control', 'no-store');
}
