import { FirmsealError } from '../errors.ts';

/** What may not be sealed. The sentence names the type and the mend, never the value. */
export function invalidValueError(sentence: string): FirmsealError {
	return new FirmsealError('BAD_USER_INPUT', sentence);
}
