import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MIMEType } from 'node:util';
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
import { CLIENT_CLOSED_REQUEST, isResponseOver, onResponseOver } from '../response-over.ts';
import { deferContinue, discardBody, setBodyDeadlines } from './body-deadline.ts';
import { Connections } from './connections.ts';
import type { Demo } from './demo-tokens.ts';
import { addGraphiqlPage } from './graphiql-page.ts';
import { addGraphqlRoute } from './graphql-route.ts';
import { addHealthRoutes, type Readiness } from './health-routes.ts';
import { assertUnambiguous, MISDIRECTED, namesThisMachine } from './host-rules.ts';
import { HTTP_LIMITS, type HttpLimits } from './http-limits.ts';
import { http2StreamOf } from './http2-stream.ts';
import { listenError } from './listen-error.ts';
import { createProblem, NOT_FOUND } from './problem.ts';
import { METHODS, rejectConnection, sendError, sendProblem } from './send-error.ts';
import { serverOptions } from './server-options.ts';

export interface HttpServerOptions<Context extends BaseContext> {
	readonly server: Config['server'];
	readonly logger: Logger;
	readonly metrics: Metrics;
	/** Started already. */
	readonly apollo: ApolloServer<Context>;
	/** An error it throws is answered as a GraphQL error with the status of its code. */
	readonly enter: Enter<Context>;
	/** Called right before an answer of /graphql is sent. Returns an error to send instead, or null. */
	readonly checkBeforeSend?: (request: FastifyRequest) => FirmsealError | null;
	/** Called right before any answer is sent, except answers that a route sends itself, such as files. */
	readonly beforeSend?: (request: FastifyRequest) => void;
	/** Limits concurrent requests at /graphql. Default: no limit. */
	readonly admission?: Admission;
	readonly ready: () => Promise<Readiness>;
	readonly clock: Clock;
	/** Whether requests for host names of other machines are refused, as in development. Default: false. */
	readonly onlyThisMachine?: boolean;
	/** Whether there is a GraphiQL page; never in production. */
	readonly graphiql?: boolean;
	/** The people whom the GraphiQL page offers. Default: none. */
	readonly demo?: Demo | null;
	readonly limits?: Partial<HttpLimits>;
}

export interface HttpServer extends Pick<Connections, 'resetConnection' | 'abortResponse'> {
	/** For more routes, before listen(). */
	readonly app: FastifyInstance;
	/** The URL path of the GraphiQL page; null if there is none. Its fragment is the secret of this start. */
	readonly page: string | null;
	/** Returns the origin it listens on, such as http://127.0.0.1:4000. @throws SetupError if it can't listen. */
	listen(): Promise<string>;
	/**
	 * Accepts no more connections, lets running requests end within `deadline` milliseconds, then cuts the rest. Readiness is 503 from
	 * the start of the stop. May be called again; every call resolves when the server has stopped.
	 */
	stop(deadline?: number): Promise<void>;
}

/** The outer server: everything between the socket and Apollo Server. @throws SetupError for an unusable certificate. */
export async function createHttpServer<Context extends BaseContext>(
	options: HttpServerOptions<Context>,
): Promise<HttpServer> {
	const { server, logger, metrics } = options;
	const limits = { ...HTTP_LIMITS, ...options.limits };
	const answering = { logger, metrics, isSecure: server.tls !== null };
	let stopping: Promise<void> | undefined;
	const isStopping = () => stopping !== undefined;
	const app = await openApp(server, limits, answering);
	const connections = new Connections(app, { clock: options.clock, drainTimeout: limits.responseTimeout });
	setBodyDeadlines(app.server, limits.requestTimeout);
	deferContinue(app.server);
	acceptOnlyUtf8Json(app);
	const { beforeSend, onlyThisMachine = false } = options;
	addHooks(app, answering, { isStopping, beforeSend, onlyThisMachine });
	const page = options.graphiql ? await addGraphiqlPage(app, logger, options.demo ?? null) : null;
	addRoutes(app, options, { limits, connections, isStopping, page: page?.path ?? null });
	return {
		app,
		page: page?.opens ?? null,
		resetConnection: connections.resetConnection,
		abortResponse: connections.abortResponse,
		listen: () => listenAt(app, server),
		stop(deadline = limits.stopDeadline) {
			stopping ??= closeWithin(app, connections, deadline);
			return stopping;
		},
	};
}

