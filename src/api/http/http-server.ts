import type { AddressInfo } from 'node:net';
import type { ApolloServer, BaseContext } from '@apollo/server';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Clock } from '../../clock/index.ts';
import type { Config } from '../../config/index.ts';
import type { FirmsealError } from '../../errors.ts';
import type { Admission } from '../limits/index.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Enter } from '../request/index.ts';
import { generateRequestId } from '../request-id.ts';
import { isResponseOver } from '../response-over.ts';
import { deferContinue, discardBody, setBodyDeadlines } from './body-deadline.ts';
import { type Connections, trackConnections } from './connections.ts';
import type { Demo } from './demo-tokens.ts';
import { addGraphiqlPage } from './graphiql-page.ts';
import { addGraphqlRoute } from './graphql-route.ts';
import { addHealthRoutes, type Readiness } from './health-routes.ts';
import { HTTP_LIMITS, type HttpLimits } from './http-limits.ts';
import { acceptOnlyUtf8Json } from './json-body.ts';
import { listenError } from './listen-error.ts';
import { createProblem, NOT_FOUND } from './problem.ts';
import { recordRequest } from './record-request.ts';
import { setResponseHeaders } from './response-headers.ts';
import { rejectConnection, sendError, sendProblem } from './send-error.ts';
import { serverOptions } from './server-options.ts';
import { assertSingleHost } from './single-host.ts';

export interface HttpServerOptions<Context extends BaseContext> {
	readonly server: Config['server'];
	readonly logger: Logger;
	readonly metrics: Metrics;
	/** Started. */
	readonly apollo: ApolloServer<Context>;
	/** What it throws is answered as a GraphQL error with the status of its code. */
	readonly enter: Enter<Context>;
	/** Looked at when an answer of /graphql is about to go: an error that goes instead. */
	readonly checkBeforeSend?: (request: FastifyRequest) => FirmsealError | null;
	/** Told that an answer of any path is about to go, but none that its route sends itself, as files are. */
	readonly beforeSend?: (request: FastifyRequest) => void;
	/** Whose turn it is at /graphql; everybody's at any time unless given. */
	readonly admission?: Admission;
	readonly ready: () => Promise<Readiness>;
	readonly clock: Clock;
	/** Whether there is a page to ask in a browser; never in production. */
	readonly graphiql?: boolean;
	/** Whom that page may ask as; no one unless given. */
	readonly demo?: Demo | null;
	readonly limits?: Partial<HttpLimits>;
}

export interface HttpServer extends Pick<Connections, 'resetConnection' | 'abortResponse'> {
	/** For further routes, before listen(). */
	readonly app: FastifyInstance;
	/** The address of GraphiQL below the origin; null: there is none. The part after its # is the secret of this start. */
	readonly page: string | null;
	/** Answers the origin it listens on, such as http://127.0.0.1:4000. Throws SetupError when the address cannot be had. */
	listen(): Promise<string>;
	/**
	 * Takes no more connections, lets running requests end within `deadline` milliseconds, then cuts what is left.
	 * Readiness is 503 from the first moment. May be called again; every call ends when the server has.
	 */
	stop(deadline?: number): Promise<void>;
}

