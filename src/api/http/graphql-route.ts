import type { ApolloServer, BaseContext } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FirmsealError } from '../../errors.ts';
import { whenOver } from '../client-gone.ts';
import { headersOf, STATUS_OF, toGraphQLError } from '../errors/index.ts';
import { type Admission, RateLimitedError } from '../limits/index.ts';
import { withRequestId } from '../request-id.ts';
import { allowOrigins } from './cross-origin.ts';
import { SHORT } from './limits.ts';
import { acceptsAnswer, mediaTypeFor } from './media-types.ts';
import { METHOD_NOT_ALLOWED, NOT_ACCEPTABLE, problemOf } from './problem.ts';
import { sendProblem } from './refuse.ts';
import { type Sending, sendAnswer } from './send-answer.ts';

interface RouteOptions<Context extends BaseContext> {
	readonly apollo: ApolloServer<Context>;
	readonly context: (request: FastifyRequest, reply: FastifyReply) => Promise<Context>;
	/** Looked at when an answer is about to go: an error that goes instead. */
	readonly cut?: ((request: FastifyRequest) => FirmsealError | null) | undefined;
	readonly admission?: Admission | undefined;
	readonly sending: Sending;
	readonly corsOrigins: readonly string[];
	/** Where a browser that opens the address is sent. */
	readonly page?: string | null;
}

/**
 * POST and GET /graphql (GraphQL over HTTP). What the context function throws is answered with the status of its code;
 * the request's id is known to whatever runs below.
 */
export function addGraphqlRoute<Context extends BaseContext>(
	app: FastifyInstance,
	{ apollo, context, cut, admission, sending, corsOrigins, page = null }: RouteOptions<Context>,
): void {
	const answer = fastifyApolloHandler(apollo, {
		context: async (request, reply) => {
			try {
				return await context(request, reply);
			} catch (error) {
				throw toGraphQLError(error);
			}
		},
	});
	app.register(
		async (scope) => {
			if (corsOrigins.length > 0) await allowOrigins(scope, corsOrigins, { methods: ['GET', 'POST'] });
			scope.route({
				method: ['GET', 'POST'],
				url: '',
				exposeHeadRoute: false,
				// Apollo looks at Accept only once a mutation is done.
				async onRequest(request, reply) {
					if (page !== null && isOpenedInBrowser(request)) return reply.redirect(page);
					if (!acceptsAnswer(request.headers.accept)) return sendProblem(reply, problemOf(NOT_ACCEPTABLE, request.id));
					admission?.check(request);
					if (admission && mayBeLong(request)) {
						const giveBack = admission.receive(request);
						request.raw.once('end', giveBack).once('close', giveBack);
						// Of a body that was left neither comes, once its connection has gone.
						whenOver(reply.raw, giveBack);
						// Of one that is cut, or refused for what it is, no one has asked who sends it: a person who has left the firm would go on so.
						whenOver(reply.raw, () => admission.close(request));
					}
				},
				// Apollo gives some answers a Cache-Control of its own.
				async onSend(request, reply, payload) {
					reply.header('cache-control', 'no-store');
					const error = cut?.(request);
					if (!error) return payload;
					reply.code(STATUS_OF[error.code]).removeHeader('content-length');
					return JSON.stringify({ data: null, errors: [{ message: error.message, extensions: { code: error.code } }] });
				},
				async handler(request, reply) {
					// Sent in its place, and in one piece: the response gate withholds what comes in parts.
					const work = () =>
						withRequestId(request.id, async () => answer.call(this, request, reply)).then((text) =>
							sendAnswer(request, reply, text as string, sending),
						);
					await (admission ? admission.admit(request, work) : work());
					return reply;
				},
				// In the form in which Apollo says it of too many in a minute.
				errorHandler(error, request, reply) {
					if (!(error instanceof RateLimitedError)) throw error;
					const { code, message, retryAfter } = error;
					reply.code(STATUS_OF[code]).headers(Object.fromEntries(headersOf(code, retryAfter)));
					reply.type(mediaTypeFor(request.headers.accept));
					void reply.send(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
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

/** It asks nothing, and for a page by name. */
const isOpenedInBrowser = ({ method, url, headers }: FastifyRequest): boolean =>
	method === 'GET' && !url.includes('?') && (headers.accept ?? '').includes('text/html');

/** Whether a body of more than a few bytes is to come; not if it says that it is short. */
const mayBeLong = ({ method, headers }: FastifyRequest): boolean =>
	method === 'POST' && !(Number(headers['content-length']) <= SHORT);
