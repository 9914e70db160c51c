import { FirmsealError } from '../errors.ts';

/** @throws FirmsealError BAD_USER_INPUT unless the text is one line of 1 to 200 characters. */
export function checkLine(text: string, name: string): string {
	if (!/^\P{C}{1,200}$/u.test(text))
		throw new FirmsealError('BAD_USER_INPUT', `The ${name} must be 1 to 200 characters on one line.`);
	return text;
}
