/**
 * The form in which e-mail addresses are compared. Only A to Z change: Unicode's rules for other letters would make two addresses equal,
 * such as k and the Kelvin sign.
 */
export const lowerCaseAscii = (address: string): string =>
	address.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

export const isSameEmailAddress = (one: string, other: string): boolean =>
	lowerCaseAscii(one) === lowerCaseAscii(other);
