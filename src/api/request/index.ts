export { type Authenticate, createAuthenticator, createRemoteKeys } from './authenticate.ts';
export {
	createContext,
	type Enter,
	enterByTicket,
	enterByTokenOrInvitation,
	enterForEvents,
	enterForFile,
	type RequestParts,
} from './enter.ts';
export { fetchIssuerKeys } from './fetch-issuer-keys.ts';
export {
	type IdentifiedCaller,
	identifyPrincipal,
	principalOf,
} from './identify-principal.ts';
export {
	type HttpExchange,
	LEASE_HEADER,
	type LeaseRequestDeps,
	leaseErrorOf,
	startLeaseDeadline,
} from './lease-header.ts';
export { createResponseMemory, type ReserveResponseMemory } from './response-memory.ts';
