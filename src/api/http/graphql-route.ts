import type { ApolloServer, BaseContext } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { toGraphQLError } from '../format-error.ts';
import { withRequestId } from '../request-id.ts';
import { allowOrigins } from './cross-origin.ts';
import { acceptsAnswer } from './media-types.ts';
import { METHOD_NOT_ALLOWED, NOT_ACCEPTABLE, problemOf } from './problem.ts';
import { sendProblem } from './refuse.ts';

interface RouteOptions<Context extends BaseContext> {
	readonly apollo: ApolloServer<Context>;
	readonly context: (request: FastifyRequest) => Promise<Context>;
	readonly corsOrigins: readonly string[];
}

/**
 * POST and GET /graphql (GraphQL over HTTP). What the context function throws is answered with the status of its code;
 * the request's id is known to whatever runs below.
 */
export function addGraphqlRoute<Context extends BaseContext>(
	app: FastifyInstance,
	{ apollo, context, corsOrigins }: RouteOptions<Context>,
): void {
	const answer = fastifyApolloHandler(apollo, {
		context: async (request) => {
			try {
				return await context(request);
			} catch (error) {
				throw toGraphQLError(error);
			}
		},
	});
	app.register(
		async (scope) => {
			if (corsOrigins.length > 0) await allowOrigins(scope, corsOrigins);
			scope.route({
				method: ['GET', 'POST'],
				url: '',
				exposeHeadRoute: false,
				// Apollo looks at Accept only once a mutation is done.
				async onRequest(request, reply) {
					if (!acceptsAnswer(request.headers.accept)) return sendProblem(reply, problemOf(NOT_ACCEPTABLE, request.id));
				},
				// Apollo gives some answers a Cache-Control of its own.
				async onSend(_, reply) {
					reply.header('cache-control', 'no-store');
				},
				handler(request, reply) {
					return withRequestId(request.id, () => answer.call(this, request, reply));
				},
			});
			scope.route({
				method: ['DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'PUT'],
				url: '',
				// Before the body is read.
				async onRequest(request, reply) {
					return sendProblem(reply.header('allow', 'GET, POST'), problemOf(METHOD_NOT_ALLOWED, request.id));
				},
				handler: () => {},
			});
		},
		{ prefix: '/graphql' },
	);
}
