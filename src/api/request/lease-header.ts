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

/** How the operator plane finds and uses leases. */
export interface LeaseRequestDeps {
	readonly plane: Plane;
	readonly rights: Pick<RightsProofs, 'verify'>;
	readonly audit: AuditLog;
	readonly openRequestLease: OpenRequestLease;
	/** Finds the lease that a request names, and checks that it may be used. Default: findActiveLease. */
	readonly findLease?: typeof findActiveLease | undefined;
	readonly takeSlot: TakeLeaseSlot;
	readonly clock: Clock;
	readonly logger: Logger;
}

export interface HttpExchange {
	readonly request: FastifyRequest;
	readonly reply: FastifyReply;
	/** Ends the connection, and drops the unsent part of the answer. */
	readonly resetConnection: () => void;
}

interface LeaseInUse {
	readonly lease: RequestLease;
	/** Limits the time to read the answer to the time for which a lease may be held. */
	readonly startDeadline: () => Promise<void>;
}

/** Leases of running requests, for the last check before the bytes are sent, and for the reader's deadline. */
const leasesInUse = new WeakMap<FastifyRequest, LeaseInUse>();

/**
 * Opens the lease that a request names in its header, for this request alone; null if it names none. The lease is released when the
 * answer is handed to the socket, or at the deadline, which cuts an unfinished answer. The slot is released after that.
 * @throws FirmsealError BAD_USER_INPUT for an invalid id or a member's request; LEASE_NOT_ACTIVE, recorded; KEY_UNAVAILABLE;
 * RATE_LIMITED if too many requests run under leases, in which case nothing was taken from the lease.
 */
export async function openLeaseFromHeader(
	deps: LeaseRequestDeps | null,
	{ request, reply, resetConnection }: HttpExchange,
	principal: Principal,
): Promise<RequestLease | null> {
	const id = request.headers[LEASE_HEADER];
	if (id === undefined) return null;
	if (principal.kind === 'firm' || !deps)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'Your own firm’s content needs no lease: ask for it without X-Firmseal-Lease.',
		);
	if (typeof id !== 'string' || !validate(id) || version(id) !== 7 || id !== id.toLowerCase())
		throw new FirmsealError('BAD_USER_INPUT', 'X-Firmseal-Lease must be the id of one lease, a UUIDv7 in lower case.');
	if (!principal.proven)
		throw new FirmsealError(
			'KEY_UNAVAILABLE',
			'The key service is unavailable, so no lease can be used: try again later.',
		);
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
			// Bytes already sent can't be taken back. But no more are sent, and none wait in the socket for a client that doesn't
			// read.
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
	// Otherwise values would be refused, on record, for a client that has hung up already.
	if (isResponseOver(reply.raw))
		throw new FirmsealError('BAD_USER_INPUT', 'The client has hung up, so nothing was done.');
	return lease;
}

/** Why the answer of a request may not be sent after all; null if it may. Called in the same tick in which the bytes are handed over. */
export function leaseErrorOf(request: FastifyRequest): FirmsealError | null {
	try {
		leasesInUse.get(request)?.lease.assertNotExpired();
		return null;
	} catch (error) {
		return error as FirmsealError;
	}
}

/**
 * Call when an answer is sent. An answer that read nothing under its lease, such as a refusal, has no deadline of the lease's session.
 * A reader who doesn't take it would block its slot as long as any answer may wait.
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
	// An id that matches no lease may be any text that a client made up, so it isn't recorded.
	const known = error instanceof RefusedLeaseError ? { firm: error.firm, lease } : {};
	const act =
		error instanceof RefusedLeaseError && error.isForged
			? ({ action: 'rights.refuse', reason: 'FORBIDDEN', records: [lease] } as const)
			: ({ action: 'request.deny', reason: 'LEASE_NOT_ACTIVE' } as const);
	return [draftEntry(who, { ...act, ...known, decision: 'DENIED' })];
}
