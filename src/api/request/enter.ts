import type { FastifyRequest } from 'fastify';
import { type Principal, partyNameOf } from '../../access/index.ts';
import type { AuditLog } from '../../audit/index.ts';
import type { Content } from '../../content/index.ts';
import { type Plane, planeOfRequest } from '../../database/index.ts';
import type { FileReference } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RequestServices } from '../../firms/index.ts';
import type { RequestLease } from '../../leases/index.ts';
import type { RequestContext } from '../context.ts';
import { type Admission, partyOf, type RateLimit } from '../limits/index.ts';
import { createLoaders } from '../loaders.ts';
import type { Logger } from '../logger.ts';
import { entryOfRefusal, RefusedAccountError, reportForgery, wrongPlaneError } from '../refused-account.ts';
import {
	type IdentifiedCaller,
	type IdentityDeps,
	identifyByTicket,
	identifyNewcomer,
	identifyPrincipal,
	type TicketDeps,
} from './identify-principal.ts';
import { createNewcomerContext, isInvitationAcceptance } from './invitation-acceptance.ts';
import { type HttpExchange, type LeaseRequestDeps, openLeaseFromHeader } from './lease-header.ts';
import type { ResponseMemory } from './response-memory.ts';

type PrincipalKind = Principal['kind'];

/** What the requests of one kind of principal work by. */
interface RequestSide {
	readonly services: RequestServices;
	readonly audit: AuditLog;
	/** Content while a caller's rights can't be checked. */
	readonly unprovenContent: Content;
	/** Content while the log disagrees with its anchors. */
	readonly closedContent: Content;
}

/** What a process has for finding out who sends a request, and by what the request works. */
export interface RequestParts {
	readonly identity: IdentityDeps;
	/** Where tickets are redeemed; null: this process serves no firms. */
	readonly tickets: TicketDeps | null;
	/** The kinds of principal that this process serves, the first of them first. */
	readonly sides: ReadonlyMap<PrincipalKind, RequestSide>;
	/** Whose rows a client of a firm sees. */
	readonly portal: Plane | null;
	/** For what people of a firm end: it waits for nothing that is read. */
	readonly revocationPlane: Plane | null;
	/** null: this process serves no operators. */
	readonly lease: LeaseRequestDeps | null;
	/** Why content of a side may not be opened now, as far as the log's anchors say; null: it may. */
	readonly anchors: { refusalFor(side: PrincipalKind): FirmsealError | null };
	readonly rateLimit: RateLimit;
	readonly admission: Admission;
	readonly responseMemory: ResponseMemory;
	readonly logger: Logger;
}

/** Finds out who sends a request, and answers the context of its resolvers. What it throws is answered in its place. */
export type Enter<Context> = (exchange: HttpExchange) => Promise<Context>;

/** A request of /graphql: by its token, which has an account here or accepts an invitation. */
export async function enterByTokenOrInvitation(parts: RequestParts, exchange: HttpExchange): Promise<RequestContext> {
	const { request } = exchange;
	const { firm } = parts.identity.rights;
	if (!firm || !isInvitationAcceptance(request)) return enterByToken(parts, exchange);
	const found = await parts.rateLimit
		.byToken(request.ip, () => identifyNewcomer(parts.identity, firm, request.headers.authorization))
		.catch((error: unknown) => refuseEntry(parts, request, error));
	if (!('newcomer' in found)) return enterAsAccount(parts, exchange, found);
	const { services, closedContent } = parts.sides.get('firm') as RequestSide;
	const content = parts.anchors.refusalFor('firm') ? closedContent : services.content;
	return createNewcomerContext(request.id, found.newcomer, { ...services, content });
}

/** A request for a file: by its token. It waits for its turn; the file has slots of its own, once it is clear who asks. */
export const enterForFile = (parts: RequestParts, exchange: HttpExchange): Promise<RequestContext> =>
	parts.admission.admit(exchange.request, async () => {
		if (exchange.request.headers.authorization) return enterByToken(parts, exchange);
		// Any page can ask for a file without a token, from the address of the person who opens the page: so that isn't counted.
		const identified = await identifyPrincipal(parts.identity, undefined).catch((error: unknown) =>
			refuseEntry(parts, exchange.request, error),
		);
		return enterAsAccount(parts, exchange, identified);
	});

/** A download by a ticket: the context of who made it, and the file that it is for. */
export const enterByTicket = (
	parts: RequestParts,
	ticket: string,
	exchange: HttpExchange,
): Promise<{ readonly context: RequestContext; readonly file: FileReference }> =>
	parts.admission.admit(exchange.request, async () => {
		const { request } = exchange;
		const { tickets } = parts;
		if (!tickets) throw new Error('There are no tickets here.');
		const identified = await parts.rateLimit
			.byTicket(request.ip, () => identifyByTicket(tickets, ticket))
			.catch((error: unknown) => refuseEntry(parts, request, error));
		// The ticket is used up by now, and says nothing of a token beside it: so the token isn't assigned to its account.
		return { context: await enterAs(parts, exchange, identified), file: identified.file };
	});

