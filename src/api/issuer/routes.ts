import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Principal, Role } from '../../access/index.ts';
import type { Clock } from '../../clock/index.ts';
import { createProblem, NOT_FOUND, refuseOtherMethods, sendProblem } from '../http/index.ts';
import {
	type AuthorizationRequest,
	issuerAt,
	type ReadAuthorization,
	readAuthorization,
	redirectTo,
} from './authorization-request.ts';
import { Codes } from './codes.ts';
import { acceptForms, formOf } from './forms.ts';
import { isFromOwnPage, ownOriginOf } from './own-origin.ts';
import { Sessions, type SignIn } from './sessions.ts';
import {
	END_SESSION_PATH,
	messagePage,
	PAGE_HEADERS,
	SIGN_IN_PATH,
	STYLE,
	STYLE_PATH,
	signInPage,
	signOutPage,
} from './sign-in-page.ts';
import { readChoice, subjectOf } from './someone-else.ts';
import { addTokenRoute, type TokenSigner } from './token-route.ts';

/** One of the demo's people. */
export interface SignInPerson {
	readonly email: string;
	/** The subject of the person's tokens. */
	readonly subject: string;
	readonly side: Principal['kind'];
	/** The firm's name, or what the platform is called. */
	readonly organisation: string;
	readonly roles: readonly Role[];
}

/** Who can sign in, and what signs their tokens. */
export interface DemoSignIn {
	readonly people: readonly SignInPerson[];
	readonly signer: TokenSigner;
	/** Lifetime of an access token in seconds. */
	readonly seconds: number;
}

export interface IssuerOptions extends DemoSignIn {
	readonly clock: Pick<Clock, 'now'>;
	readonly now?: () => Date;
}

interface Parts extends IssuerOptions {
	readonly now: () => Date;
	readonly codes: Codes;
	readonly sessions: Sessions;
}

const AUTHORIZE_PATH = '/issuer/authorize';
const TOKEN_PATH = '/issuer/token';
const KEYS_PATH = '/issuer/jwks';
const DISCOVERY_PATH = '/issuer/.well-known/openid-configuration';

/** Pages to which a person may return after signing out. */
const SIGNED_OUT_PATHS = ['/', '/operator', '/verify'];

/** The built-in issuer as an OpenID provider for the pages (README.md of this folder). Only for a server that only this machine reaches. */
export function addIssuerRoutes(app: FastifyInstance, options: IssuerOptions): void {
	const { clock, signer, now = () => new Date() } = options;
	const parts = { ...options, now, codes: new Codes(clock), sessions: new Sessions(clock) };
	app.register(async (scope) => {
		acceptForms(scope);
		addMetadataRoutes(scope, signer);
		addAuthorizationRoutes(scope, parts);
		addTokenRoute(scope, TOKEN_PATH, parts);
		addEndSessionRoute(scope, parts);
	});
}

function addMetadataRoutes(scope: FastifyInstance, { jwks }: TokenSigner): void {
	scope.get(DISCOVERY_PATH, (request, reply) => {
		const origin = ownOriginOf(request);
		return origin === null ? sendProblem(reply, createProblem(NOT_FOUND, request.id)) : reply.send(discovery(origin));
	});
	scope.get(KEYS_PATH, (_, reply) => reply.send(jwks));
	scope.get(STYLE_PATH, (_, reply) => reply.type('text/css; charset=utf-8').send(STYLE));
	refuseOtherMethods(scope, DISCOVERY_PATH, ['GET', 'HEAD']);
	refuseOtherMethods(scope, KEYS_PATH, ['GET', 'HEAD']);
	refuseOtherMethods(scope, STYLE_PATH, ['GET', 'HEAD']);
}

/** OpenID Connect Discovery 1.0, section 3. */
const discovery = (origin: string) => ({
	issuer: issuerAt(origin),
	authorization_endpoint: origin + AUTHORIZE_PATH,
	token_endpoint: origin + TOKEN_PATH,
	jwks_uri: origin + KEYS_PATH,
	end_session_endpoint: origin + END_SESSION_PATH,
	scopes_supported: ['openid'],
	response_types_supported: ['code'],
	response_modes_supported: ['query'],
	grant_types_supported: ['authorization_code'],
	subject_types_supported: ['public'],
	id_token_signing_alg_values_supported: ['EdDSA'],
	token_endpoint_auth_methods_supported: ['none'],
	code_challenge_methods_supported: ['S256'],
	prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
	claims_supported: ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'nonce'],
	claims_parameter_supported: false,
	request_parameter_supported: false,
	request_uri_parameter_supported: false,
	authorization_response_iss_parameter_supported: true,
});

