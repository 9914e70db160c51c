import { InvalidArgumentError } from 'commander';

/** Whether the text is of the form of a verifier key of any name; whether it is one is for the verifier to say. */
export const isVkey = (text: string): boolean => /^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/.test(text);

/** @throws InvalidArgumentError unless it is of the form of a verifier key. */
export function vkeyOf(text: string): string {
	if (!isVkey(text)) throw new InvalidArgumentError('It is not of the form name+id+key.');
	return text;
}
