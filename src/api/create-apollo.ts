import { ApolloServer } from '@apollo/server';
import {
	ApolloServerPluginCacheControlDisabled,
	ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import { responseGate } from '../encryption-directive/index.ts';
import type { RequestContext } from './context.ts';
import { createFormatError } from './errors/index.ts';
import { outcomeOf, setResponseStatus } from './http/index.ts';
import { costLimit, MAX_TOKENS, structureRule } from './limits/index.ts';
import { apolloLogger, type Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { operationTypeRule, type RegisteredOptions, registeredOperationsPlugin } from './operations/index.ts';

export interface ApolloOptions {
	readonly schema: GraphQLSchema;
	readonly logger: Logger;
	readonly metrics: Metrics;
	/** Whether clients can query the schema; never in production. */
	readonly introspection: boolean;
	/** Operations that clients can name by their hash. Default: none. */
	readonly registered?: RegisteredOptions | null;
}

/** Apollo Server as Firmseal configures it: one document per request, no stack traces, no external URLs, no unrecorded answers. */
export function createApollo({
	schema,
	logger,
	metrics,
	introspection,
	registered,
}: ApolloOptions): ApolloServer<RequestContext> {
	return new ApolloServer<RequestContext>({
		schema,
		introspection,
		csrfPrevention: true,
		parseOptions: { maxLexicalTokens: MAX_TOKENS },
		validationRules: [structureRule, operationTypeRule],
		allowBatchedHttpRequests: false,
		includeStacktraceInErrorResponses: false,
		hideSchemaDetailsFromClientErrors: !introspection,
		stopOnTerminationSignals: false,
		persistedQueries: false,
		logger: apolloLogger(logger),
		formatError: createFormatError(logger),
		plugins: [
			ApolloServerPluginLandingPageDisabled(),
			// Every answer is no-store (http/http-server.ts). This plugin would wrap the resolver of every field to compute a cache
			// policy.
			ApolloServerPluginCacheControlDisabled(),
			costLimit,
			responseGate<RequestContext>({
				contentOf: ({ services }) => services.content,
				principalOf: (context) => (context.newcomer ? null : context.principal),
				requestIdOf: ({ requestId }) => requestId,
				leaseOf: ({ lease }) => lease,
				reserveMemory: ({ reserveResponseMemory }, bytes) => reserveResponseMemory?.(bytes),
				onAnswered(answered) {
					metrics.graphqlOperation(outcomeOf(answered.response));
					setResponseStatus(answered);
				},
			}),
			...(registered ? [registeredOperationsPlugin<RequestContext>(registered)] : []),
		],
	});
}