interface Answering {
	readonly logger: Logger;
	readonly metrics: Metrics;
	readonly isSecure: boolean;
}

async function openApp(server: Config['server'], limits: HttpLimits, answering: Answering): Promise<FastifyInstance> {
	return fastify({
		...(await serverOptions(server.tls, limits)),
		logger: false,
		genReqId: generateRequestId,
		requestIdHeader: false,
		trustProxy: server.trustProxy ? [...server.trustProxy] : false,
		return503OnClosing: false,
		clientErrorHandler: rejectConnection,
		frameworkErrors: (error, request, reply) => answerError(error, request as FastifyRequest, reply, answering),
	});
}

function answerError(error: Error, request: FastifyRequest, reply: FastifyReply, answering: Answering): void {
	const { logger, metrics, isSecure } = answering;
	// Fastify runs no hooks for a path that it can't decode or, over HTTP/2, for an unknown method.
	const withoutHooks = !reply.hasHeader('x-request-id');
	if (withoutHooks) setResponseHeaders(request, reply, isSecure);
	if (withoutHooks) recordRequest(request, reply, logger, metrics);
	sendError(error, request, reply, logger);
}

interface HookOptions {
	readonly isStopping: () => boolean;
	readonly beforeSend: HttpServerOptions<BaseContext>['beforeSend'];
	readonly onlyThisMachine: boolean;
}

function addHooks(app: FastifyInstance, answering: Answering, options: HookOptions): void {
	const { isStopping, beforeSend, onlyThisMachine } = options;
	const { logger, metrics, isSecure } = answering;
	app.addHook('onRequest', async (request, reply) => {
		recordRequest(request, reply, logger, metrics);
		// A connection that was reset before anything was done has no address either.
		if (isResponseOver(reply.raw) || request.ip === undefined) return void reply.hijack();
		// Once the connection is closed, its address is unknown.
		Object.defineProperty(request, 'ip', { value: request.ip });
		setResponseHeaders(request, reply, isSecure);
		try {
			assertUnambiguous(request.raw);
		} catch (error) {
			// The next request on the connection may belong to someone else.
			reply.headers({ connection: 'close', 'cache-control': 'no-store' });
			throw error;
		}
		if (onlyThisMachine && !namesThisMachine(request.raw))
			return sendProblem(reply, createProblem(MISDIRECTED, request.id));
		// Otherwise the body would be read first.
		if (request.is404) return sendProblem(reply, createProblem(NOT_FOUND, request.id));
	});
	app.addHook('onSend', async (request, reply) => {
		beforeSend?.(request);
		// Fastify closes the connection after a body that is too large. HTTP/2 has no such header (RFC 9113, 8.2.2).
		if (request.raw.httpVersionMajor === 2) reply.removeHeader('connection');
		// Otherwise a kept-alive connection would delay the stop until its idle timeout.
		else if (isStopping()) reply.header('connection', 'close');
	});
	app.setErrorHandler<Error>((error, request, reply) => {
		discardBody(request.raw, reply.raw);
		answerError(error, request, reply, answering);
	});
	app.setNotFoundHandler((request, reply) => sendProblem(reply, createProblem(NOT_FOUND, request.id)));
}

interface RouteParts {
	readonly limits: HttpLimits;
	readonly connections: Connections;
	readonly isStopping: () => boolean;
	/** The path of the GraphiQL page; null if there is none. */
	readonly page: string | null;
}

function addRoutes<Context extends BaseContext>(
	app: FastifyInstance,
	options: HttpServerOptions<Context>,
	{ limits, connections, isStopping, page }: RouteParts,
): void {
	const { apollo, enter, checkBeforeSend, admission, server, metrics, ready, logger, clock } = options;
	const { resetConnection, abortResponse } = connections;
	const sending = { clock, readTimeout: limits.responseTimeout, abortResponse };
	const { corsOrigins } = server;
	addGraphqlRoute(app, { apollo, enter, resetConnection, checkBeforeSend, admission, sending, corsOrigins, page });
	addHealthRoutes(app, { ready, stopping: isStopping, timeout: limits.readyTimeout, logger, clock });
	if (!server.metrics) return;
	app.get('/metrics', async (_, reply) => {
		const { text, contentType } = await metrics.render();
		return reply.type(contentType).send(text);
	});
}

