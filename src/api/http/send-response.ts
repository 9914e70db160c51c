import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock/index.ts';
import { onResponseOver } from '../response-over.ts';
import { SMALL_MESSAGE } from './http-limits.ts';

export interface SendOptions {
	readonly clock: Clock;
	/** Milliseconds in which a reader has to take the whole answer. */
	readonly readTimeout: number;
	/** Ends an answer that isn't whole; resolves once nothing of it is held here. */
	readonly abortResponse: (request: FastifyRequest) => Promise<void>;
}

/**
 * Hands over an answer. Resolves once a long one is out, its reader has gone, or the reader was too slow: until then it is in memory. A short
 * one is not waited for.
 */
export function sendResponse(
	request: FastifyRequest,
	reply: FastifyReply,
	answer: string,
	{ clock, readTimeout, abortResponse }: SendOptions,
): Promise<void> {
	const over = new AbortController();
	onResponseOver(reply.raw, () => over.abort());
	const sent = clock
		.sleep(readTimeout, over.signal)
		.then(() => (over.signal.aborted ? undefined : abortResponse(request)));
	void reply.send(answer);
	return answer.length <= SMALL_MESSAGE ? Promise.resolve() : sent;
}
