import { type Command, InvalidArgumentError } from 'commander';
import { validate, version } from 'uuid';
import { isVkey } from '../../audit/verify/log.ts';
import { isId } from './is-id.ts';

/** The id of a hold: a UUID of any version, as the log names holds. @throws InvalidArgumentError */
export function anyIdOf(text: string): string {
	if (!isId(text)) throw new InvalidArgumentError('The id of a hold is a UUID in lower case.');
	return text;
}

/** The id of a record. @throws InvalidArgumentError */
export function idOf(text: string): string {
	if (!validate(text) || version(text) !== 7 || text !== text.toLowerCase())
		throw new InvalidArgumentError('An id is a UUIDv7 in lower case.');
	return text;
}

/** A parser of whole numbers in a range. The parser throws InvalidArgumentError for anything else. */
export const wholeNumber =
	(least: number, most: number) =>
	(text: string): number => {
		const number = Number(text);
		if (/^[0-9]{1,10}$/.test(text) && number >= least && number <= most) return number;
		const [from, to] = [least, most].map((bound) => bound.toLocaleString('en'));
		throw new InvalidArgumentError(`Give a whole number from ${from} to ${to}.`);
	};

/** Rows a second. */
export const rateOf = wholeNumber(1, 1_000_000);

/** @throws InvalidArgumentError if the text does not have the form of a verifier key */
export function vkeyOf(text: string): string {
	if (!isVkey(text)) throw new InvalidArgumentError('A verifier key has the form name+id+key.');
	return text;
}

/** The help of options for the account of a person. */
export const SUBJECT_HELP = 'the subject of the account at an external issuer';
export const PERSON_HELP = "the value of the claim FIRMSEAL_PERSON_CLAIM in the person's tokens, if that is set";

/** For `preAction`. Ends the command with an error if `--out` and `--json` both need standard output, or if `--out` is empty. */
export function refuseBadOutput(command: Command): void {
	const { out, json } = command.opts<{ out?: string; json?: boolean }>();
	if (out === '-' && json) command.error('error: --json and --out - both need standard output: leave one out');
	if (out === '') command.error('error: --out names no file');
}
