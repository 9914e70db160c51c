import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair } from 'jose';
import { type Configuration, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import { listen } from '../support/listen.ts';

export const CLIENT = 'pages';
export const AUDIENCE = 'https://api.firmseal.example';
/** Seconds of an access token. */
export const TOKEN_LIFE = 120;

/** What a test may change between two requests. */
interface Behaviour {
	/** Seconds by which the next sign-in is older than it is. */
	age: number;
	/** An error with which the provider answers instead of signing in. */
	error: string | null;
	/** A parameter of the answer to the page, and what an attacker on the way writes there. */
	forged: readonly [name: string, value: string] | null;
}

/** An OpenID provider of someone else's making, on loopback, with a sign-in page that asks for a name alone. */
export async function startOpenIdProvider() {
	const { privateKey } = await generateKeyPair('ES256', { extractable: true });
	const jwks = { keys: [{ ...(await exportJWK(privateKey)), kid: 'one', alg: 'ES256', use: 'sig' }] };
	const behaviour: Behaviour = { age: 0, error: null, forged: null };
	const grants: string[] = [];
	const problems: string[] = [];
	let answer: (request: IncomingMessage, response: ServerResponse) => unknown = (_, response) =>
		response.writeHead(503).end();
	const server = createServer((request, response) => void answer(request, response));
	const issuer = `http://127.0.0.1:${await listen(server)}`;
	/** Knows the pages at `origin` from now on. */
	const admit = (origin: string): void => {
		const provider = new Provider(issuer, configurationFor(origin, jwks));
		provider.on('grant.success', ({ oidc }) => grants.push(String(oidc.params?.grant_type)));
		provider.on('server_error', (_, { message }) => problems.push(message));
		provider.on('grant.error', (_, { message }) => problems.push(message));
		const callback = provider.callback();
		answer = (request, response) => {
			forge(response, behaviour);
			return request.url?.startsWith('/sign-in/')
				? interact(provider, behaviour, request, response)
				: callback(request, response);
		};
	};
	admit('http://127.0.0.1');
	return {
		issuer,
		behaviour,
		admit,
		/** The grants that it has given since the last call. */
		grants: () => grants.splice(0),
		/** What went wrong at the provider since the last call. */
		problems: () => problems.splice(0),
		env: {
			FIRMSEAL_JWT_ISSUER: issuer,
			FIRMSEAL_JWT_AUDIENCE: AUDIENCE,
			FIRMSEAL_JWKS_URL: `${issuer}/jwks`,
			FIRMSEAL_JWT_CLIENTS: CLIENT,
			FIRMSEAL_JWT_TYPES: 'at+jwt',
			FIRMSEAL_PAGES: 'on',
		},
		stop: () =>
			new Promise<void>((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
}

function configurationFor(origin: string, jwks: Configuration['jwks']): Configuration {
	return {
		jwks,
		clients: [
			{
				client_id: CLIENT,
				token_endpoint_auth_method: 'none',
				grant_types: ['authorization_code', 'refresh_token'],
				response_types: ['code'],
				redirect_uris: ['/', '/operator', '/assets/signed-in.html'].map((path) => origin + path),
				post_logout_redirect_uris: ['/', '/operator', '/verify'].map((path) => origin + path),
				id_token_signed_response_alg: 'ES256',
				require_auth_time: true,
			},
		],
		clientBasedCORS: (_, asking) => asking === origin,
		issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
		cookies: { keys: ['a secret of the test'] },
		pkce: { required: () => true },
		interactions: { url: (_, { uid }) => `/sign-in/${uid}` },
		findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, email: `${sub}@acme.example` }) }),
		claims: { openid: ['sub', 'email'] },
		extraTokenClaims: ({ oidc }) => ({ auth_time: authTimeOf(oidc) }),
		loadExistingGrant: grantAll,
		ttl: { AccessToken: TOKEN_LIFE, IdToken: 3600, RefreshToken: 3600, Session: 3600, Grant: 3600, Interaction: 600 },
		features: {
			devInteractions: { enabled: false },
			userinfo: { enabled: false },
			rpInitiatedLogout: {
				enabled: true,
				logoutSource(ctx, form) {
					ctx.body = html(
						`<h1>Leave?</h1>${form}<button name="logout" value="yes" form="op.logoutForm">Leave</button>`,
					);
				},
			},
			resourceIndicators: {
				enabled: true,
				defaultResource: () => AUDIENCE,
				useGrantedResource: () => true,
				getResourceServerInfo: () => ({
					scope: '',
					audience: AUDIENCE,
					accessTokenFormat: 'jwt',
					accessTokenTTL: TOKEN_LIFE,
					jwt: { sign: { alg: 'ES256' } },
				}),
			},
		},
	};
}

/** The time of the sign-in, which a refreshed token keeps. */
const authTimeOf = ({ entities }: KoaContextWithOIDC['oidc']) =>
	entities.RefreshToken?.authTime ?? entities.AuthorizationCode?.authTime;

/** The person is asked for nothing but their name. */
async function grantAll({ oidc }: KoaContextWithOIDC) {
	const { provider, client, session } = oidc;
	const { accountId } = session ?? {};
	if (!client || !accountId) return undefined;
	const grant = new provider.Grant({ clientId: client.clientId, accountId });
	grant.addOIDCScope('openid');
	await grant.save();
	return grant;
}

/** Changes the answer to the page on its way, if the test asks for that. */
function forge(response: ServerResponse, { forged }: Behaviour): void {
	if (forged === null) return;
	const setHeader = response.setHeader.bind(response);
	response.setHeader = (name, value) => {
		if (name.toLowerCase() !== 'location' || !String(value).includes('code=')) return setHeader(name, value);
		const address = new URL(String(value));
		address.searchParams.set(...forged);
		return setHeader(name, address.href);
	};
}

/** The sign-in page, and what it sends. */
async function interact(
	provider: Provider,
	behaviour: Behaviour,
	request: IncomingMessage,
	response: ServerResponse,
): Promise<void> {
	if (request.method !== 'POST') {
		const { prompt } = await provider.interactionDetails(request, response);
		const isAgain = ['max_age', 'login_prompt'].some((reason) => prompt.reasons.includes(reason));
		response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
		response.end(
			html(`<h1>${isAgain ? 'Who are you, again?' : 'Who are you?'}</h1>
<form method="post"><label>Name <input name="name" autofocus></label> <button>Enter</button></form>`),
		);
		return;
	}
	const body = await text(request);
	const accountId = new URLSearchParams(body).get('name') ?? '';
	const ts = Math.floor(Date.now() / 1000) - behaviour.age;
	const result =
		behaviour.error === null
			? { login: { accountId, ts } }
			: { error: behaviour.error, error_description: 'Not today.' };
	await provider.interactionFinished(request, response, result);
}

const html = (body: string): string =>
	`<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,">${body}</html>`;
