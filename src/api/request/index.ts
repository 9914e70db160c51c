export { type Authenticate, createAuthenticator, createRemoteKeys } from './authenticate.ts';
export { fetchIssuerKeys } from './fetch-issuer-keys.ts';
export { identifyByTicket } from './identify-by-ticket.ts';
export {
	type IdentifiedCaller,
	type IdentifiedNewcomer,
	type IdentityDeps,
	identifyNewcomer,
	identifyPrincipal,
	principalOf,
} from './identify-principal.ts';
export { isInvitationAcceptance } from './invitation-acceptance.ts';
export {
	type HttpExchange,
	LEASE_HEADER,
	type LeaseRequestDeps,
	leaseErrorOf,
	openLeaseFromHeader,
	startLeaseDeadline,
} from './request-lease.ts';
export { createResponseMemory, type ReserveResponseMemory } from './response-memory.ts';
