import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { SessionTimes, SignInTime } from '../../access/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError, SetupError } from '../../errors.ts';

/** The identity in a token. Rights come from the database; no other claim counts. */
export interface Authenticated extends SessionTimes {
	readonly issuer: string;
	readonly subject: string;
	/** The verified e-mail address (`email_verified`); null if there is none. It identifies an invitation, never a person. */
	readonly email: string | null;
	/** The value of the claim that identifies persons; null if the token has no valid one. Undefined if no claim is configured. */
	readonly person?: string | null | undefined;
}

/** @throws FirmsealError UNAUTHENTICATED, with a sentence that says what is wrong with the token. */
export type Authenticate = (authorizationHeader: string | undefined) => Promise<Authenticated>;

/** Requirements on the issuer's access tokens, beyond those on every JWT. */
type TokenRules = Config['tokenRules'];

export interface AuthenticatorOptions {
	readonly issuer: string;
	readonly audience: string;
	/** The issuer's public keys: from createRemoteKeys(), or the built-in issuer's. */
	readonly keys: JWTVerifyGetKey;
	readonly rules: TokenRules;
	/** The claim that identifies persons. Default: null, no claim does. */
	readonly personClaim?: string | null;
	readonly now?: () => Date;
}

/** Only signatures by a private key: with HMAC, a public key would pass as the secret (RFC 8725, section 2.1). */
const ALGORITHMS = [
	'EdDSA',
	'Ed25519',
	'ES256',
	'ES384',
	'ES512',
	'RS256',
	'RS384',
	'RS512',
	'PS256',
	'PS384',
	'PS512',
];
export const MAX_TOKEN_BYTES = 8 * 1024;
/** Seconds by which the issuer's clock may differ from ours. */
const CLOCK_TOLERANCE = 5;
/** RFC 6750, section 2.1, with a JWS of three parts (RFC 7515). The third part of an unsigned token is empty. */
const BEARER = /^Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)$/i;
/** OpenID Connect Core, section 2: at most 255 ASCII characters. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;

/** Verifies bearer tokens of one issuer for one audience (RFC 7519, RFC 8725), and that they are access tokens (RFC 9068). */
export function createAuthenticator({
	issuer,
	audience,
	keys,
	rules,
	personClaim = null,
	now = () => new Date(),
}: AuthenticatorOptions): Authenticate {
	return async (authorizationHeader) => {
		const token = readBearer(authorizationHeader);
		const currentDate = now();
		const payload = await verify(token, currentDate);
		const subject = payload.sub;
		if (typeof subject !== 'string' || !SUBJECT.test(subject)) throw unauthenticatedError(CLAIM_SENTENCES.sub);
		return {
			issuer,
			subject,
			issuedAt: new Date((payload.iat ?? 0) * 1000),
			authTime: readAuthTime(payload, rules.authTimeClaim, currentDate),
			email: readEmail(payload),
			...readPerson(payload, personClaim),
		};
	};

	async function verify(token: string, currentDate: Date): Promise<JWTPayload> {
		try {
			const { payload, protectedHeader } = await jwtVerify(token, findKey, {
				issuer,
				audience,
				currentDate,
				algorithms: ALGORITHMS,
				clockTolerance: CLOCK_TOLERANCE,
				requiredClaims: ['exp', 'sub'],
			});
			const problem = whyNoAccessToken(protectedHeader, payload, rules, currentDate, CLOCK_TOLERANCE);
			if (problem) throw unauthenticatedError(problem);
			return payload;
		} catch (error) {
			throw error instanceof FirmsealError ? error : unauthenticatedError(messageFor(error));
		}
	}

	/**
	 * While the issuer's keys are unavailable, no one gets in. The code is UNAUTHENTICATED because the caller is unknown;
	 * KEY_UNAVAILABLE would point operators to the key service, which works.
	 */
	async function findKey(...asked: Parameters<JWTVerifyGetKey>): Promise<Awaited<ReturnType<JWTVerifyGetKey>>> {
		try {
			return await keys(...asked);
		} catch (error) {
			const unknown = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
			throw unauthenticatedError(
				unknown
					? 'The token names no key of the issuer: sign in again.'
					: "Tokens can't be verified now, because the issuer's keys are unavailable: try again shortly.",
			);
		}
	}
}

