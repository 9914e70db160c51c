const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BITS = 5;
export const GROUP_LENGTH = 4;

/** `bytes` as characters of five bits, most significant first; bits that fill no character are left out. FORMAT.md section 11. */
export function toCharacters(bytes: Uint8Array, count: number): string {
	return Array.from({ length: count }, (_, at) => ALPHABET.charAt(bitsAt(bytes, at * BITS))).join('');
}

function bitsAt(bytes: Uint8Array, start: number): number {
	let value = 0;
	for (let bit = start; bit < start + BITS; bit++) {
		value = (value << 1) | (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
	}
	return value;
}

/** In groups of four with hyphens, as people see it. */
export const grouped = (characters: string): string => (characters.match(/.{1,4}/g) ?? []).join('-');

/**
 * The characters that a person meant, without hyphens and white space, in capitals, `O` as 0, `I` and `L` as 1. Only ASCII letters change
 * their case: some others become ASCII in capitals. What is not in the alphabet stays.
 */
export function readCharacters(typed: string): string {
	return typed
		.replaceAll(/[-\s]/g, '')
		.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())
		.replaceAll('O', '0')
		.replaceAll(/[IL]/g, '1');
}

/** Index of the first character that the alphabet lacks, or -1. */
export const firstForeign = (characters: string): number => characters.search(/[^0-9A-HJKMNP-TV-Z]/);
