import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Principal } from '../../access/index.ts';
import type { Config } from '../../config/index.ts';
import { createProblem, NOT_FOUND } from './problem.ts';
import { sendProblem } from './send-error.ts';

/** The demo's people, as GraphiQL's page offers them. */
export interface DemoPeople {
	readonly people: readonly { readonly email: string; readonly side: Principal['kind'] }[];
	/** The query that the page opens with. */
	readonly example: string;
	/** A token that is made now and ends after `seconds`; null: it is none of these people. */
	tokenOf(email: string, seconds: number): Promise<string | null>;
}

export interface Demo extends DemoPeople {
	/** Of this start alone: it is worth a token of any of these people. The page has it from after the # of its address, which no browser sends. */
	readonly secret: string;
}

/** By address: a name may lead a browser to another's server on this machine. */
const LOCAL = new Set(['127.0.0.1', '::1']);
const LOCAL_NAMES = ['127.0.0.1', '[::1]', 'localhost'];
/** Asked for with each request of the page. */
const SECONDS = 60;
const MAX_BYTES = 1024;

/** null, and no one gets a token: another issuer gives them, other machines reach the server, or this is not development. */
export function openDemo(
	{ env, tokens, server }: Pick<Config, 'env' | 'tokens' | 'server'>,
	sides: readonly Principal['kind'][],
	demo: DemoPeople,
): Demo | null {
	if (env !== 'development' || tokens !== null || !LOCAL.has(server.host)) return null;
	const people = demo.people.filter(({ side }) => sides.includes(side));
	return { ...demo, people, secret: randomBytes(16).toString('hex') };
}

/**
 * POST `path` for the page alone: a token of one of the demo's people, for who knows the secret of this start and asks from the page.
 * Everyone else gets the answer of a route that doesn't exist.
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
 * A browser says from where it asks. The host must be one of this machine's own names with the port that was reached: an attacker's name
 * that leads here would make their page the same origin as this.
 */
function comesFromPage({ headers, raw }: FastifyRequest): boolean {
	const scheme = 'encrypted' in raw.socket ? 'https' : 'http';
	const origin = `${scheme}://${raw.headers.host ?? raw.headers[':authority']}`;
	const own = LOCAL_NAMES.map((name) => new URL(`${scheme}://${name}:${raw.socket.localPort}`).origin);
	return own.includes(origin) && headers.origin === origin && headers['sec-fetch-site'] === 'same-origin';
}
