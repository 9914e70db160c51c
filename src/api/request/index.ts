export { createAnswerRoom, type TakeRoom } from './answer-room.ts';
export { type Authenticate, createAuthenticator, remoteKeys } from './authenticate.ts';
export { fetchKeys } from './fetch-keys.ts';
export { identifyByTicket } from './identify-by-ticket.ts';
export {
	type Arrived,
	type Door,
	type Identified,
	identifyNewcomer,
	identifyPrincipal,
	principalOf,
} from './identify-principal.ts';
export { isJoining } from './joining.ts';
export {
	cutByLease,
	type Exchange,
	LEASE_HEADER,
	type LeaseDoor,
	limitAnswer,
	openNamedLease,
} from './request-lease.ts';
