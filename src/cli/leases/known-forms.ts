import { fitsDisplay, hasNoHiddenCharacters, isVisibleLine, LEASE_STATES } from '../../access/index.ts';
import { FirmsealError } from '../../errors.ts';

/** The form of each value that no hash covers. Ids are checked where answers are read. */
const FORMS = {
	times: (value: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
	names: (value: string) => isVisibleLine(value, 320),
	texts: (value: string) => value.length <= 4000 && hasNoHiddenCharacters(value, 'LINES') && fitsDisplay(value),
	fields: (value: string) => /^[A-Za-z]{1,63}\.[A-Za-z]{1,63}$/.test(value),
	counts: (value: string) => /^\d{1,16}$/.test(value),
	states: (value: string) => (LEASE_STATES as readonly string[]).includes(value),
	sides: (value: string) => value === 'FIRM' || value === 'PLATFORM',
};

/** What to do when the API shows something about a lease that can't be right. */
export const DISTRUST = 'Do not agree to it, and report this to the people responsible for the platform’s security.';

/** Values by the form that they must have. null and undefined are skipped. */
export type UnhashedValues = {
	readonly [Form in keyof typeof FORMS]?: readonly (string | number | null | undefined)[];
};

/**
 * Asserts that each value has its form. In a value of another form a server could hide lines that look like rows of the command's own output.
 * @throws FirmsealError CONFLICT
 */
export function assertKnownForms(values: UnhashedValues): void {
	for (const [form, isOfForm] of Object.entries(FORMS))
		for (const each of values[form as keyof UnhashedValues] ?? [])
			if (each !== null && each !== undefined && !isOfForm(`${each}`))
				throw new FirmsealError(
					'CONFLICT',
					`The API shows a value of the lease in a form that Firmseal never uses. ${DISTRUST}`,
				);
}
