import * as oauth from 'oauth4webapi';
import type { PageSettings } from '../settings.ts';
import { asSentence } from './sign-in-error.ts';

/** The OpenID provider, as this page talks to it: a public client with PKCE (RFC 9700, section 2.1.1). */
export interface Provider {
	readonly server: oauth.AuthorizationServer;
	readonly client: oauth.Client;
	readonly settings: PageSettings;
	readonly http: Record<symbol, boolean>;
}

/** Browsers may talk to this machine without TLS. */
const isLoopback = ({ hostname }: URL): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname);

/** Reads the provider's discovery document. @throws Error if the provider can't be reached, or is another one */
export async function openProvider(settings: PageSettings): Promise<Provider> {
	const issuer = new URL(settings.issuer, location.origin);
	// oxlint-disable-next-line typescript/no-deprecated -- for development on this machine; the name is only to stand out
	const http = { [oauth.allowInsecureRequests]: isLoopback(issuer) };
	const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...http });
	const server = await oauth.processDiscoveryResponse(issuer, answer);
	return { server, client: { client_id: settings.client }, settings, http };
}

/** What a sign-in gives. It lives in memory only. */
export interface Tokens {
	readonly accessToken: string;
	/** Milliseconds since 1970; null if the provider does not say. */
	readonly expiresAt: number | null;
	readonly refreshToken: string | null;
	readonly idToken: string | null;
	/** The subject at the issuer: the account that has signed in. */
	readonly subject: string;
	/** How the provider knows the person, so that it offers the same one again; null if it does not say. */
	readonly hint: string | null;
}

/** One attempt to sign in: what is needed to check the provider's answer. Holds no token. */
export interface Attempt {
	readonly state: string;
	readonly nonce: string;
	readonly verifier: string;
	readonly redirectUri: string;
	/** Where the person was: the part of the address after #. */
	readonly returnTo: string;
	/** Seconds: the oldest sign-in that the answer may show; null for any. */
	readonly maxAge: number | null;
}

export interface AttemptOptions {
	readonly redirectUri: string;
	readonly returnTo?: string;
	readonly maxAge?: number | null;
	/** The person who signs in again. */
	readonly hint?: string | null;
	/** Whether the provider must ask who signs in, even if someone is signed in there. */
	readonly mustAsk?: boolean;
}

/** Makes an attempt and the address at the provider that begins it. */
export async function beginAttempt(
	{ server, client, settings }: Provider,
	{ redirectUri, returnTo = '', maxAge = null, hint = null, mustAsk = false }: AttemptOptions,
): Promise<{ readonly attempt: Attempt; readonly address: URL }> {
	const attempt = {
		state: oauth.generateRandomState(),
		nonce: oauth.generateRandomNonce(),
		verifier: oauth.generateRandomCodeVerifier(),
		redirectUri,
		returnTo,
		maxAge,
	};
	if (!server.authorization_endpoint) throw new Error('The sign-in service has no page to sign in.');
	const address = new URL(server.authorization_endpoint);
	const parameters = {
		client_id: client.client_id,
		response_type: 'code',
		redirect_uri: redirectUri,
		scope: settings.scope,
		audience: settings.audience,
		state: attempt.state,
		nonce: attempt.nonce,
		code_challenge: await oauth.calculatePKCECodeChallenge(attempt.verifier),
		code_challenge_method: 'S256',
		...(maxAge !== null && { max_age: String(maxAge) }),
		...(hint !== null && { login_hint: hint }),
		...(mustAsk && { prompt: 'login' }),
	};
	for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
	return { attempt, address };
}

/** Exchanges the code in `answer` for tokens. @throws Error with a sentence if the answer belongs to another attempt, or is refused */
export const completeAttempt = (provider: Provider, attempt: Attempt, answer: URLSearchParams): Promise<Tokens> =>
	exchange(provider, attempt, answer).catch((error: unknown) => {
		throw asSentence(error);
	});

async function exchange(
	{ server, client, http }: Provider,
	attempt: Attempt,
	answer: URLSearchParams,
): Promise<Tokens> {
	const parameters = oauth.validateAuthResponse(server, client, answer, attempt.state);
	const response = await oauth.authorizationCodeGrantRequest(
		server,
		client,
		oauth.None(),
		parameters,
		attempt.redirectUri,
		attempt.verifier,
		http,
	);
	const result = await oauth.processAuthorizationCodeResponse(server, client, response, {
		expectedNonce: attempt.nonce,
		requireIdToken: true,
		...(attempt.maxAge !== null && { maxAge: attempt.maxAge }),
	});
	return tokensOf(result, oauth.getValidatedIdTokenClaims(result));
}

/** New tokens of the same sign-in. @throws Error if the provider refuses */
export async function refresh({ server, client, http }: Provider, tokens: Tokens): Promise<Tokens> {
	if (tokens.refreshToken === null) throw new Error('The sign-in has ended.');
	const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), tokens.refreshToken, http);
	const result = await oauth.processRefreshTokenResponse(server, client, response);
	const claims = oauth.getValidatedIdTokenClaims(result) ?? { sub: tokens.subject, email: tokens.hint };
	if (claims.sub !== tokens.subject) throw new Error('The sign-in service answered for another person.');
	return { ...tokensOf(result, claims), refreshToken: result.refresh_token ?? tokens.refreshToken };
}

type Claims = { readonly sub: string; readonly email?: unknown };

function tokensOf(result: oauth.TokenEndpointResponse, claims: Claims | undefined): Tokens {
	if (claims === undefined) throw new Error('The sign-in service does not say who has signed in.');
	return {
		accessToken: result.access_token,
		expiresAt: result.expires_in === undefined ? null : Date.now() + result.expires_in * 1000,
		refreshToken: result.refresh_token ?? null,
		idToken: result.id_token ?? null,
		subject: claims.sub,
		hint: typeof claims.email === 'string' ? claims.email : null,
	};
}
