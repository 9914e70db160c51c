import { InvalidArgumentError } from 'commander';
import { validate, version } from 'uuid';
import { isId } from './is-id.ts';

/** An id as the log names a hold by, of any version. @throws InvalidArgumentError */
export function anyIdOf(text: string): string {
	if (!isId(text)) throw new InvalidArgumentError('An id of a hold is a UUID in lower case.');
	return text;
}

/** What a command takes for the id of a record. @throws InvalidArgumentError */
export function idOf(text: string): string {
	if (!validate(text) || version(text) !== 7 || text !== text.toLowerCase())
		throw new InvalidArgumentError('An id is a UUIDv7 in lower case.');
	return text;
}

/** A whole number of a range. The result throws InvalidArgumentError for anything else. */
export const wholeNumber =
	(least: number, most: number) =>
	(text: string): number => {
		const number = Number(text);
		if (/^[0-9]{1,10}$/.test(text) && number >= least && number <= most) return number;
		const [from, to] = [least, most].map((bound) => bound.toLocaleString('en'));
		throw new InvalidArgumentError(`It is a whole number from ${from} to ${to}.`);
	};

/** Rows a second. */
export const rateOf = wholeNumber(1, 1_000_000);

/** Whether the text is of the form of a verifier key of any name; whether it is one is for the verifier to say. */
export const isVkey = (text: string): boolean => /^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/.test(text);

/** @throws InvalidArgumentError unless it is of the form of a verifier key. */
export function vkeyOf(text: string): string {
	if (!isVkey(text)) throw new InvalidArgumentError('It is not of the form name+id+key.');
	return text;
}
