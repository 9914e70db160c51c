export { type Authenticate, createAuthenticator, remoteKeys } from './authenticate.ts';
export { createContext, type RequestContext } from './context.ts';
export { createApollo } from './create-apollo.ts';
export { createHttpServer, type HttpServer, type Readiness } from './http/index.ts';
export { identifyPrincipal, principalOf, RefusedAccountError, refusedHere } from './identify-principal.ts';
export { createRateLimit } from './limits/index.ts';
export { createLogger, type Logger } from './logger.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export {
	createSchema,
	fieldsByName,
	LOCK,
	readTypeDefs,
	resolvedSchema,
	type SealedSchema,
	TABLE_OF,
} from './schema.ts';
