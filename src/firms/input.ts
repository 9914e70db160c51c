import { isVisibleLine } from '../access/index.ts';
import { FirmsealError } from '../errors.ts';

/** @throws FirmsealError BAD_USER_INPUT unless the text is one line of 1 to 200 characters that hides nothing. */
export function checkLine(text: string, name: string): string {
	if (!isVisibleLine(text, 200))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			`The ${name} must be 1 to 200 characters on one line, all of them visible.`,
		);
	return text;
}
