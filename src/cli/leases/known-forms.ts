import { isVisibleLine, LEASE_STATES } from '../../access/index.ts';
import { FirmsealError } from '../../errors.ts';

/** How each looks that the API says of a lease and that no hash is of. Ids are looked at where answers are read. */
const FORMS = {
	times: (said: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(said),
	names: (said: string) => isVisibleLine(said, 320),
	fields: (said: string) => /^[A-Za-z]{1,63}\.[A-Za-z]{1,63}$/.test(said),
	counts: (said: string) => /^\d{1,16}$/.test(said),
	states: (said: string) => (LEASE_STATES as readonly string[]).includes(said),
	sides: (said: string) => said === 'FIRM' || said === 'PLATFORM',
};

/** What is said, by what it should be. null, undefined: nothing is said. */
export type Said = { readonly [Form in keyof typeof FORMS]?: readonly (string | number | null | undefined)[] };

/**
 * That each has its form: in one of another a server could put lines of its own, which push the rest out of sight and look like it.
 * @throws FirmsealError CONFLICT
 */
export function assertKnownForms(said: Said): void {
	for (const [form, isOfForm] of Object.entries(FORMS))
		for (const each of said[form as keyof Said] ?? [])
			if (each !== null && each !== undefined && !isOfForm(`${each}`))
				throw new FirmsealError(
					'CONFLICT',
					'The API says something of the lease in a form that Firmseal never gives it: agree to nothing, and tell who looks after the security of the platform.',
				);
}
