import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Principal } from '../../access/index.ts';
import type { Config } from '../../config/index.ts';
import { createProblem, NOT_FOUND } from './problem.ts';
import { sendProblem } from './send-error.ts';

/** The people of the demo, as offered by the GraphiQL page. */
export interface DemoPeople {
	readonly people: readonly { readonly email: string; readonly side: Principal['kind'] }[];
	/** The query that the page shows first. */
	readonly example: string;
	/** A new token that expires after `seconds`; null if the address is not one of these people. */
	tokenOf(email: string, seconds: number): Promise<string | null>;
}

export interface Demo extends DemoPeople {
	/**
	 * The secret of this start, which gets a token of any of these people. The page reads it from the fragment of its URL, which no
	 * browser sends.
	 */
	readonly secret: string;
}

/** Addresses only: a name may lead a browser to a server on another machine. */
const LOCAL = new Set(['127.0.0.1', '::1']);
/** Lifetime of a token. The page asks for a new token with each request. */
const SECONDS = 60;
const MAX_BYTES = 1024;

/**
 * Whether a server may give anyone a token of the demo's people: only in development, with the built-in issuer, and if only this machine
 * can reach the server.
 */
export const mayOfferDemo = ({ env, tokens, server }: Pick<Config, 'env' | 'tokens' | 'server'>): boolean =>
	env === 'development' && tokens === null && LOCAL.has(server.host);

/** Returns null, and no one gets a token, unless mayOfferDemo(). */
export function openDemo(
	config: Pick<Config, 'env' | 'tokens' | 'server'>,
	sides: readonly Principal['kind'][],
	demo: DemoPeople,
): Demo | null {
	if (!mayOfferDemo(config)) return null;
	const people = demo.people.filter(({ side }) => sides.includes(side));
	return { ...demo, people, secret: randomBytes(16).toString('hex') };
}

/**
 * POST `path`, for the page alone: a token of one of the demo's people, for a caller who knows the secret of this start and asks from
 * the page. Everyone else gets the answer of a path that does not exist.
 */
export function addDemoTokens(app: FastifyInstance, path: string, { people, secret, tokenOf }: Demo): void {
	const digest = digestOf(secret);
	const known = new Set(people.map(({ email }) => email));
	app.post<{ Body: unknown }>(path, {
		bodyLimit: MAX_BYTES,
		// Before the body is read.
		async onRequest(request, reply) {
			const given = request.headers['x-firmseal-start'];
			const knows = typeof given === 'string' && timingSafeEqual(digestOf(given), digest);
			if (!knows || !comesFromPage(request)) return sendProblem(reply, createProblem(NOT_FOUND, request.id));
		},
		async handler(request, reply) {
			const { body } = request;
			const email = body && typeof body === 'object' && 'email' in body ? body.email : null;
			const token = typeof email === 'string' && known.has(email) ? await tokenOf(email, SECONDS) : null;
			return token === null ? sendProblem(reply, createProblem(NOT_FOUND, request.id)) : { token };
		},
	});
}

const digestOf = (text: string) => hash('sha256', text, 'buffer');

/**
 * Browsers send the origin. The whole server answers only under names of this machine (host-rules.ts), so the page of an attacker's DNS
 * name that points here gets no further.
 */
function comesFromPage({ headers, raw }: FastifyRequest): boolean {
	const scheme = 'encrypted' in raw.socket ? 'https' : 'http';
	const origin = `${scheme}://${raw.headers.host ?? raw.headers[':authority']}`;
	return headers.origin === origin && headers['sec-fetch-site'] === 'same-origin';
}