async function enterByToken(parts: RequestParts, exchange: HttpExchange): Promise<RequestContext> {
	const { request } = exchange;
	const identified = await parts.rateLimit
		.byToken(request.ip, () => identifyPrincipal(parts.identity, request.headers.authorization))
		.catch((error: unknown) => refuseEntry(parts, request, error));
	return enterAsAccount(parts, exchange, identified);
}

/** The request counts for its party from now on, and waits for its turn by that. */
async function enterAsAccount(
	parts: RequestParts,
	exchange: HttpExchange,
	identified: IdentifiedCaller,
): Promise<RequestContext> {
	const { principal } = identified;
	await parts.admission.assignAccount(exchange.request, principal.user, partyOf(principal));
	return enterAs(parts, exchange, identified);
}

async function enterAs(
	parts: RequestParts,
	exchange: HttpExchange,
	identified: IdentifiedCaller,
): Promise<RequestContext> {
	const { request, reply } = exchange;
	const { principal } = identified;
	const side = parts.sides.get(principal.kind);
	if (!side)
		return recordRefusal(
			parts,
			request.id,
			wrongPlaneError(principal, 'This server is for the other plane: use the address you were given.'),
		);
	const lease = await openLeaseFromHeader(parts.lease, exchange, principal);
	// Asked after the wait for a slot, in which the log may have been found to disagree with its anchors.
	const refusal = parts.anchors.refusalFor(principal.kind);
	// What a lease opens has keys of its own.
	if (refusal && lease) throw refusal;
	const services = servicesFor(parts, principal, { ...side.services, content: contentFor(side, principal, refusal) });
	const context = createContext(request.id, identified, services, lease);
	return { ...context, reserveResponseMemory: parts.responseMemory(principal, reply) };
}

/** What refuses a caller who is no one here, or no one any more. */
const UNIDENTIFIED_CODES: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);

async function refuseEntry(parts: RequestParts, request: FastifyRequest, error: unknown): Promise<never> {
	// A person who was removed must not fill the slots of the firm.
	if (error instanceof FirmsealError && UNIDENTIFIED_CODES.has(error.code)) parts.admission.forgetAccount(request);
	return recordRefusal(parts, request.id, error);
}

/** @throws the error itself, once a refused account is on record; of one whose row proves nothing an operator is told too. */
async function recordRefusal(
	{ sides, logger }: Pick<RequestParts, 'sides' | 'logger'>,
	request: string,
	error: unknown,
): Promise<never> {
	if (error instanceof RefusedAccountError) {
		const own = [...sides].find(([kind]) => kind === error.actor.kind) ?? [...sides][0];
		reportForgery(logger, error, request);
		await own?.[1].audit.append([entryOfRefusal(error, own[0], request)]);
	}
	throw error;
}

/** A caller whose rights can't be proven now opens nothing. */
function contentFor(side: RequestSide, principal: Principal, refusal: FirmsealError | null): Content {
	if (refusal) return side.closedContent;
	return principal.proven ? side.services.content : side.unprovenContent;
}

/** A client's portal has the rows that the portal's role sees for this client. */
function servicesFor(
	{ portal, revocationPlane }: Pick<RequestParts, 'portal' | 'revocationPlane'>,
	principal: Principal,
	services: RequestServices,
): RequestServices {
	if (principal.kind === 'operator') return services;
	if (principal.client === null) return { ...services, ...(revocationPlane && { revocationPlane }) };
	if (!portal) throw new Error('There is no portal here.');
	return { ...services, plane: portal.forClient(principal.client) };
}

export function createContext(
	requestId: string,
	caller: Pick<IdentifiedCaller, 'principal' | 'authTime' | 'isPrincipalUnchanged'>,
	shared: RequestServices,
	lease: RequestLease | null = null,
): RequestContext {
	const { principal, authTime, isPrincipalUnchanged } = caller;
	const party = partyNameOf(principal);
	const services = { ...shared, plane: planeOfRequest(shared.plane, party) };
	const revocationServices = shared.revocationPlane
		? { ...shared, plane: planeOfRequest(shared.revocationPlane, party) }
		: services;
	const loaders = createLoaders(services.plane, principal.kind === 'firm' ? principal.firm : null);
	return {
		requestId,
		principal,
		party,
		authTime,
		services,
		revocationServices,
		loaders,
		lease,
		isPrincipalUnchanged,
		newcomer: null,
	};
}
