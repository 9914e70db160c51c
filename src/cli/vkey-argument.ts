import { InvalidArgumentError } from 'commander';

/** A verifier key of any name; whether it is one is for the verifier to say. @throws InvalidArgumentError unless it is of the form of one. */
export function vkeyOf(text: string): string {
	if (!/^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/.test(text))
		throw new InvalidArgumentError('It is not of the form name+id+key.');
	return text;
}
