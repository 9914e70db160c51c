import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** Seconds that a browser may keep the answer to a preflight. */
const PREFLIGHT_SECONDS = 600;

/**
 * Lets pages of exactly these origins call the routes of `scope` and read their answers. Preflights are answered before
 * anybody is asked who they are. No credentials: a token is sent by the page, never by the browser on its own.
 */
export async function allowOrigins(scope: FastifyInstance, origins: readonly string[]): Promise<void> {
	await scope.register(cors, {
		// With false, another origin's answer has no header at all; a list would give it those of a preflight.
		origin: (origin, decide) => decide(null, origin !== undefined && origins.includes(origin) && origin),
		methods: ['GET', 'POST'],
		allowedHeaders: [
			'Authorization',
			'Content-Type',
			'X-Firmseal-Lease',
			'Apollo-Require-Preflight',
			'X-Apollo-Operation-Name',
			'ApolloGraphQL-Client-Name',
			'ApolloGraphQL-Client-Version',
		],
		exposedHeaders: ['X-Request-Id', 'Retry-After'],
		maxAge: PREFLIGHT_SECONDS,
		// The plugin would answer an OPTIONS that is no preflight as text.
		strictPreflight: false,
	});
}
