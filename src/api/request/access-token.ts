import type { Config } from '../../config/index.ts';

/** What the issuer's access tokens are like, beside what every JWT must be. */
export type TokenRules = Config['tokenRules'];

type Claims = Readonly<Record<string, unknown>>;

/** RFC 9068, section 2.1. */
const ACCESS_TOKEN = 'at+jwt';
/** RFC 9068, section 2.2. */
const ACCESS_TOKEN_CLAIMS = ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'] as const;
/** What issuers call the application that was given a token: RFC 9068, OpenID Connect, Okta, and Entra ID in its first version. */
const CLIENT_CLAIMS = ['client_id', 'azp', 'cid', 'appid'] as const;
/** What ID tokens (OpenID Connect Core, sections 2 and 3.3.2.11) and security events (RFC 8417) have, and access tokens don't. */
const NON_ACCESS_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'] as const;
/** How Keycloak and Cognito say of a token that it is one for access. */
const ACCESS_USE_CLAIMS: Readonly<Record<string, string>> = { typ: 'bearer', token_use: 'access' };

/**
 * Why a token whose signature, issuer, audience and end are good is none for this API all the same; one sentence, or null.
 * `tolerance`: seconds by which the issuer's clock may differ.
 */
export function whyNoAccessToken(
	{ typ }: { readonly typ?: unknown },
	claims: Claims,
	rules: TokenRules,
	now: Date,
	tolerance: number,
): string | null {
	const type = nameOfType(typ);
	if (!rules.types.includes(type))
		return 'The token is of a type (typ) that is not accepted here: send an access token of the issuer.';
	const missing = type === ACCESS_TOKEN ? ACCESS_TOKEN_CLAIMS.filter((name) => !Object.hasOwn(claims, name)) : [];
	if (missing.length > 0)
		return `The token lacks ${missing.join(', ')}, which its type at+jwt asks for: mend it at the issuer.`;
	if (Object.hasOwn(claims, 'cnf'))
		return 'The token is bound to a key (cnf), which nothing here proves: ask for a bearer token.';
	return (
		whyWrongClient(type, claims, rules.clients) ??
		whyWrongLifetime(claims, now.getTime() / 1000, tolerance, rules.maxLifeSeconds)
	);
}

/** RFC 7515, section 4.1.9: a media type, of which `application/` may be left out; in any case of letters. */
const nameOfType = (typ: unknown): string => (typ === undefined ? 'none' : lower(typ).replace(/^application\//, ''));

/** Of what is no text, none that anything is called. */
const lower = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');

/** A token for an application tells it who has signed in; only one for this API may be used here. */
function whyWrongClient(type: string, claims: Claims, clients: readonly string[] | null): string | null {
	const named = CLIENT_CLAIMS.filter((name) => Object.hasOwn(claims, name)).map((name) => claims[name]);
	// With its type an issuer says that it is one for access; without, it is told by what it has in it.
	if (type !== ACCESS_TOKEN && isForAnotherUse(claims, named))
		return 'The token is an ID token, or of another use: send the access token instead.';
	if (clients === null) return null;
	if (named.length === 0)
		return 'The token names no application that it was given to (client_id, azp): mend it at the issuer.';
	return named.every((name) => typeof name === 'string' && clients.includes(name))
		? null
		: 'The token was given to another application (client_id, azp): sign in with one that is accepted here.';
}

function isForAnotherUse(claims: Claims, clients: readonly unknown[]): boolean {
	if (NON_ACCESS_TOKEN_CLAIMS.some((name) => Object.hasOwn(claims, name))) return true;
	if ([claims.aud].flat().some((each) => clients.includes(each))) return true;
	return Object.entries(ACCESS_USE_CLAIMS).some(
		([name, use]) => Object.hasOwn(claims, name) && lower(claims[name]) !== use,
	);
}

/** A token is as good as its owner's sign-in for as long as it lives: so its whole life is bounded, and must be told. */
function whyWrongLifetime({ iat, exp }: Claims, now: number, tolerance: number, most: number): string | null {
	if (typeof iat !== 'number') return 'The token does not say when it was made (iat): mend it at the issuer.';
	if (iat > now + tolerance) return 'The token was made in the future (iat): check the clock of the issuer.';
	return typeof exp === 'number' && exp - iat <= most
		? null
		: `The token lives longer than ${most} seconds, the longest that is accepted here: ask for a shorter one.`;
}
