import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimsOf } from './claims.ts';

/**
 * Someone to act as: as text, as in `Bearer ${person}`, a token. One of addFirm() or addOperator() signs in anew when it becomes text
 * and the last sign-in is two minutes old, so that it is fresh however slow the machine is. A string is the token that it is.
 */
export type Person = string | { toString(): string; toJSON(): string };

/** Seconds. As long a client keeps its token: the API knows by it which firm is to be charged. */
const KEPT = 120;

/** Whom a token of the installation's own issuer is for. */
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