/** Returns the origin. @throws SetupError if it can't listen. */
async function listenAt(app: FastifyInstance, server: Config['server']): Promise<string> {
	// Fastify passes all options to Node, which supports reusePort since 22.12 and ignores it before.
	const { host: address, port: asked, sharePort: reusePort } = server;
	const where = { host: address, port: asked, reusePort };
	try {
		await app.listen(where);
	} catch (error) {
		throw listenError(error, server);
	}
	const { port } = app.server.address() as AddressInfo;
	const host = address.includes(':') ? `[${address}]` : address;
	return `${server.tls === null ? 'http' : 'https'}://${host}:${port}`;
}

async function closeWithin(app: FastifyInstance, connections: Connections, deadline: number): Promise<void> {
	const timer = setTimeout(connections.destroyAll, deadline);
	await app.close();
	clearTimeout(timer);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Accepts JSON in UTF-8 (RFC 8259, 8.1) and nothing else. Fastify's own parser replaces bytes that are not UTF-8 by U+FFFD, so content
 * would be sealed other than it was sent.
 */
function acceptOnlyUtf8Json(app: FastifyInstance): void {
	const parse = app.getDefaultJsonParser('error', 'error');
	app.removeContentTypeParser('text/plain');
	app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
		const charset = new MIMEType(request.headers['content-type'] ?? '').params.get('charset') ?? 'utf-8';
		if (charset.toLowerCase() !== 'utf-8') return done(wrongBodyError(415));
		let text: string;
		try {
			text = utf8.decode(body);
		} catch {
			return done(wrongBodyError(400));
		}
		return parse(request, text, done);
	});
}

const wrongBodyError = (statusCode: number) => Object.assign(new Error('not JSON in UTF-8'), { statusCode });

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/**
 * One log line and one metric per request, once its answer is sent or can no longer be. URL, query, body, headers and addresses come
 * from the client, so they are left out.
 */
function recordRequest(request: FastifyRequest, reply: FastifyReply, logger: Logger, metrics: Metrics): void {
	const began = performance.now();
	const record = () => {
		const route = request.routeOptions.url ?? 'none';
		const status = isFullySent(reply.raw) ? reply.statusCode : CLIENT_CLOSED_REQUEST;
		const ms = performance.now() - began;
		logger.info(
			{
				requestId: request.id,
				// An HTTP/2 client may send any text as method.
				method: KNOWN_METHODS.has(request.method) ? request.method : 'other',
				route,
				status,
				ms: Math.round(ms * 10) / 10,
			},
			'request',
		);
		metrics.httpRequest({ route, status, seconds: ms / 1000 });
	};
	onResponseOver(reply.raw, record);
}

/** Whether the whole answer was handed over. Over HTTP/2, a cut stream also counts as finished. */
const isFullySent = (raw: ServerResponse): boolean => raw.writableFinished && !http2StreamOf(raw)?.aborted;

/** This is an API: a browser must not sniff, frame, run or refer to its answers. */
const ALWAYS = {
	'x-content-type-options': 'nosniff',
	'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
	'cross-origin-resource-policy': 'same-origin',
	'referrer-policy': 'no-referrer',
};

/** One year, if this server itself speaks TLS (RFC 6797). */
const STRICT_TRANSPORT = { 'strict-transport-security': 'max-age=31536000' };

/** Headers of every answer. Only health answers may be cached, unless a route says otherwise. */
function setResponseHeaders(request: FastifyRequest, reply: FastifyReply, tls: boolean): void {
	reply.headers({ ...ALWAYS, ...(tls && STRICT_TRANSPORT), 'x-request-id': request.id });
	if (!request.routeOptions.url?.startsWith('/health/')) reply.header('cache-control', 'no-store');
}
