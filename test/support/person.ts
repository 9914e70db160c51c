import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimsOf } from './claims.ts';

/**
 * A person to act as. As text, as in `Bearer ${person}`, it is a token. A person of addFirm() or addOperator() signs in again when it
 * becomes text and the last sign-in is two minutes old, so that the token is fresh on a slow machine. A string is itself the token.
 */
export type Person = string | { toString(): string; toJSON(): string };

/** Seconds for which a person keeps a token, like a client. The API knows by the token which firm to charge. */
const KEPT = 120;

/** The account that a token of the installation's own issuer is for. */
export function personOf(directory: string, given: string): Person {
	const jwk = JSON.parse(readFileSync(join(directory, 'issuer', 'issuer-key.json'), 'utf8'));
	const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
	const [header] = given.split('.');
	const { iat = 0, exp = 0, ...claims } = claimsOf(given);
	let [token, at] = [given, iat];
	const mint = () => {
		const now = Math.floor(Date.now() / 1000);
		if (Math.abs(now - at) < KEPT) return token;
		at = now;
		const fresh = { ...claims, auth_time: now, iat: now, exp: now + exp - iat };
		const signed = `${header}.${Buffer.from(JSON.stringify(fresh)).toString('base64url')}`;
		token = `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
		return token;
	};
	return { toString: mint, toJSON: mint };
}
