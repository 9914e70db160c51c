export { createContext, createJoiningContext, partyOf, type RequestContext } from './context.ts';
export { createApollo } from './create-apollo.ts';
export { addDocumentRoutes } from './files/index.ts';
export {
	addCheckpointKeyRoute,
	assertCanListen,
	createHttpServer,
	type DemoPeople,
	type HttpServer,
	openDemo,
	type Readiness,
} from './http/index.ts';
export { createAdmission, createLeasePlaces, createRateLimit, type Identify } from './limits/index.ts';
export { createLogger, type Logger } from './logger.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { movingFields } from './moving-fields.ts';
export { readOperationFiles, registerOperations } from './operations/index.ts';
export { entryOfRefusal, RefusedAccountError, refusedHere, tellForgery } from './refused-account.ts';
export {
	type Arrived,
	type Authenticate,
	createAnswerRoom,
	createAuthenticator,
	cutByLease,
	type Door,
	type Exchange,
	fetchKeys,
	type Identified,
	identifyByTicket,
	identifyNewcomer,
	identifyPrincipal,
	isJoining,
	LEASE_HEADER,
	type LeaseDoor,
	limitAnswer,
	openNamedLease,
	principalOf,
	remoteKeys,
} from './request/index.ts';
export {
	columnOfCoordinate,
	createSchema,
	LOCK,
	readTypeDefs,
	resolvedSchema,
	type SealedSchema,
	TABLE_OF,
} from './schema.ts';
