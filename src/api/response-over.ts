import type { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { http2StreamOf } from './http/http2-stream.ts';

/** The status, in the log and the metrics, of a request that no one waits for. */
export const CLIENT_CLOSED_REQUEST = 499;

/** Whether nothing of an answer can go out any more: it is out, its stream was reset, or its connection closed. By HTTP/2 only its stream knows. */
export function isResponseOver(raw: ServerResponse): boolean {
	const { closed, destroyed } = http2StreamOf(raw) ?? raw.req.socket;
	return raw.destroyed || closed || destroyed;
}

/**
 * Calls `end` once an answer is over: at once if it is already, since no event says so again. An answer that stands behind another on a
 * connection of HTTP/1.1 has no close of its own before Node 24, but has that of its connection.
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
	// As many as there are requests in line.
	connection.setMaxListeners(0);
	for (const each of [raw, connection]) each.once('close', over);
}
