import type { FastifyReply } from 'fastify';
import type { Principal } from '../../access/index.ts';
import { whenOver } from '../client-gone.ts';
import { partyOf } from '../context.ts';
import { ANSWERS, createSlots, RateLimitedError } from '../limits/index.ts';

const MIB = 1024 * 1024;

/** Takes room for the answer of a request, until it is out. @throws RateLimitedError when there is none. */
export type TakeRoom = (bytes: number) => void;

/**
 * The room that a process has for answers which their readers have not taken. The response gate asks for none for those of no more than 1 MiB: so a
 * person who revokes or removes is always answered.
 */
export function createAnswerRoom(): (principal: Principal, reply: FastifyReply) => TakeRoom {
	const take = createSlots(ANSWERS, 'MiB of long answers');
	return (principal, reply) => (bytes) => {
		const { name: firm, role } = partyOf(principal);
		const whose = {
			account: principal.user,
			firm,
			isGuest: role === 'CLIENT',
			isOfPlatform: principal.kind === 'operator',
		};
		try {
			whenOver(reply.raw, take(whose, Math.ceil(bytes / MIB)));
		} catch (error) {
			if (error instanceof RateLimitedError) reply.header('retry-after', String(error.retryAfter));
			throw error;
		}
	};
}
