import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';

/** The HTTP/2 stream of a request or an answer; undefined for HTTP/1.1. */
export const http2StreamOf = (raw: IncomingMessage | ServerResponse): ServerHttp2Stream | undefined =>
	(raw as typeof raw & { readonly stream?: ServerHttp2Stream }).stream;

/**
 * Cuts a stream so that no one mistakes it for complete, and drops its bytes here. A stream that is only destroyed ends in good order.
 * A stream that is only closed waits until the other end has acknowledged it. A Node client would not treat NGHTTP2_CANCEL as an
 * error.
 */
export function abortStream(stream: ServerHttp2Stream): void {
	stream.close(constants.NGHTTP2_INTERNAL_ERROR);
	stream.destroy();
}