export const JWKS_TIMEOUT_MS = 3_000;

/**
 * The keys at a JWKS address: fetched when needed, cached for ten minutes, and fetched again for an unknown key at most every 30
 * seconds. The timeout is 3 seconds.
 * @throws SetupError if the address is not https: anyone who can change the answer can sign in as anyone. Loopback may be http.
 */
export function createRemoteKeys(address: URL): ReturnType<typeof createRemoteJWKSet> {
	const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(address.hostname);
	if (address.protocol !== 'https:' && !(address.protocol === 'http:' && loopback)) {
		throw new SetupError('FIRMSEAL_JWKS_URL must be an https address: keys that travel unprotected prove nothing.');
	}
	return createRemoteJWKSet(address, {
		timeoutDuration: JWKS_TIMEOUT_MS,
		cooldownDuration: 30_000,
		cacheMaxAge: 600_000,
	});
}

function readBearer(header: string | undefined): string {
	if (header === undefined || header === '')
		throw unauthenticatedError('Sign in and send the token as Authorization: Bearer.');
	if (header.length > MAX_TOKEN_BYTES + 'Bearer '.length) throw unauthenticatedError('The token is larger than 8 KiB.');
	const token = BEARER.exec(header)?.[1];
	if (token === undefined) throw unauthenticatedError('The Authorization header must be "Bearer" and one signed JWT.');
	return token;
}

/** An address that is not verified is anything that a person has typed. */
const readEmail = ({ email, email_verified }: JWTPayload): string | null =>
	typeof email === 'string' && email_verified === true ? email : null;

function readPerson(payload: JWTPayload, claim: string | null): Pick<Authenticated, 'person'> {
	if (claim === null) return {};
	const said = Object.hasOwn(payload, claim) ? payload[claim] : null;
	return { person: typeof said === 'string' && SUBJECT.test(said) ? said : null };
}

/** A sign-in in the future would stay fresh forever, and the age of an unreadable one is unknown, so neither counts. */
function readAuthTime(payload: JWTPayload, name: string, currentDate: Date): SignInTime {
	if (!Object.hasOwn(payload, name)) return null;
	const claim = payload[name];
	if (typeof claim !== 'number' || !Number.isFinite(claim) || claim < 0) return 'UNBELIEVABLE';
	const time = claim * 1000;
	return time <= currentDate.getTime() + CLOCK_TOLERANCE * 1000 ? new Date(time) : 'UNBELIEVABLE';
}

const CLAIM_SENTENCES: Readonly<Record<string, string>> & { readonly sub: string } = {
	aud: 'The token was made for another audience: sign in to this service.',
	iss: 'The token was made by another issuer: sign in to this service.',
	iat: "The token's issue time (iat) is not a number: fix it at the issuer.",
	nbf: 'The token is not valid yet: check the clock of the issuer.',
	exp: 'The token has no expiry time (exp): get one that expires.',
	sub: 'The token names no subject of 1 to 255 ASCII characters: sign in again.',
};

function messageFor(error: unknown): string {
	if (error instanceof errors.JWTExpired) return 'The token has expired: sign in again.';
	if (error instanceof errors.JOSEAlgNotAllowed)
		return 'The token is not signed with an algorithm that is accepted here.';
	if (error instanceof errors.JWSSignatureVerificationFailed)
		return 'The signature of the token is wrong: sign in again.';
	const claim = error instanceof errors.JWTClaimValidationFailed ? CLAIM_SENTENCES[error.claim] : undefined;
	return claim ?? 'The token is not a valid JWT: sign in again.';
}

