import { FirmsealError } from '../errors.ts';

/**
 * The only error for a value that does not open. An error that named the cause would tell an attacker what to change next. FORMAT.md
 * section 6.
 */
export function unopenableError(): FirmsealError {
	return new FirmsealError(
		'CIPHERTEXT_INVALID',
		'This stored value does not open: it was damaged or moved from another place, so restore it from a backup.',
	);
}