function addAuthorizationRoutes(scope: FastifyInstance, parts: Parts): void {
	scope.route({
		method: ['GET', 'POST'],
		url: AUTHORIZE_PATH,
		handler(request, reply) {
			const { headers } = request;
			// A frame or a script that follows the redirect could read the code.
			if (!['document', undefined].includes(headers['sec-fetch-dest']))
				return sendPage(reply, 403, messagePage('Sign-in refused', 'Open the sign-in in a window of its own.'));
			const parameters = formOf(request);
			const read = readRequest(request, parameters);
			return 'request' in read ? authorize(parts, request, reply, read.request, parameters) : refuse(reply, read);
		},
	});
	scope.post(SIGN_IN_PATH, {
		// Before the body is read.
		async onRequest(request, reply) {
			const own = ownOriginOf(request);
			if (own === null || !isFromOwnPage(request, own))
				return sendPage(reply, 403, messagePage('Sign-in refused', 'The choice did not come from the sign-in page.'));
		},
		handler: (request, reply) => signIn(parts, request, reply),
	});
	refuseOtherMethods(scope, AUTHORIZE_PATH, ['GET', 'HEAD', 'POST']);
	refuseOtherMethods(scope, SIGN_IN_PATH, ['POST']);
}

function readRequest(request: FastifyRequest, parameters: URLSearchParams): ReadAuthorization {
	const origin = ownOriginOf(request);
	return origin === null
		? { refusal: 'This server has another address: use the one that it printed when it started.' }
		: readAuthorization(parameters, origin);
}

function refuse(reply: FastifyReply, read: Exclude<ReadAuthorization, { readonly request: unknown }>): FastifyReply {
	return 'redirect' in read
		? reply.redirect(read.redirect, 303)
		: sendPage(reply, 400, messagePage('Sign-in refused', read.refusal));
}

/** Sends a code if the person is signed in recently enough, and otherwise asks. */
function authorize(
	parts: Parts,
	request: FastifyRequest,
	reply: FastifyReply,
	asked: AuthorizationRequest,
	parameters: URLSearchParams,
): FastifyReply {
	const { sessions, people, now } = parts;
	const { path, loginHint, prompt } = asked;
	const isKnown = people.some(({ email }) => email === loginHint);
	const found = sessions.find(request, path, loginHint);
	// A hint that names another person than the signed-in one is a wish to change.
	const present = found && (!isKnown || found.email === loginHint) ? found : null;
	if (present && !mustAsk(asked, present, now())) return sendCode(parts, reply, asked, present);
	if (prompt.has('none')) {
		const description = 'No one is signed in here, or not recently enough.';
		return reply.redirect(redirectTo(asked, { error: 'login_required', error_description: description }), 303);
	}
	return sendPage(reply, 200, signInPage(people, asked, parameters, present !== null));
}

/** OpenID Connect Core, section 3.1.2.1: `prompt` and `max_age`. */
function mustAsk({ prompt, maxAge }: AuthorizationRequest, { authTime }: SignIn, now: Date): boolean {
	if (prompt.has('login') || prompt.has('select_account')) return true;
	return maxAge !== null && (maxAge === 0 || Math.floor(now.getTime() / 1000) - authTime > maxAge);
}

/** The click. It always counts as a sign-in, so that `prompt` and `max_age` are met. */
function signIn(parts: Parts, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	const form = formOf(request);
	const read = readRequest(request, new URLSearchParams(form.get('request') ?? ''));
	if (!('request' in read)) return refuse(reply, read);
	const chosen = readChoice(parts.people, form);
	if ('refusal' in chosen) return sendPage(reply, 400, messagePage('Sign-in refused', chosen.refusal));
	const { email } = chosen;
	const signed = { email, authTime: Math.floor(parts.now().getTime() / 1000) };
	reply.header('set-cookie', parts.sessions.signIn(request, read.request.path, signed));
	return sendCode(parts, reply, read.request, signed);
}

function sendCode(
	{ codes, people }: Parts,
	reply: FastifyReply,
	asked: AuthorizationRequest,
	{ email, authTime }: SignIn,
): FastifyReply {
	const subject = subjectOf(people, email);
	if (subject === null) throw new Error('A session names a person who cannot sign in.');
	const { origin, path, challenge, nonce } = asked;
	const grant = { issuer: issuerAt(origin), redirectUri: origin + path, challenge, nonce, authTime };
	return reply.redirect(redirectTo(asked, { code: codes.make({ ...grant, subject, email }) }), 303);
}

/** OpenID Connect RP-Initiated Logout 1.0. */
function addEndSessionRoute(scope: FastifyInstance, { sessions }: Parts): void {
	scope.route({
		method: ['GET', 'POST'],
		url: END_SESSION_PATH,
		handler(request, reply) {
			// A link or a form of another site ends no session.
			if (request.headers['sec-fetch-site'] !== 'same-origin') return sendPage(reply, 200, signOutPage());
			const form = formOf(request);
			const origin = ownOriginOf(request);
			const target = form.get('post_logout_redirect_uri');
			const isOwn = origin !== null && SIGNED_OUT_PATHS.some((path) => target === origin + path);
			reply.header('set-cookie', sessions.signOut(request));
			if (isOwn && target !== null) {
				const state = form.get('state');
				return reply.redirect(state === null ? target : `${target}?${new URLSearchParams({ state })}`, 303);
			}
			return target === null
				? sendPage(reply, 200, messagePage('Signed out', 'You are signed out of the pages of this server.'))
				: sendPage(reply, 400, messagePage('Signed out', 'You are signed out. The next page is not of this server.'));
		},
	});
	refuseOtherMethods(scope, END_SESSION_PATH, ['GET', 'HEAD', 'POST']);
}

const sendPage = (reply: FastifyReply, status: number, page: string): FastifyReply =>
	reply.code(status).headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(page);
