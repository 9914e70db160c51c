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
import { Loaders } from '../loaders.ts';
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
import { isInvitationAcceptance, NewcomerContext } from './invitation-acceptance.ts';
import { type HttpExchange, type LeaseRequestDeps, openLeaseFromHeader } from './lease-header.ts';
import type { ResponseMemory } from './response-memory.ts';

type PrincipalKind = Principal['kind'];

/** The services for requests of one kind of principal. */
interface RequestSide {
	readonly services: RequestServices;
	readonly audit: AuditLog;
	/** Content for a caller whose rights can't be verified. */
	readonly unprovenContent: Content;
	/** Content while the log disagrees with its anchors. */
	readonly closedContent: Content;
}

/** What a process needs to identify who sends a request, and to serve it. */
export interface RequestParts {
	readonly identity: IdentityDeps;
	/** Redeems tickets; null if this process serves no firms. */
	readonly tickets: TicketDeps | null;
	/** The kinds of principal that this process serves. The first is the default for refusals. */
	readonly sides: ReadonlyMap<PrincipalKind, RequestSide>;
	/** The plane of a firm's portal clients. */
	readonly portal: Plane | null;
	/** The plane on which people of a firm end access; it does not wait for reads. */
	readonly revocationPlane: Plane | null;
	/** Null if this process serves no operators. */
	readonly lease: LeaseRequestDeps | null;
	/** Why the log's anchors forbid opening content of a side now; null if they don't. */
	readonly anchors: { refusalFor(side: PrincipalKind): FirmsealError | null };
	readonly rateLimit: RateLimit;
	readonly admission: Admission;
	readonly responseMemory: ResponseMemory;
	readonly logger: Logger;
}

/** Identifies who sends a request, and returns the context for its resolvers. An error it throws is the answer. */
export type Enter<Context> = (exchange: HttpExchange) => Promise<Context>;

/** Enters a request of /graphql by its token, whose person has an account here or accepts an invitation. */
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
	return new NewcomerContext(request.id, found.newcomer, { ...services, content });
}

/**
 * Enters a request for a file by its token. It waits for a slot of all requests; the file takes a slot of its own once the caller is
 * known.
 */
export const enterForFile = (parts: RequestParts, exchange: HttpExchange): Promise<RequestContext> =>
	parts.admission.admit(exchange.request, async () => {
		if (exchange.request.headers.authorization) return enterByToken(parts, exchange);
		// Any web page can request a file without a token, from the address of its visitor, so such a request isn't counted.
		const identified = await identifyPrincipal(parts.identity, undefined).catch((error: unknown) =>
			refuseEntry(parts, exchange.request, error),
		);
		return enterAsAccount(parts, exchange, identified);
	});

/**
 * Identifies who opens a stream of events. It waits for a slot of all requests, and has none while the stream is open. A lease is no use to it, so
 * that header is not read.
 */
export const enterForEvents = (parts: RequestParts, request: FastifyRequest): Promise<IdentifiedCaller> =>
	parts.admission.admit(request, async () => {
		const { authorization } = request.headers;
		const identify = () => identifyPrincipal(parts.identity, authorization);
		// Like a file, any web page can request a stream without a token.
		const identifying = authorization ? parts.rateLimit.byToken(request.ip, identify) : identify();
		const identified = await identifying.catch((error: unknown) => refuseEntry(parts, request, error));
		const { principal } = identified;
		await parts.admission.assignAccount(request, principal.user, partyOf(principal));
		if (!parts.sides.has(principal.kind)) return recordRefusal(parts, request.id, wrongPlaneError(principal));
		return identified;
	});

