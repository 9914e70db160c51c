import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimsOf } from './claims.ts';

/**
 * Someone to act as: as text, as in `Bearer ${person}`, a token. One of addFirm() or addOperator() signs in anew whenever it becomes
 * text, so that the sign-in is fresh however slow the machine is. A string is the token that it is.
 */
export interface Person {
	toString(): string;
}

/** Whom a token of the installation's own issuer is for. */
export function personOf(directory: string, token: string): Person {
	const jwk = JSON.parse(readFileSync(join(directory, 'issuer', 'issuer-key.json'), 'utf8'));
	const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
	const [header] = token.split('.');
	const { iat = 0, exp = 0, ...claims } = claimsOf(token);
	return {
		toString() {
			const now = Math.floor(Date.now() / 1000);
			const fresh = { ...claims, auth_time: now, iat: now, exp: now + exp - iat };
			const signed = `${header}.${Buffer.from(JSON.stringify(fresh)).toString('base64url')}`;
			return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
		},
	};
}
