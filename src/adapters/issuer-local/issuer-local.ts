import { join } from 'node:path';
import { createLocalJWKSet, type JWTVerifyGetKey, SignJWT } from 'jose';
import { FirmsealError } from '../../errors.ts';
import { openSigningKey } from './signing-key.ts';

/** Thirty days. */
const MAX_SECONDS = 30 * 24 * 60 * 60;

export interface LocalIssuerOptions {
	/** Holds the key file `issuer-key.json`; made, for its owner only, when missing. */
	readonly directory: string;
	readonly issuer: string;
	readonly audience: string;
	readonly now?: () => Date;
}

export interface LocalIssuer {
	/**
	 * A token for `subject` that ends after `seconds`, 1 to 2,592,000 (30 days). Being given one counts as a sign-in.
	 * @throws FirmsealError BAD_USER_INPUT when `seconds` is out of range.
	 */
	issueToken(wanted: { readonly subject: string; readonly seconds: number }): Promise<string>;
	/** The public key, as createAuthenticator() takes it. */
	readonly keys: JWTVerifyGetKey;
}

/**
 * The built-in issuer, for development: whoever can read its key file can be anybody, so production mode refuses it.
 * @throws SetupError when the key file is damaged or not its owner's alone.
 */
export async function openLocalIssuer(options: LocalIssuerOptions): Promise<LocalIssuer> {
	const { directory, issuer, audience, now = () => new Date() } = options;
	const { privateKey, publicJwk } = await openSigningKey(join(directory, 'issuer-key.json'));
	return {
		async issueToken({ subject, seconds }) {
			if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_SECONDS) {
				throw new FirmsealError(
					'BAD_USER_INPUT',
					'A token lasts a whole number of seconds, from 1 to 2592000 (30 days).',
				);
			}
			const issuedAt = Math.floor(now().getTime() / 1000);
			return await new SignJWT({ auth_time: issuedAt })
				.setProtectedHeader({ alg: 'EdDSA', kid: publicJwk.kid, typ: 'JWT' })
				.setIssuer(issuer)
				.setAudience(audience)
				.setSubject(subject)
				.setIssuedAt(issuedAt)
				.setExpirationTime(issuedAt + seconds)
				.sign(privateKey);
		},
		keys: createLocalJWKSet({ keys: [publicJwk] }),
	};
}
