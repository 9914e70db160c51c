import { FirmsealError } from '../../errors.ts';

/*
 * No refusal has a cause: what JSON parsers and the libraries say of a text, they say by quoting it.
 */

/** Something that whoever asks can give otherwise. */
export const badInputError = (sentence: string): FirmsealError => new FirmsealError('BAD_USER_INPUT', sentence);

/** Something that is damaged or forged. */
export const damagedInputError = (sentence: string): FirmsealError => new FirmsealError('CIPHERTEXT_INVALID', sentence);
