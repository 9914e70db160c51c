import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** Seconds for which a browser may cache a preflight's answer. */
const PREFLIGHT_SECONDS = 600;

/** The methods for pages of other origins, and the headers they may send and read beyond those of all routes. */
export interface CrossOriginRules {
	readonly methods: readonly string[];
	readonly allowedHeaders?: readonly string[];
	readonly exposedHeaders?: readonly string[];
}

/**
 * Lets pages of exactly these origins call the routes of `scope` and read their answers. Preflights are answered before
 * authentication. No credentials: the page sends the token, never the browser by itself.
 */
export async function allowOrigins(
	scope: FastifyInstance,
	origins: readonly string[],
	{ methods, allowedHeaders = [], exposedHeaders = [] }: CrossOriginRules,
): Promise<void> {
	await scope.register(cors, {
		// With false, the answer to another origin has no CORS header at all. A list would add those of a preflight.
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
		// The plugin would answer an OPTIONS request that is no preflight with plain text.
		strictPreflight: false,
	});
}
