import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';

/** The stream of a request or an answer that came by HTTP/2. */
export const http2StreamOf = (raw: IncomingMessage | ServerResponse): ServerHttp2Stream | undefined =>
	(raw as typeof raw & { readonly stream?: ServerHttp2Stream }).stream;

/**
 * Ends a stream so that no one takes it for whole, and drops what of it waits here. One that is only destroyed ends in good order; one that is
 * only closed waits until the other end takes the word of it. NGHTTP2_CANCEL would be no error to a client that is Node's.
 */
export function abortStream(stream: ServerHttp2Stream): void {
	stream.close(constants.NGHTTP2_INTERNAL_ERROR);
	stream.destroy();
}
