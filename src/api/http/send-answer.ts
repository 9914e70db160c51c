import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock.ts';
import { SHORT } from './limits.ts';

export interface Sending {
	readonly clock: Clock;
	/** Milliseconds in which a reader has to take the whole answer. */
	readonly patience: number;
	/** Ends the connection that a request came on, and drops what was not yet sent. */
	readonly reset: (request: FastifyRequest) => void;
}

/**
 * Hands over an answer. Resolves once a long one is out, its reader has gone, or the reader was too slow: until then it is in memory. A short
 * one is not waited for.
 */
export function sendAnswer(
	request: FastifyRequest,
	reply: FastifyReply,
	answer: string,
	{ clock, patience, reset }: Sending,
): Promise<void> {
	const { raw } = reply;
	const over = new AbortController();
	raw.once('close', () => over.abort());
	if (raw.destroyed) over.abort();
	const sent = clock.sleep(patience, over.signal).then(() => {
		if (!over.signal.aborted) reset(request);
	});
	void reply.send(answer);
	return answer.length <= SHORT ? Promise.resolve() : sent;
}
