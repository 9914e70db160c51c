import { constants, type Http2ServerRequest } from 'node:http2';
import type { FastifyRequest } from 'fastify';

/**
 * Ends an HTTP/2 stream whose request has not arrived after `milliseconds`. For HTTP/1.1 Node has requestTimeout; an
 * HTTP/2 client could trickle a body for ever, since every frame restarts the idle timers.
 */
export function setBodyDeadline(request: FastifyRequest, milliseconds: number): void {
	if (request.raw.httpVersionMajor !== 2) return;
	const { stream } = request.raw as unknown as Http2ServerRequest;
	if (stream.endAfterHeaders) return;
	const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), milliseconds);
	stream.once('end', () => clearTimeout(timer));
	stream.once('close', () => clearTimeout(timer));
}
