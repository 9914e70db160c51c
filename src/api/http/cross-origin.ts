import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** Seconds that a browser may keep the answer to a preflight. */
const PREFLIGHT_SECONDS = 600;

/** What pages may do with the routes, and what they may send and read besides what all routes have. */
export interface CrossOriginRules {
	readonly methods: readonly string[];
	readonly allowedHeaders?: readonly string[];
	readonly exposedHeaders?: readonly string[];
}

/**
 * Lets pages of exactly these origins call the routes of `scope` and read their answers. Preflights are answered before
 * anybody is asked who they are. No credentials: a token is sent by the page, never by the browser on its own.
 */
export async function allowOrigins(
	scope: FastifyInstance,
	origins: readonly string[],
	{ methods, allowedHeaders = [], exposedHeaders = [] }: CrossOriginRules,
): Promise<void> {
	await scope.register(cors, {
		// With false, another origin's answer has no header at all; a list would give it those of a preflight.
		origin: (origin, decide) => decide(null, origin !== undefined && origins.includes(origin) && origin),
		methods: [...methods],
		allowedHeaders: [
			'Authorization',
			'Content-Type',
			'X-Firmseal-Lease',
			'Apollo-Require-Preflight',
			'X-Apollo-Operation-Name',
			'ApolloGraphQL-Client-Name',
			'ApolloGraphQL-Client-Version',
			...allowedHeaders,
		],
		exposedHeaders: ['X-Request-Id', 'Retry-After', ...exposedHeaders],
		maxAge: PREFLIGHT_SECONDS,
		// The plugin would answer an OPTIONS that is no preflight as text.
		strictPreflight: false,
	});
}
