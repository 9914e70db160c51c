import { v5 as uuidv5 } from 'uuid';
import { FirmsealError } from '../errors.ts';
import type { AdminContext } from './administration.ts';

/** Namespace of person ids. */
const PERSONS = '0f6d8a52-0a5f-4c7e-9a53-3c1f6f5e1a6b';

/** Person id for a value of the person claim (UUIDv5, RFC 9562, section 5.5). Two persons whose ids collide would count as one. */
export const derivePersonId = (issuer: string, value: string): string =>
	uuidv5(JSON.stringify([issuer, value]), PERSONS);

/**
 * Person id for a value of the claim in FIRMSEAL_PERSON_CLAIM; undefined if that is not set.
 * @throws FirmsealError BAD_USER_INPUT if a value is needed but missing, or given but not needed.
 */
export function personIdFromClaim(
	{ issuer, personClaim }: Pick<AdminContext, 'issuer' | 'personClaim'>,
	value: string | undefined,
): string | undefined {
	if (personClaim === null && value !== undefined)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'No claim identifies persons: leave out the person, or set FIRMSEAL_PERSON_CLAIM.',
		);
	if (personClaim === null) return undefined;
	if (value === undefined || !/^[\x20-\x7e]{1,255}$/.test(value))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'Name the person by the value of the claim in FIRMSEAL_PERSON_CLAIM in their tokens: 1 to 255 ASCII characters.',
		);
	return derivePersonId(issuer, value);
}
