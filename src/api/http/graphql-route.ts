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
import { createProblem, NOT_ACCEPTABLE } from './problem.ts';
import { refuseOtherMethods, sendProblem } from './send-error.ts';

interface SendOptions {
	readonly clock: Clock;
	/** Milliseconds in which a reader must take the whole answer. */
	readonly readTimeout: number;
	/** Cuts an incomplete answer; resolves once this process holds no bytes of it. */
	readonly abortResponse: (request: FastifyRequest) => Promise<void>;
}

interface RouteOptions<Context extends BaseContext> {
	readonly apollo: ApolloServer<Context>;
	readonly enter: Enter<Context>;
	readonly resetConnection: Connections['resetConnection'];
	/** Called right before an answer is sent. Returns an error to send instead, or null. */
	readonly checkBeforeSend?: ((request: FastifyRequest) => FirmsealError | null) | undefined;
	readonly admission?: Admission | undefined;
	readonly sending: SendOptions;
	readonly corsOrigins: readonly string[];
	/** The path to which a browser that opens /graphql is redirected; null if there is none. */
	readonly page?: string | null;
}

/**
 * POST and GET /graphql (GraphQL over HTTP). An error thrown by `enter` is answered with the status of its code. All code below can
 * read the request's id.
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
			refuseOtherMethods(scope, '', ['GET', 'POST']);
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
		// Apollo checks Accept only after a mutation has run.
		async onRequest(request, reply) {
			if (page !== null && isBrowserNavigation(request)) return reply.redirect(page);
			if (!acceptsJsonResponse(request.headers.accept))
				return sendProblem(reply, createProblem(NOT_ACCEPTABLE, request.id));
			if (admission) assertMayRead(admission, request, reply);
		},
		// Apollo sets its own Cache-Control on some answers.
		async onSend(request, reply, payload) {
			reply.header('cache-control', 'no-store');
			const error = checkBeforeSend?.(request);
			if (!error) return payload;
			reply.code(HTTP_STATUS[error.code]).removeHeader('content-length');
			return JSON.stringify({ data: null, errors: [{ message: error.message, extensions: { code: error.code } }] });
		},
		async handler(request, reply) {
			// Sent here and in one piece: the response gate withholds incremental answers.
			const answerInTurn = () =>
				withRequestId(request.id, async () => answer.call(this, request, reply)).then((text) =>
					sendResponse(request, reply, text as string, sending),
				);
			await (admission ? admission.admit(request, answerInTurn) : answerInTurn());
			return reply;
		},
		// The same format in which Apollo answers too many requests in a minute.
		errorHandler(error, request, reply) {
			if (!(error instanceof RateLimitedError)) throw error;
			const { code, message, retryAfter } = error;
			reply.code(HTTP_STATUS[code]).headers(Object.fromEntries(errorHeadersOf(code, retryAfter)));
			reply.type(responseMediaType(request.headers.accept));
			void reply.send(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
		},
	});
}

/** Runs before the body is read: checks for a free slot, and reserves one for a body that may be long. @throws RateLimitedError */
function assertMayRead(admission: Admission, request: FastifyRequest, reply: FastifyReply): void {
	admission.assertCapacity(request);
	if (!mayHaveLargeBody(request)) return;
	const giveBack = admission.reserveBody(request);
	request.raw.once('end', giveBack).once('close', giveBack);
	// If an unread body's connection is gone, neither event comes.
	onResponseOver(reply.raw, giveBack);
	// A body that was cut or refused has an unidentified sender. Otherwise a person who has left the firm could keep using its slots.
	onResponseOver(reply.raw, () => admission.forgetIfUnidentified(request));
}

/**
 * Sends an answer. For a long one, resolves once it is sent, its reader is gone, or the reader was too slow: until then it is in
 * memory. For a short one, resolves at once.
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

/** A GET without a query that names text/html. */
const isBrowserNavigation = ({ method, url, headers }: FastifyRequest): boolean =>
	method === 'GET' && !url.includes('?') && (headers.accept ?? '').includes('text/html');

/** Whether a body of more than SMALL_MESSAGE bytes may follow: no Content-Length says that it is short. */
const mayHaveLargeBody = ({ method, headers }: FastifyRequest): boolean =>
	method === 'POST' && !(Number(headers['content-length']) <= SMALL_MESSAGE);
