import type { JWTPayload } from 'jose';
import type { Person } from './person.ts';

/** What a token says, unverified. */
export const claimsOf = (token: Person): JWTPayload & { readonly sub: string } =>
	JSON.parse(Buffer.from(`${token}`.split('.')[1] ?? '', 'base64url').toString());

/** Whose account it is. */
export const idOf = (person: Person): string => claimsOf(person).sub;
