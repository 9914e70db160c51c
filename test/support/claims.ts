import type { JWTPayload } from 'jose';
import type { Person } from './person.ts';

/** The claims of a token, without verification. */
export const claimsOf = (token: Person): JWTPayload & { readonly sub: string } =>
	JSON.parse(Buffer.from(`${token}`.split('.')[1] ?? '', 'base64url').toString());

/** The id of the account that a token belongs to. */
export const idOf = (person: Person): string => claimsOf(person).sub;
