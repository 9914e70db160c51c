import { v5 as uuidv5 } from 'uuid';
import { FirmsealError } from '../errors.ts';
import type { AdminContext } from './administration.ts';

/** Of ids that are made here. */
const PERSONS = '0f6d8a52-0a5f-4c7e-9a53-3c1f6f5e1a6b';

/** The id of the natural person of whom an issuer's tokens say this (RFC 9562, section 5.5). Two that met would count as one. */
export const derivePersonId = (issuer: string, said: string): string => uuidv5(JSON.stringify([issuer, said]), PERSONS);

/**
 * The person that is named by what the claim of FIRMSEAL_PERSON_CLAIM says; undefined: no claim tells persons apart.
 * @throws FirmsealError BAD_USER_INPUT where one is needed and missing, or given and not needed.
 */
export function personIdFromClaim(
	{ issuer, personClaim }: Pick<AdminContext, 'issuer' | 'personClaim'>,
	said: string | undefined,
): string | undefined {
	if (personClaim === null && said !== undefined)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'No claim tells persons apart: leave the person out, or set FIRMSEAL_PERSON_CLAIM.',
		);
	if (personClaim === null) return undefined;
	if (said === undefined || !/^[\x20-\x7e]{1,255}$/.test(said))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'Name the person, by what the claim of FIRMSEAL_PERSON_CLAIM says in their tokens: 1 to 255 ASCII characters.',
		);
	return derivePersonId(issuer, said);
}
