/**
 * An e-mail address as it is compared. Only A to Z are another case of a letter: what Unicode says of others makes one address of two, such
 * as of k and the sign for kelvin.
 */
export const lowerCaseAscii = (address: string): string =>
	address.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

export const isSameEmailAddress = (one: string, other: string): boolean =>
	lowerCaseAscii(one) === lowerCaseAscii(other);
