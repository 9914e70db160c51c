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

/** One request: who asks, with what right, through which plane. */
export interface RequestContext {
	/** UUIDv7, made by the server. */
	readonly requestId: string;
	readonly principal: Principal;
	/** For whom the request counts, and waits for its turns. */
	readonly party: string;
	/** When the caller last signed in; null where the issuer does not say. */
	readonly authTime: SignInTime;
	/** The plane's rows and content: a principal never meets the other plane's. */
	readonly services: RequestServices;
	/** The same for what ends access: it waits for no query, not even of the caller's own firm. */
	readonly revocationServices: RequestServices;
	readonly loaders: Loaders;
	/** The lease that the request is under. */
	readonly lease: RequestLease | null;
	/** Whether the caller is still what they were when the request came. */
	readonly isPrincipalUnchanged: IdentifiedCaller['isPrincipalUnchanged'];
	/** Who asks, if that is no principal: a person who has signed in and accepts an invitation. */
	readonly newcomer: Newcomer | null;
	/** Asked before a long answer is made into text. */
	readonly reserveResponseMemory?: ReserveResponseMemory;
}

/** The firm whose rows the request's transactions see; null for an operator, whose plane shows all. */
export const firmOf = ({ principal }: RequestContext): string | null =>
	principal.kind === 'firm' ? principal.firm : null;

/** The client whose portal it is; null for everyone else. */
export const clientOf = ({ principal }: RequestContext): string | null =>
	principal.kind === 'firm' ? principal.client : null;

/** Gives no one anything, so that it waits for no key service: what the operator's side reads meanwhile can be ended. */
const ALLOWED_UNPROVEN: Operation = 'revokeBreakGlass';

/**
 * @throws FirmsealError FORBIDDEN, recorded, when the caller's roles don't have the operation; KEY_UNAVAILABLE for a change by
 * a person whose rights can't be checked now.
 */
export function authorizeOperation(context: RequestContext, type: 'Query' | 'Mutation', operation: Operation): Reach {
	if (type === 'Mutation' && !context.principal.proven && operation !== ALLOWED_UNPROVEN)
		throw new KeyUnavailableError(
			'AWAY',
			'Nothing can be changed now but a lease revoked: the key service is away, or refuses the key that proves your rights. Try again later, or ask whoever keeps that key.',
		);
	const reach = reachOf(context.principal, operation);
	if (reach) return reach;
	noteDenial(contentSessionOf(context), `${type}.${operation}`, { firm: firmOf(context) });
	throw new FirmsealError('FORBIDDEN', `Your role may not call ${operation}.`);
}

/** Puts on record that the caller was refused an operation, by its coordinate. */
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

/** Who acts on its own firm's content. @throws FirmsealError FORBIDDEN, KEY_UNAVAILABLE as authorizeOperation. */
export function authorizeMember(context: RequestContext, operation: Operation): ActingMember {
	authorizeOperation(context, 'Mutation', operation);
	const { principal, loaders } = context;
	if (principal.kind !== 'firm') throw new FirmsealError('FORBIDDEN', 'Only members of a firm change its content.');
	// What an earlier operation of the document has read may be changed by this one.
	loaders.clear();
	return toActingMember(contentSessionOf(context), principal);
}
