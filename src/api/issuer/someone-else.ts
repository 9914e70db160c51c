import { hash } from 'node:crypto';
import { isSameEmailAddress, lowerCaseAscii } from '../../access/index.ts';
import type { SignInPerson } from './routes.ts';

/** Characters of an address. The API accepts no longer one in an invitation. */
export const MOST_OF_ADDRESS = 200;
/** Printable ASCII, of which one is an @ between two others. */
const ADDRESS = /^[!-?A-~]+@[!-?A-~]+$/;

/** Whether someone who is not in the list may sign in by this address. Those in the list have their own buttons. */
const isOfSomeoneElse = (people: readonly SignInPerson[], address: string): boolean =>
	address.length <= MOST_OF_ADDRESS &&
	ADDRESS.test(address) &&
	!people.some(({ email }) => isSameEmailAddress(email, address));

/**
 * The subject of the person with this address: that of the list, or one that belongs to the address alone. Firmseal gives accounts random
 * ids as subjects, so that no account has the latter unless this person made it, by accepting an invitation. Null for no person.
 */
export function subjectOf(people: readonly SignInPerson[], email: string): string | null {
	const listed = people.find((each) => each.email === email);
	if (listed) return listed.subject;
	return isOfSomeoneElse(people, email) ? `address-${hash('sha256', lowerCaseAscii(email))}` : null;
}

/** Who the form of the page names: a person of the list by their button, or someone else by an address. */
export function readChoice(
	people: readonly SignInPerson[],
	form: URLSearchParams,
): { readonly email: string } | { readonly refusal: string } {
	const [person, address] = [form.get('person'), form.get('address')];
	if (address === null)
		return person !== null && people.some(({ email }) => email === person)
			? { email: person }
			: { refusal: 'Choose one of the people on the page.' };
	if (person !== null) return { refusal: 'Choose one person.' };
	const email = lowerCaseAscii(address.trim());
	if (people.some((each) => isSameEmailAddress(each.email, email)))
		return { refusal: 'This address is of a person in the list: choose them there.' };
	return isOfSomeoneElse(people, email)
		? { email }
		: { refusal: `Write an e-mail address of at most ${MOST_OF_ADDRESS} ASCII characters, as name@host.` };
}
