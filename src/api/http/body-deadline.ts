import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { constants } from 'node:http2';
import { abortStream, http2StreamOf } from './http2-stream.ts';
import { rejectConnection } from './send-error.ts';

const deadlines = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/**
 * Ends a request whose body has not arrived after `milliseconds`: with 408 over HTTP/1.1, by cutting the stream over HTTP/2, where
 * every frame restarts the idle timers. Node's requestTimeout can't exempt a single request, such as an upload.
 */
export function setBodyDeadlines(server: Server, milliseconds: number): void {
	server.on('request', (request: IncomingMessage) => {
		const timer = setTimeout(() => abortBody(request), milliseconds);
		deadlines.set(request, timer);
		request.once('close', () => clearTimeout(timer));
	});
}

/** For a route that times its body itself. */
export const clearBodyDeadline = (request: IncomingMessage): void => clearTimeout(deadlines.get(request));

/** Ends a request whose body is too slow or has stopped. Does nothing if the body is complete. */
export function abortBody(request: IncomingMessage): void {
	if (request.complete) return;
	const stream = http2StreamOf(request);
	if (stream) abortStream(stream);
	else
		rejectConnection(
			Object.assign(new Error('The body is late.'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
			request.socket,
		);
}

/** Call before the answer's head is sent: once the answer is out, the rest of the body is not awaited. */
export function discardBody(request: IncomingMessage, response: ServerResponse): void {
	if (request.complete) return;
	const stream = http2StreamOf(request);
	if (!stream) {
		response.setHeader('connection', 'close');
		return;
	}
	// RFC 9113, section 8.1: the answer is complete, and the rest of the request is not wanted.
	response.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR));
}

/**
 * For Expect: 100-continue: the upload route answers it itself, because it may refuse the upload first. All other requests may
 * continue at once.
 */
export function deferContinue(server: Server): void {
	server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
		if (request.method !== 'PUT') response.writeContinue();
		server.emit('request', request, response);
	});
}