/** Enters a download by a ticket: returns the context of the person who created it, and its file. */
export const enterByTicket = (
	parts: RequestParts,
	ticket: string,
	exchange: HttpExchange,
): Promise<{ readonly context: RequestContext; readonly file: FileReference }> =>
	parts.admission.admit(exchange.request, async () => {
		const { request } = exchange;
		const { tickets } = parts;
		if (!tickets) throw new Error('This process redeems no tickets.');
		const identified = await parts.rateLimit
			.byTicket(request.ip, () => identifyByTicket(tickets, ticket))
			.catch((error: unknown) => refuseEntry(parts, request, error));
		// The ticket is used up by now. A token sent beside it proves nothing, so it isn't assigned to the ticket's account.
		return { context: await enterAs(parts, exchange, identified), file: identified.file };
	});

async function enterByToken(parts: RequestParts, exchange: HttpExchange): Promise<RequestContext> {
	const { request } = exchange;
	const identified = await parts.rateLimit
		.byToken(request.ip, () => identifyPrincipal(parts.identity, request.headers.authorization))
		.catch((error: unknown) => refuseEntry(parts, request, error));
	return enterAsAccount(parts, exchange, identified);
}

/** From now on the request counts for its party, and waits for a slot there. */
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
	if (!side) return recordRefusal(parts, request.id, wrongPlaneError(principal));
	const lease = await openLeaseFromHeader(parts.lease, exchange, principal);
	// Checked after the wait for a slot, during which the log may have been found to disagree with its anchors.
	const refusal = parts.anchors.refusalFor(principal.kind);
	// A lease opens content with keys of its own, which closedContent does not cover.
	if (refusal && lease) throw refusal;
	const services = servicesFor(parts, principal, { ...side.services, content: contentFor(side, principal, refusal) });
	const context = createContext(request.id, identified, services, lease);
	return { ...context, reserveResponseMemory: parts.responseMemory(principal, reply) };
}

/** The codes for a caller who is unknown here or has no role any more. */
const UNIDENTIFIED_CODES: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);

async function refuseEntry(parts: RequestParts, request: FastifyRequest, error: unknown): Promise<never> {
	// A person who was removed must not fill the firm's slots.
	if (error instanceof FirmsealError && UNIDENTIFIED_CODES.has(error.code)) parts.admission.forgetAccount(request);
	return recordRefusal(parts, request.id, error);
}

/** @throws the error itself, after recording a refused account. An account whose row is not proven is also logged. */
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

/** A caller whose rights can't be verified now opens nothing. */
function contentFor(side: RequestSide, principal: Principal, refusal: FirmsealError | null): Content {
	if (refusal) return side.closedContent;
	return principal.proven ? side.services.content : side.unprovenContent;
}

/** A portal client gets the rows that the portal's role may see for this client. */
function servicesFor(
	{ portal, revocationPlane }: Pick<RequestParts, 'portal' | 'revocationPlane'>,
	principal: Principal,
	services: RequestServices,
): RequestServices {
	if (principal.kind === 'operator') return services;
	if (principal.client === null) return { ...services, ...(revocationPlane && { revocationPlane }) };
	if (!portal) throw new Error('This process serves no portal.');
	return { ...services, plane: portal.forClient(principal.client) };
}

export function createContext(
	requestId: string,
	caller: Pick<RequestContext, 'principal' | 'issuedAt' | 'authTime' | 'isPrincipalUnchanged'>,
	shared: RequestServices,
	lease: RequestLease | null = null,
): RequestContext {
	const { principal, issuedAt, authTime, isPrincipalUnchanged } = caller;
	const party = partyNameOf(principal);
	const services = { ...shared, plane: planeOfRequest(shared.plane, party) };
	const revocationServices = shared.revocationPlane
		? { ...shared, plane: planeOfRequest(shared.revocationPlane, party) }
		: services;
	const loaders = new Loaders(services.plane, principal.kind === 'firm' ? principal.firm : null);
	return {
		requestId,
		principal,
		party,
		issuedAt,
		authTime,
		services,
		revocationServices,
		loaders,
		lease,
		isPrincipalUnchanged,
		newcomer: null,
	};
}
