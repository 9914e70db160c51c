import type { FastifyReply } from 'fastify';
import type { Principal } from '../../access/index.ts';
import { partyOf } from '../context.ts';
import { createSlots, RateLimitedError, RESPONSE_MEMORY_SLOTS } from '../limits/index.ts';
import { onResponseOver } from '../response-over.ts';

const MIB = 1024 * 1024;

/** Takes room for the answer of a request, until it is out. @throws RateLimitedError when there is none. */
export type ReserveResponseMemory = (bytes: number) => void;

/**
 * The room that a process has for answers which their readers have not taken. The response gate asks for none for those of no more than 1 MiB: so a
 * person who revokes or removes is always answered.
 */
export function createResponseMemory(): (principal: Principal, reply: FastifyReply) => ReserveResponseMemory {
	const take = createSlots(RESPONSE_MEMORY_SLOTS, 'MiB of long answers');
	return (principal, reply) => (bytes) => {
		const { name: firm, role } = partyOf(principal);
		const whose = {
			account: principal.user,
			firm,
			isClient: role === 'CLIENT',
			isOperator: principal.kind === 'operator',
		};
		try {
			onResponseOver(reply.raw, take(whose, Math.ceil(bytes / MIB)));
		} catch (error) {
			if (error instanceof RateLimitedError) reply.header('retry-after', String(error.retryAfter));
			throw error;
		}
	};
}
