import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { FastifyInstance } from 'fastify';
import { GraphQLError } from 'graphql';
import { onTestFinished } from 'vitest';
import { createFormatError } from '../../../src/api/errors/format-error.ts';
import { createHttpServer, type HttpServerOptions, setResponseStatus } from '../../../src/api/http/index.ts';
import { apolloLogger, createLogger } from '../../../src/api/logger.ts';
import { createMetrics } from '../../../src/api/metrics.ts';
import { systemClock } from '../../../src/clock/clock.ts';
import { DatabaseError } from '../../../src/database/index.ts';
import { FirmsealError } from '../../../src/errors.ts';

/** Stands for content: no answer, header, log line or metric may contain it. */
export const MARKER = 'canary-7d41c0ffee';

/** Bytes of the answer to `long`; more than the buffers of both ends hold. */
const LONG = 30_000_000;

/** Like a driver's error: the bound parameters are everywhere. */
export class DatabaseFailure extends Error {
	readonly code = '23505';
	readonly detail = `Key (title)=(${MARKER}) already exists.`;
	readonly parameters = [MARKER];
	readonly query = `insert into notes values ('${MARKER}')`;
}

const typeDefs = `
	enum Colour { RED GREEN }
	input NoteInput { title: String! colour: Colour pages: [Int!] }
	type Query {
		hello: String
		note(id: ID, pages: Int, colour: Colour, input: NoteInput, size: Int! = 1): String
		forbidden: String
		wrapped: String
		unforeseen: String
		posing: String
		notAnError: String
		badResult: Int
		missing: String!
		away: String!
		databaseAway: String
		cancelled(code: String!): String
		slow: String
		long: String
	}
	type Mutation { createNote(input: NoteInput!): String }
`;

const resolvers = {
	Query: {
		hello: () => 'world',
		long: () => 'x'.repeat(LONG),
		note: () => 'note',
		forbidden: () => {
			throw new FirmsealError('FORBIDDEN', 'You may not see this.');
		},
		wrapped: () => {
			const inner = new GraphQLError('outer', { originalError: new FirmsealError('CONFLICT', 'Read it again.') });
			throw new GraphQLError(MARKER, { originalError: inner, extensions: { code: 'OTHER', secret: MARKER } });
		},
		unforeseen: () => {
			throw new DatabaseFailure(`Failed query, params: ${MARKER}`, { cause: new DatabaseFailure(MARKER) });
		},
		posing: () => {
			throw new GraphQLError(MARKER, { extensions: { code: 'BAD_USER_INPUT', detail: MARKER } });
		},
		notAnError: () => {
			throw MARKER;
		},
		badResult: () => MARKER,
		missing: () => null,
		away: () => {
			throw new FirmsealError('KEY_UNAVAILABLE', 'The key service is away: try again.');
		},
		databaseAway: () => {
			const cause = Object.assign(new Error(MARKER), { code: '53300' });
			throw new FirmsealError('AUDIT_UNAVAILABLE', 'The database is away: try again.', { cause });
		},
		cancelled: (_: unknown, { code }: { readonly code: string }) => {
			throw new DatabaseError(code, null);
		},
	},
	Mutation: { createNote: () => 'created' },
};

export interface StartOptions extends Partial<Omit<HttpServerOptions<object>, 'apollo' | 'server'>> {
	readonly server?: Partial<HttpServerOptions<object>['server']>;
	readonly routes?: (app: FastifyInstance) => void;
}

/**
 * A server on a free port, with a few resolvers that fail in different ways; stops after the test. `slow` answers after `releaseSlow`;
 * `begun` resolves when it is requested.
 */
export async function startServer({ server, routes, clock = systemClock, ...options }: StartOptions = {}) {
	const lines: string[] = [];
	const logger = createLogger({ level: 'debug', destination: { write: (line) => lines.push(line) } });
	const metrics = createMetrics();
	const begun = Promise.withResolvers<void>();
	const gate = Promise.withResolvers<string>();
	const slow = () => {
		begun.resolve();
		return gate.promise;
	};
	const releaseSlow = () => gate.resolve('done');
	const apollo = new ApolloServer<object>({
		schema: makeExecutableSchema({ typeDefs, resolvers: { ...resolvers, Query: { ...resolvers.Query, slow } } }),
		formatError: createFormatError(logger),
		includeStacktraceInErrorResponses: false,
		persistedQueries: false,
		logger: apolloLogger(logger),
		stopOnTerminationSignals: false,
		plugins: [
			ApolloServerPluginLandingPageDisabled(),
			{ requestDidStart: async () => ({ willSendResponse: async (answered) => setResponseStatus(answered) }) },
		],
	});
	await apollo.start();
	const http = await createHttpServer({
		server: {
			host: '127.0.0.1',
			port: 0,
			sharePort: false,
			trustProxy: null,
			corsOrigins: [],
			tls: null,
			metrics: true,
			...server,
		},
		logger,
		metrics,
		clock,
		apollo,
		enter: async () => ({}),
		ready: async () => ({ ok: true, checks: { database: true } }),
		...options,
	});
	routes?.(http.app);
	const origin = await http.listen();
	onTestFinished(async () => {
		releaseSlow();
		await http.stop(0);
		await apollo.stop();
	});

	const ask = (query: string, variables?: object, headers: Record<string, string> = {}) =>
		fetch(`${origin}/graphql`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: JSON.stringify({ query, variables }),
		});
	return { ...http, origin, ask, metrics, log: () => lines.join(''), begun: begun.promise, releaseSlow };
}

export const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
