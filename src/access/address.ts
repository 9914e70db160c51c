/**
 * An e-mail address as it is compared. Only A to Z are another case of a letter: what Unicode says of others makes one address of two, such
 * as of k and the sign for kelvin.
 */
export const foldAddress = (address: string): string => address.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

export const isSameAddress = (one: string, other: string): boolean => foldAddress(one) === foldAddress(other);
