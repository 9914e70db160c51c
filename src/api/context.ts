import {
	type Newcomer,
	type Operation,
	type Principal,
	type Reach,
	reachOf,
	type SignInTime,
} from '../access/index.ts';
import { type ContentSession, contentEntry } from '../content/index.ts';
import { contentSessionOf } from '../encryption-directive/index.ts';
import { FirmsealError } from '../errors.ts';
import { type ActingMember, type RequestServices, toActingMember } from '../firms/index.ts';
import { KeyUnavailableError } from '../keys/index.ts';
import type { RequestLease } from '../leases/index.ts';
import type { Loaders } from './loaders.ts';
import type { IdentifiedCaller, ReserveResponseMemory } from './request/index.ts';

/** One request: its principal, their rights, and the plane it works through. */
export interface RequestContext {
	/** UUIDv7, made by the server. */
	readonly requestId: string;
	readonly principal: Principal;
	/** The party that the request counts for, in admission and time slices. */
	readonly party: string;
	/** When the caller's token was issued; null in a request that accepts an invitation. */
	readonly issuedAt: Date | null;
	/** When the caller last signed in; null if the issuer does not say. */
	readonly authTime: SignInTime;
	/** Rows and content of the principal's plane. A principal never gets the other plane's. */
	readonly services: RequestServices;
	/** The same for operations that end access: they don't wait for other queries, not even of the same firm. */
	readonly revocationServices: RequestServices;
	readonly loaders: Loaders;
	/** Null if the request names no lease. */
	readonly lease: RequestLease | null;
	/** Whether the caller's rights are still those they had at the start of the request. */
	readonly isPrincipalUnchanged: IdentifiedCaller['isPrincipalUnchanged'];
	/** A signed-in person without a firm, who accepts an invitation; null for every other request. */
	readonly newcomer: Newcomer | null;
	/** Called before a long answer is serialized. */
	readonly reserveResponseMemory?: ReserveResponseMemory;
}

/** The firm whose rows the request's transactions see; null for an operator, whose plane sees all firms. */
export const firmOf = ({ principal }: RequestContext): string | null =>
	principal.kind === 'firm' ? principal.firm : null;

/** The client of a portal user; null for everyone else. */
export const clientOf = ({ principal }: RequestContext): string | null =>
	principal.kind === 'firm' ? principal.client : null;

/**
 * They grant no right, so they need not wait for the key service. A lease can be ended while operators still read under it, and a stolen
 * session while its thief still uses it.
 */
const ALLOWED_UNPROVEN: ReadonlySet<Operation> = new Set(['revokeBreakGlass', 'signOutEverywhere']);

/**
 * @throws FirmsealError FORBIDDEN, recorded, if the caller's roles don't include the operation; KEY_UNAVAILABLE for a mutation by a
 * person whose rights can't be verified now.
 */
export function authorizeOperation(context: RequestContext, type: 'Query' | 'Mutation', operation: Operation): Reach {
	if (type === 'Mutation' && !context.principal.proven && !ALLOWED_UNPROVEN.has(operation))
		throw new KeyUnavailableError(
			'AWAY',
			'Nothing can be changed now, except that a lease can be revoked and all sessions can be ended: the key service is unavailable, or refuses the key that proves your rights. Try again later, or ask the person who manages that key.',
		);
	const reach = reachOf(context.principal, operation);
	if (reach) return reach;
	noteDenial(contentSessionOf(context), `${type}.${operation}`, { firm: firmOf(context) });
	throw new FirmsealError('FORBIDDEN', `Your role may not call ${operation}.`);
}

/** Records that the caller was refused an operation, by its coordinate. */
export function noteDenial(
	session: ContentSession,
	coordinate: string,
	about: { readonly firm?: string | null; readonly lease?: string | null; readonly records?: readonly string[] },
): void {
	session.addEntry(
		contentEntry(session.authorization, {
			action: 'request.deny',
			decision: 'DENIED',
			coordinates: [coordinate],
			reason: 'FORBIDDEN',
			...about,
		}),
	);
}

/** The member who changes their own firm's content. @throws FirmsealError FORBIDDEN, KEY_UNAVAILABLE like authorizeOperation. */
export function authorizeMember(context: RequestContext, operation: Operation): ActingMember {
	authorizeOperation(context, 'Mutation', operation);
	const { principal, loaders } = context;
	if (principal.kind !== 'firm') throw new FirmsealError('FORBIDDEN', 'Only members of a firm can change its content.');
	// This operation may change rows that an earlier operation of the document has loaded.
	loaders.clear();
	return toActingMember(contentSessionOf(context), principal);
}
