import { FirmsealError } from '../../errors.ts';

/** No refusal has a cause, because the errors of JSON parsers and libraries quote the text. */

/** The caller can fix the input. */
export const badInputError = (sentence: string): FirmsealError => new FirmsealError('BAD_USER_INPUT', sentence);

/** The input is damaged or forged. */
export const damagedInputError = (sentence: string): FirmsealError => new FirmsealError('CIPHERTEXT_INVALID', sentence);
