import type { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { http2StreamOf } from './http/http2-stream.ts';

/** The status, in the log and the metrics, of a request whose client is gone. */
export const CLIENT_CLOSED_REQUEST = 499;

/**
 * Whether nothing more of an answer can be sent: it is complete, its stream was reset, or its connection is closed. Over HTTP/2 only
 * the stream knows.
 */
export function isResponseOver(raw: ServerResponse): boolean {
	const { closed, destroyed } = http2StreamOf(raw) ?? raw.req.socket;
	return raw.destroyed || closed || destroyed;
}

/**
 * Calls `end` once an answer is over, at once if it already is, since no event repeats that. Before Node 24, an answer that is queued
 * behind another on an HTTP/1.1 connection emits no close of its own, but its connection does.
 */
export function onResponseOver(raw: ServerResponse, end: () => void): void {
	if (isResponseOver(raw)) {
		end();
		return;
	}
	const connection: EventEmitter = http2StreamOf(raw) ?? raw.req.socket;
	let hasEnded = false;
	const over = () => {
		raw.off('close', over);
		connection.off('close', over);
		// Both may be closed in the same turn.
		if (!hasEnded) end();
		hasEnded = true;
	};
	// There may be any number of pipelined requests.
	connection.setMaxListeners(0);
	for (const each of [raw, connection]) each.once('close', over);
}
