import type { ApolloServer, BaseContext } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../clock/index.ts';
import type { FirmsealError } from '../../errors.ts';
import { errorHeadersOf, HTTP_STATUS, toGraphQLError } from '../errors/index.ts';
import { type Admission, RateLimitedError } from '../limits/index.ts';
import type { Enter } from '../request/index.ts';
import { withRequestId } from '../request-id.ts';
import { onResponseOver } from '../response-over.ts';
import type { Connections } from './connections.ts';
import { allowOrigins } from './cross-origin.ts';
import { SMALL_MESSAGE } from './http-limits.ts';
import { acceptsJsonResponse, responseMediaType } from './media-types.ts';
import { createProblem, METHOD_NOT_ALLOWED, NOT_ACCEPTABLE } from './problem.ts';
import { sendProblem } from './send-error.ts';

interface SendOptions {
	readonly clock: Clock;
	/** Milliseconds in which a reader has to take the whole answer. */
	readonly readTimeout: number;
	/** Ends an answer that isn't whole; resolves once nothing of it is held here. */
	readonly abortResponse: (request: FastifyRequest) => Promise<void>;
}

interface RouteOptions<Context extends BaseContext> {
	readonly apollo: ApolloServer<Context>;
	readonly enter: Enter<Context>;
	readonly resetConnection: Connections['resetConnection'];
	/** Looked at when an answer is about to go: an error that goes instead. */
	readonly checkBeforeSend?: ((request: FastifyRequest) => FirmsealError | null) | undefined;
	readonly admission?: Admission | undefined;
	readonly sending: SendOptions;
	readonly corsOrigins: readonly string[];
	/** Where a browser that opens the address is sent. */
	readonly page?: string | null;
}

/**
 * POST and GET /graphql (GraphQL over HTTP). What `enter` throws is answered with the status of its code;
 * the request's id is known to whatever runs below.
 */
export function addGraphqlRoute<Context extends BaseContext>(
	app: FastifyInstance,
	options: RouteOptions<Context>,
): void {
	const { corsOrigins } = options;
	app.register(
		async (scope) => {
			if (corsOrigins.length > 0) await allowOrigins(scope, corsOrigins, { methods: ['GET', 'POST'] });
			answerOperations(scope, options);
			refuseOtherMethods(scope);
		},
		{ prefix: '/graphql' },
	);
}

function answerOperations<Context extends BaseContext>(scope: FastifyInstance, options: RouteOptions<Context>): void {
	const { apollo, enter, resetConnection, checkBeforeSend, admission, sending, page = null } = options;
	const answer = fastifyApolloHandler(apollo, {
		context: async (request, reply) => {
			try {
				return await enter({ request, reply, resetConnection: () => resetConnection(request) });
			} catch (error) {
				throw toGraphQLError(error);
			}
		},
	});
	scope.route({
		method: ['GET', 'POST'],
		url: '',
		exposeHeadRoute: false,
		// Apollo looks at Accept only once a mutation is done.
		async onRequest(request, reply) {
			if (page !== null && isBrowserNavigation(request)) return reply.redirect(page);
			if (!acceptsJsonResponse(request.headers.accept))
				return sendProblem(reply, createProblem(NOT_ACCEPTABLE, request.id));
			if (admission) assertMayRead(admission, request, reply);
		},
		// Apollo gives some answers a Cache-Control of its own.
		async onSend(request, reply, payload) {
			reply.header('cache-control', 'no-store');
			const error = checkBeforeSend?.(request);
			if (!error) return payload;
			reply.code(HTTP_STATUS[error.code]).removeHeader('content-length');
			return JSON.stringify({ data: null, errors: [{ message: error.message, extensions: { code: error.code } }] });
		},
		async handler(request, reply) {
			// Sent in its place, and in one piece: the response gate withholds what comes in parts.
			const answerInTurn = () =>
				withRequestId(request.id, async () => answer.call(this, request, reply)).then((text) =>
					sendResponse(request, reply, text as string, sending),
				);
			await (admission ? admission.admit(request, answerInTurn) : answerInTurn());
			return reply;
		},
		// In the form in which Apollo says it of too many in a minute.
		errorHandler(error, request, reply) {
			if (!(error instanceof RateLimitedError)) throw error;
			const { code, message, retryAfter } = error;
			reply.code(HTTP_STATUS[code]).headers(Object.fromEntries(errorHeadersOf(code, retryAfter)));
			reply.type(responseMediaType(request.headers.accept));
			void reply.send(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
		},
	});
}

/** Before the body is read: whether there is a slot for the request, and for a body that may be long. @throws RateLimitedError */
function assertMayRead(admission: Admission, request: FastifyRequest, reply: FastifyReply): void {
	admission.assertCapacity(request);
	if (!mayHaveLargeBody(request)) return;
	const giveBack = admission.reserveBody(request);
	request.raw.once('end', giveBack).once('close', giveBack);
	// Of a body that was left neither comes, once its connection has gone.
	onResponseOver(reply.raw, giveBack);
	// A body that is cut, or refused for what it is, is from a sender whom no one has identified: a person who has left the firm would go on so.
	onResponseOver(reply.raw, () => admission.forgetIfUnidentified(request));
}

function refuseOtherMethods(scope: FastifyInstance): void {
	scope.route({
		method: ['DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'PUT'],
		url: '',
		// Before the body is read.
		async onRequest(request, reply) {
			return sendProblem(reply.header('allow', 'GET, POST'), createProblem(METHOD_NOT_ALLOWED, request.id));
		},
		handler: () => {},
	});
}

/**
 * Hands over an answer. Resolves once a long one is out, its reader has gone, or the reader was too slow: until then it is in memory. A short
 * one is not waited for.
 */
function sendResponse(
	request: FastifyRequest,
	reply: FastifyReply,
	answer: string,
	{ clock, readTimeout, abortResponse }: SendOptions,
): Promise<void> {
	const over = new AbortController();
	onResponseOver(reply.raw, () => over.abort());
	const sent = clock
		.sleep(readTimeout, over.signal)
		.then(() => (over.signal.aborted ? undefined : abortResponse(request)));
	void reply.send(answer);
	return answer.length <= SMALL_MESSAGE ? Promise.resolve() : sent;
}

/** It asks nothing, and for a page by name. */
const isBrowserNavigation = ({ method, url, headers }: FastifyRequest): boolean =>
	method === 'GET' && !url.includes('?') && (headers.accept ?? '').includes('text/html');

/** Whether a body of more than a few bytes is to come; not if it says that it is short. */
const mayHaveLargeBody = ({ method, headers }: FastifyRequest): boolean =>
	method === 'POST' && !(Number(headers['content-length']) <= SMALL_MESSAGE);
