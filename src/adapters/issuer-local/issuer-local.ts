import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createLocalJWKSet, type JWK, type JWTVerifyGetKey, SignJWT } from 'jose';
import { FirmsealError } from '../../errors.ts';
import { openSigningKey } from './signing-key.ts';

export interface LocalIssuerOptions {
	/** Directory of the key file `issuer-key.json`, which is made, owner-only, if it is missing. */
	readonly directory: string;
	readonly issuer: string;
	readonly audience: string;
	/** The `client_id` of its tokens. */
	readonly client: string;
	/** Longest lifetime of a token. */
	readonly maxSeconds: number;
	readonly now?: () => Date;
}

export interface LocalIssuer {
	/**
	 * An access token (RFC 9068) for `subject` that expires after `seconds`, 1 to `maxSeconds`. The token says that the person signed in at
	 * `authTime`, in seconds since 1970, or now, and that `email` is verified. `client`: its `client_id`, unless it is that of the options.
	 * @throws FirmsealError BAD_USER_INPUT if `seconds` is out of range.
	 */
	issueToken(wanted: {
		readonly subject: string;
		readonly seconds: number;
		readonly email?: string;
		readonly client?: string;
		readonly authTime?: number;
	}): Promise<string>;
	/** An ID token (OpenID Connect Core, section 2) of `issuer` for `client`. It is not for the API, which refuses it. */
	issueIdToken(wanted: {
		readonly issuer: string;
		readonly client: string;
		readonly subject: string;
		readonly email: string;
		readonly seconds: number;
		readonly authTime: number;
		readonly nonce: string | null;
	}): Promise<string>;
	/** The public key for clients. */
	readonly jwks: { readonly keys: readonly JWK[] };
	/** The public key, as createAuthenticator() takes it. */
	readonly keys: JWTVerifyGetKey;
}

/**
 * The built-in issuer, for development only: anyone who can read its key file can sign in as anyone, so production mode refuses it.
 * @throws SetupError if the key file is damaged, or other users can access it.
 */
export async function openLocalIssuer(options: LocalIssuerOptions): Promise<LocalIssuer> {
	const { directory, issuer, audience, client, maxSeconds, now = () => new Date() } = options;
	const { privateKey, publicJwk } = await openSigningKey(join(directory, 'issuer-key.json'));
	return {
		async issueToken({ subject, seconds, email, client: named = client, authTime }) {
			if (!Number.isInteger(seconds) || seconds < 1 || seconds > maxSeconds) {
				throw new FirmsealError(
					'BAD_USER_INPUT',
					`The lifetime of a token must be a whole number of seconds from 1 to ${maxSeconds} (FIRMSEAL_JWT_MAX_LIFE_SECONDS).`,
				);
			}
			const issuedAt = Math.floor(now().getTime() / 1000);
			return await new SignJWT({
				client_id: named,
				auth_time: authTime ?? issuedAt,
				...(email && { email, email_verified: true }),
			})
				.setProtectedHeader({ alg: 'EdDSA', kid: publicJwk.kid, typ: 'at+jwt' })
				.setJti(randomUUID())
				.setIssuer(issuer)
				.setAudience(audience)
				.setSubject(subject)
				.setIssuedAt(issuedAt)
				.setExpirationTime(issuedAt + seconds)
				.sign(privateKey);
		},
		issueIdToken({ issuer: named, client: audienceOfId, subject, email, seconds, authTime, nonce }) {
			const issuedAt = Math.floor(now().getTime() / 1000);
			return new SignJWT({ auth_time: authTime, email, email_verified: true, ...(nonce !== null && { nonce }) })
				.setProtectedHeader({ alg: 'EdDSA', kid: publicJwk.kid, typ: 'JWT' })
				.setIssuer(named)
				.setAudience(audienceOfId)
				.setSubject(subject)
				.setIssuedAt(issuedAt)
				.setExpirationTime(issuedAt + seconds)
				.sign(privateKey);
		},
		jwks: { keys: [publicJwk] },
		keys: createLocalJWKSet({ keys: [publicJwk] }),
	};
}
