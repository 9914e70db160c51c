export { createAnswerRoom } from './answer-room.ts';
export { type Authenticate, createAuthenticator, remoteKeys } from './authenticate.ts';
export { addCheckpointKeyRoute } from './checkpoint-keys.ts';
export { createContext, createJoiningContext, partyOf, type RequestContext } from './context.ts';
export { createApollo } from './create-apollo.ts';
export { fetchKeys } from './fetch-keys.ts';
export { addDocumentRoutes } from './files/index.ts';
export {
	assertCanListen,
	createHttpServer,
	type DemoPeople,
	type HttpServer,
	openDemo,
	type Readiness,
} from './http/index.ts';
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
export { createAdmission, createLeasePlaces, createRateLimit, type Identify } from './limits/index.ts';
export { createLogger, type Logger } from './logger.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { movingFields } from './moving-fields.ts';
export { readOperationFiles } from './operation-files.ts';
export { entryOfRefusal, RefusedAccountError, refusedHere, tellForgery } from './refused-account.ts';
export { registerOperations } from './registered-operations.ts';
export {
	cutByLease,
	type Exchange,
	LEASE_HEADER,
	type LeaseDoor,
	limitAnswer,
	openNamedLease,
} from './request-lease.ts';
export {
	columnOfCoordinate,
	createSchema,
	LOCK,
	readTypeDefs,
	resolvedSchema,
	type SealedSchema,
	TABLE_OF,
} from './schema.ts';
