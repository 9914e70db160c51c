import type { FastifyReply, FastifyRequest } from 'fastify';
import { validate, version } from 'uuid';
import { type Principal, rolesOf } from '../../access/index.ts';
import { type AuditLog, draftEntry, type EntryDraft } from '../../audit/index.ts';
import type { Clock } from '../../clock/index.ts';
import { LEASE_DEADLINE, type Plane } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RightsProofs } from '../../keys/index.ts';
import { findActiveLease, type OpenRequestLease, RefusedLeaseError, type RequestLease } from '../../leases/index.ts';
import type { TakeLeaseSlot } from '../limits/index.ts';
import type { Logger } from '../logger.ts';
import { isResponseOver, onResponseOver } from '../response-over.ts';

export const LEASE_HEADER = 'x-firmseal-lease';

/** What the operator's plane looks leases up with, and uses them by. */
export interface LeaseRequestDeps {
	readonly plane: Plane;
	readonly rights: Pick<RightsProofs, 'verify'>;
	readonly audit: AuditLog;
	readonly openRequestLease: OpenRequestLease;
	/** Finds the lease that a request names, and whether it may be used at all; findActiveLease unless given. */
	readonly findLease?: typeof findActiveLease | undefined;
	readonly takeSlot: TakeLeaseSlot;
	readonly clock: Clock;
	readonly logger: Logger;
}

/** A request and its answer. */
export interface HttpExchange {
	readonly request: FastifyRequest;
	readonly reply: FastifyReply;
	/** Ends the connection, with whatever of the answer isn't sent yet. */
	readonly resetConnection: () => void;
}

interface LeaseInUse {
	readonly lease: RequestLease;
	/** Gives the reader of the answer as long as a lease may be held. */
	readonly startDeadline: () => Promise<void>;
}

/** Of requests that are being answered: for the last look before the bytes go, and the time in which they have to be taken. */
const leasesInUse = new WeakMap<FastifyRequest, LeaseInUse>();

/**
 * The lease that a request names in its header, opened for this request alone; null: it names none. What it holds is let go when the
 * answer is at the socket, or at the deadline, which cuts an answer that is still being sent; its slot, when nothing is held any more.
 * @throws FirmsealError BAD_USER_INPUT for a header that is no id or a member's, LEASE_NOT_ACTIVE, which is recorded, KEY_UNAVAILABLE,
 * RATE_LIMITED when too many are at work under leases: nothing was taken.
 */
export async function openLeaseFromHeader(
	deps: LeaseRequestDeps | null,
	{ request, reply, resetConnection }: HttpExchange,
	principal: Principal,
): Promise<RequestLease | null> {
	const id = request.headers[LEASE_HEADER];
	if (id === undefined) return null;
	if (principal.kind === 'firm' || !deps)
		throw new FirmsealError('BAD_USER_INPUT', 'Leave X-Firmseal-Lease out: your own firm’s content needs no lease.');
	if (typeof id !== 'string' || !validate(id) || version(id) !== 7 || id !== id.toLowerCase())
		throw new FirmsealError('BAD_USER_INPUT', 'X-Firmseal-Lease must be the id of one lease, a UUIDv7 in lower case.');
	if (!principal.proven)
		throw new FirmsealError('KEY_UNAVAILABLE', 'The key service is away, so no lease can be used: try again later.');
	const findLease = deps.findLease ?? findActiveLease;
	const active = await findLease(deps, id, principal).catch(async (error: unknown) => {
		await deps.audit.append(refusalEntries(error, id, request.id, principal));
		if (error instanceof RefusedLeaseError && error.isForged)
			deps.logger.error({ firm: error.firm, requestId: request.id }, 'a lease could not be proven');
		throw error;
	});
	const giveBackSlot = await deps.takeSlot(principal.user);
	let lease: RequestLease;
	try {
		lease = deps.openRequestLease(active, request.id, () => {
			// What is half sent can't be taken back, but it goes no further, and nothing waits in the socket for a client that doesn't read.
			if (reply.raw.headersSent) resetConnection();
		});
	} catch (error) {
		giveBackSlot();
		throw error;
	}
	const { clock } = deps;
	const over = new AbortController();
	async function limitAnswer(): Promise<void> {
		await clock.sleep(LEASE_DEADLINE, over.signal);
		if (!over.signal.aborted) resetConnection();
	}
	leasesInUse.set(request, { lease, startDeadline: limitAnswer });
	onResponseOver(reply.raw, () => {
		over.abort();
		void lease.end().finally(giveBackSlot);
	});
	// Otherwise values would be refused, on record, to a client that has hung up meanwhile.
	if (isResponseOver(reply.raw))
		throw new FirmsealError('BAD_USER_INPUT', 'The client has hung up, so nothing was done.');
	return lease;
}

/** Why the answer of a request may not go out after all; null: it may. Asked in the stretch in which the bytes are handed over. */
export function leaseErrorOf(request: FastifyRequest): FirmsealError | null {
	try {
		leasesInUse.get(request)?.lease.assertNotExpired();
		return null;
	} catch (error) {
		return error as FirmsealError;
	}
}

/**
 * To be called when an answer goes. One that has read nothing under its lease has no deadline of the lease's session, nor has a refusal: a reader who
 * doesn't take it would keep its slot from others for as long as any answer may wait.
 */
export function startLeaseDeadline(request: FastifyRequest): void {
	void leasesInUse.get(request)?.startDeadline();
}

function refusalEntries(error: unknown, lease: string, request: string, principal: Principal): EntryDraft[] {
	const who = {
		actor: { kind: principal.kind, user: principal.user, roles: rolesOf(principal) },
		plane: 'operator',
		request,
	} as const;
	if (!(error instanceof FirmsealError) || error.code !== 'LEASE_NOT_ACTIVE') return [];
	// An id that no lease has may be anything that a client made up: it isn't recorded.
	const known = error instanceof RefusedLeaseError ? { firm: error.firm, lease } : {};
	const act =
		error instanceof RefusedLeaseError && error.isForged
			? ({ action: 'rights.refuse', reason: 'FORBIDDEN', records: [lease] } as const)
			: ({ action: 'request.deny', reason: 'LEASE_NOT_ACTIVE' } as const);
	return [draftEntry(who, { ...act, ...known, decision: 'DENIED' })];
}
