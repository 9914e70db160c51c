import { FirmsealError } from '../errors.ts';

/**
 * The one answer to a value that does not open, whatever the cause: telling causes apart would tell an attacker what
 * to change next. FORMAT.md section 6.
 */
export function unopenableError(): FirmsealError {
	return new FirmsealError(
		'CIPHERTEXT_INVALID',
		'This stored value does not open: it was damaged or moved from another place, so restore it from a backup.',
	);
}
