import type { ApolloServer, BaseContext } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { toGraphQLError } from '../format-error.ts';
import { withRequestId } from '../request-id.ts';

/**
 * POST and GET /graphql (GraphQL over HTTP). What the context function throws is answered with the status of its code;
 * the request's id is known to whatever runs below.
 */
export function addGraphqlRoute<Context extends BaseContext>(
	app: FastifyInstance,
	apollo: ApolloServer<Context>,
	context: (request: FastifyRequest) => Promise<Context>,
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
	app.route({
		method: ['GET', 'POST'],
		url: '/graphql',
		exposeHeadRoute: false,
		handler(request, reply) {
			return withRequestId(request.id, () => answer.call(this, request, reply));
		},
	});
}
