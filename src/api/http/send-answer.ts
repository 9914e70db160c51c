import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock/index.ts';
import { whenOver } from '../client-gone.ts';
import { SHORT } from './limits.ts';

export interface Sending {
	readonly clock: Clock;
	/** Milliseconds in which a reader has to take the whole answer. */
	readonly patience: number;
	/** Ends an answer that isn't whole; resolves once nothing of it is held here. */
	readonly cut: (request: FastifyRequest) => Promise<void>;
}

/**
 * Hands over an answer. Resolves once a long one is out, its reader has gone, or the reader was too slow: until then it is in memory. A short
 * one is not waited for.
 */
export function sendAnswer(
	request: FastifyRequest,
	reply: FastifyReply,
	answer: string,
	{ clock, patience, cut }: Sending,
): Promise<void> {
	const over = new AbortController();
	whenOver(reply.raw, () => over.abort());
	const sent = clock.sleep(patience, over.signal).then(() => (over.signal.aborted ? undefined : cut(request)));
	void reply.send(answer);
	return answer.length <= SHORT ? Promise.resolve() : sent;
}
