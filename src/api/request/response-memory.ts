import type { FastifyReply } from 'fastify';
import type { Principal } from '../../access/index.ts';
import { createSlots, partyOf, RateLimitedError, RESPONSE_MEMORY_SLOTS } from '../limits/index.ts';
import { onResponseOver } from '../response-over.ts';

const MIB = 1024 * 1024;

/** Reserves memory for the answer of a request until it is sent. @throws RateLimitedError if there is none. */
export type ReserveResponseMemory = (bytes: number) => void;

export type ResponseMemory = (principal: Principal, reply: FastifyReply) => ReserveResponseMemory;

/**
 * The memory that a process has for answers not yet taken by their readers. The response gate reserves none for answers up to 1 MiB,
 * so a person who revokes or removes always gets an answer.
 */
export function createResponseMemory(): ResponseMemory {
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
