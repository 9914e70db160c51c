import { InvalidArgumentError } from 'commander';

/** What a command takes for a whole number of a range; throws InvalidArgumentError for anything else. */
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
