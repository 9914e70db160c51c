import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { constants } from 'node:http2';
import { abortStream, http2StreamOf } from './http2-stream.ts';
import { rejectConnection } from './send-error.ts';

const deadlines = new WeakMap<IncomingMessage, NodeJS.Timeout>();

/**
 * Ends a request whose body has not arrived after `milliseconds`: 408 over HTTP/1.1, a cut stream over HTTP/2, where every frame
 * restarts the idle timers. Ours and not Node's requestTimeout, which knows no request that may take longer.
 */
export function setBodyDeadlines(server: Server, milliseconds: number): void {
	server.on('request', (request: IncomingMessage) => {
		const timer = setTimeout(() => abortBody(request), milliseconds);
		deadlines.set(request, timer);
		request.once('close', () => clearTimeout(timer));
	});
}

/** For a route that looks after its body itself. */
export const clearBodyDeadline = (request: IncomingMessage): void => clearTimeout(deadlines.get(request));

/** Ends a request whose body comes too slowly, or not any more. One whose body is here is left alone. */
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

/** What is still coming of a body is not waited for, once the answer is out. Before the answer's head is. */
export function discardBody(request: IncomingMessage, response: ServerResponse): void {
	if (request.complete) return;
	const stream = http2StreamOf(request);
	if (!stream) {
		response.setHeader('connection', 'close');
		return;
	}
	// RFC 9113, section 8.1: the answer is whole, and no more is wanted of the request.
	response.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR));
}

/** Who waits to be told to send a file is told by the route that takes it; Node tells everybody, whom the route then refuses. */
export function deferContinue(server: Server): void {
	server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
		if (request.method !== 'PUT') response.writeContinue();
		server.emit('request', request, response);
	});
}
