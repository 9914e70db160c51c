import type { ServerResponse } from 'node:http';
import { streamOf } from './http2-stream.ts';

/** The status, in the log and the metrics, of a request that no one waits for. */
export const CLIENT_GONE = 499;

/** Whether nothing of an answer can go out any more: it is out, its stream was reset, or its connection closed. By HTTP/2 only its stream knows. */
export function isOver(raw: ServerResponse): boolean {
	const { closed, destroyed } = streamOf(raw) ?? raw.req.socket;
	return raw.destroyed || closed || destroyed;
}

/** Calls `end` once an answer is over: at once if it is already, since no event says so again. */
export function whenOver(raw: ServerResponse, end: () => void): void {
	if (isOver(raw)) end();
	else raw.once('close', end);
}
