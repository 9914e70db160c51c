export type { RequestContext } from './context.ts';
export { createApollo } from './create-apollo.ts';
export { addEventRoute, createFirmReader, createOperatorReader, EventFeed } from './events/index.ts';
export { addDocumentRoutes } from './files/index.ts';
export {
	addCheckpointKeyRoute,
	addPages,
	assertCanListen,
	createHttpServer,
	type DemoPeople,
	type HttpServer,
	mayOfferDemo,
	openDemo,
	PAGES,
	type Readiness,
	readBuild,
} from './http/index.ts';
export { addIssuerRoutes, type DemoSignIn } from './issuer/index.ts';
export { createAdmission, createLeaseSlots, createRateLimit, partyOf } from './limits/index.ts';
export { createLogger, type Logger } from './logger.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { readOperationFiles, registerOperations } from './operations/index.ts';
export { entryOfRefusal, RefusedAccountError, reportForgery } from './refused-account.ts';
export {
	type Authenticate,
	createAuthenticator,
	createContext,
	createRemoteKeys,
	createResponseMemory,
	enterByTicket,
	enterByTokenOrInvitation,
	enterForEvents,
	enterForFile,
	fetchIssuerKeys,
	identifyPrincipal,
	LEASE_HEADER,
	type LeaseRequestDeps,
	leaseErrorOf,
	principalOf,
	type RequestParts,
	startLeaseDeadline,
} from './request/index.ts';
export {
	buildFromSdl,
	columnOfCoordinate,
	createResolvedSchema,
	createSchema,
	fieldMoves,
	readTypeDefs,
	SEALED_LOCK_FILE,
	type SealedSchema,
	TABLE_OF,
} from './schema.ts';