/** The outer server: everything between the socket and Apollo Server. Throws SetupError for a certificate it cannot use. */
export async function createHttpServer<Context extends BaseContext>(
	options: HttpServerOptions<Context>,
): Promise<HttpServer> {
	const { server, logger, metrics } = options;
	const limits = { ...HTTP_LIMITS, ...options.limits };
	const secure = server.tls !== null;
	let stopping: Promise<void> | undefined;

	const answerError = (error: Error, request: FastifyRequest, reply: FastifyReply) => {
		// Fastify runs no hooks for a path it cannot decode or, over HTTP/2, a method it does not know.
		const withoutHooks = !reply.hasHeader('x-request-id');
		if (withoutHooks) setResponseHeaders(request, reply, secure);
		if (withoutHooks) recordRequest(request, reply, logger, metrics);
		sendError(error, request, reply, logger);
	};

	const app = fastify({
		...(await serverOptions(server.tls, limits)),
		logger: false,
		genReqId: generateRequestId,
		requestIdHeader: false,
		trustProxy: server.trustProxy ? [...server.trustProxy] : false,
		return503OnClosing: false,
		clientErrorHandler: rejectConnection,
		frameworkErrors: (error, request, reply) => answerError(error, request as FastifyRequest, reply),
	});
	const connections = trackConnections(app, { clock: options.clock, drainTimeout: limits.responseTimeout });
	setBodyDeadlines(app.server, limits.requestTimeout);
	deferContinue(app.server);

	acceptOnlyUtf8Json(app);
	app.addHook('onRequest', async (request, reply) => {
		recordRequest(request, reply, logger, metrics);
		// What was reset before anything was done has no address either.
		if (isResponseOver(reply.raw) || request.ip === undefined) return void reply.hijack();
		// Once its connection is closed, it is not known any more.
		Object.defineProperty(request, 'ip', { value: request.ip });
		setResponseHeaders(request, reply, secure);
		try {
			assertSingleHost(request.raw);
		} catch (error) {
			// What comes next on the connection may be another's as well.
			reply.headers({ connection: 'close', 'cache-control': 'no-store' });
			throw error;
		}
		// Else its body would be read first.
		if (request.is404) return sendProblem(reply, createProblem(NOT_FOUND, request.id));
	});
	app.addHook('onSend', async (request, reply) => {
		options.beforeSend?.(request);
		// Fastify closes the connection after a body that is too large; HTTP/2 has no such header (RFC 9113, 8.2.2).
		if (request.raw.httpVersionMajor === 2) reply.removeHeader('connection');
		// Else a kept-alive connection would hold up the stop until its idle time is over.
		else if (stopping) reply.header('connection', 'close');
	});
	app.setErrorHandler<Error>((error, request, reply) => {
		discardBody(request.raw, reply.raw);
		answerError(error, request, reply);
	});
	app.setNotFoundHandler((request, reply) => sendProblem(reply, createProblem(NOT_FOUND, request.id)));

	const page = options.graphiql ? await addGraphiqlPage(app, logger, options.demo ?? null) : null;
	addGraphqlRoute(app, {
		apollo: options.apollo,
		enter: options.enter,
		resetConnection: connections.resetConnection,
		checkBeforeSend: options.checkBeforeSend,
		admission: options.admission,
		sending: { clock: options.clock, readTimeout: limits.responseTimeout, abortResponse: connections.abortResponse },
		corsOrigins: server.corsOrigins,
		page: page?.path ?? null,
	});
	addHealthRoutes(app, {
		ready: options.ready,
		stopping: () => stopping !== undefined,
		timeout: limits.readyTimeout,
		logger,
		clock: options.clock,
	});
	if (server.metrics) {
		app.get('/metrics', async (_, reply) => {
			const { text, contentType } = await metrics.render();
			return reply.type(contentType).send(text);
		});
	}

	return {
		app,
		page: page?.opens ?? null,
		resetConnection: connections.resetConnection,
		abortResponse: connections.abortResponse,
		async listen() {
			// Fastify hands all of it to Node, which has known the last since 22.12, and forgets it where it is not asked for.
			const { host: address, port: asked, sharePort: reusePort } = server;
			const where = { host: address, port: asked, reusePort };
			try {
				await app.listen(where);
			} catch (error) {
				throw listenError(error, server);
			}
			const { port } = app.server.address() as AddressInfo;
			const host = server.host.includes(':') ? `[${server.host}]` : server.host;
			return `${secure ? 'https' : 'http'}://${host}:${port}`;
		},
		stop(deadline = limits.stopDeadline) {
			stopping ??= closeWithin(app, connections, deadline);
			return stopping;
		},
	};
}

async function closeWithin(app: FastifyInstance, connections: Connections, deadline: number): Promise<void> {
	const timer = setTimeout(connections.destroyAll, deadline);
	await app.close();
	clearTimeout(timer);
}