function unauthenticatedError(sentence: string): FirmsealError {
	return new FirmsealError('UNAUTHENTICATED', sentence);
}

type Claims = Readonly<Record<string, unknown>>;

/** RFC 9068, section 2.1. */
const ACCESS_TOKEN = 'at+jwt';
/** RFC 9068, section 2.2. */
const ACCESS_TOKEN_CLAIMS = ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'] as const;
/** The claims that name the application a token was issued to: RFC 9068, OpenID Connect, Okta, and Entra ID in its first version. */
const CLIENT_CLAIMS = ['client_id', 'azp', 'cid', 'appid'] as const;
/** Claims of ID tokens (OpenID Connect Core, sections 2 and 3.3.2.11) and security events (RFC 8417) that access tokens don't have. */
const NON_ACCESS_TOKEN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 's_hash', 'events'] as const;
/** How Keycloak and Cognito mark an access token. */
const ACCESS_USE_CLAIMS: Readonly<Record<string, string>> = { typ: 'bearer', token_use: 'access' };

/**
 * Why a token with a valid signature, issuer, audience and expiry is not an access token for this API, as one sentence; null if it is
 * one. `tolerance`: seconds by which the issuer's clock may differ.
 */
function whyNoAccessToken(
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
		return `The token lacks ${missing.join(', ')}, which its type at+jwt requires: fix it at the issuer.`;
	if (Object.hasOwn(claims, 'cnf'))
		return "The token is bound to a key (cnf), which this server can't verify: get a bearer token.";
	return (
		whyWrongClient(type, claims, rules.clients) ??
		whyWrongLifetime(claims, now.getTime() / 1000, tolerance, rules.maxLifeSeconds)
	);
}

/** RFC 7515, section 4.1.9: a media type, with or without `application/`, in any letter case. */
const nameOfType = (typ: unknown): string => (typ === undefined ? 'none' : lower(typ).replace(/^application\//, ''));

/** Empty for anything that isn't text. */
const lower = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');

/** A token for an application tells that application who has signed in. Only a token for this API is valid here. */
function whyWrongClient(type: string, claims: Claims, clients: readonly string[] | null): string | null {
	const named = CLIENT_CLAIMS.filter((name) => Object.hasOwn(claims, name)).map((name) => claims[name]);
	// With its type at+jwt, an issuer declares an access token. Without that type, the claims must.
	if (type !== ACCESS_TOKEN && isForAnotherUse(claims, named))
		return 'The token is an ID token or has another use: send the access token instead.';
	if (clients === null) return null;
	if (named.length === 0)
		return 'The token names no application that it was issued to (client_id, azp): fix it at the issuer.';
	return named.every((name) => typeof name === 'string' && clients.includes(name))
		? null
		: 'The token was issued to an application that is not accepted here (client_id, azp): sign in with one that is.';
}

function isForAnotherUse(claims: Claims, clients: readonly unknown[]): boolean {
	if (NON_ACCESS_TOKEN_CLAIMS.some((name) => Object.hasOwn(claims, name))) return true;
	if ([claims.aud].flat().some((each) => clients.includes(each))) return true;
	return Object.entries(ACCESS_USE_CLAIMS).some(
		([name, use]) => Object.hasOwn(claims, name) && lower(claims[name]) !== use,
	);
}

/** A token is worth as much as its owner's sign-in for its whole life, so its life is bounded, and the token must state it. */
function whyWrongLifetime({ iat, exp }: Claims, now: number, tolerance: number, most: number): string | null {
	if (typeof iat !== 'number') return 'The token has no issue time (iat): fix it at the issuer.';
	if (iat > now + tolerance) return "The token's issue time (iat) is in the future: check the clock of the issuer.";
	return typeof exp === 'number' && exp - iat <= most
		? null
		: `The token is valid for more than ${most} seconds, the maximum here: get one that expires sooner.`;
}
