/**
 * Every code that a caller can meet in `extensions.code` or in a problem document.
 * The list is fixed: clients switch on it.
 */
export const ERROR_CODES = [
	'UNAUTHENTICATED',
	'FORBIDDEN',
	'NOT_FOUND',
	'BAD_USER_INPUT',
	'CONFLICT',
	'LEASE_REQUIRED',
	'LEASE_NOT_ACTIVE',
	'LEASE_SCOPE',
	'KEY_UNAVAILABLE',
	'CIPHERTEXT_INVALID',
	'AUDIT_UNAVAILABLE',
	'TOO_EXPENSIVE',
	'PAYLOAD_TOO_LARGE',
	'RATE_LIMITED',
	'GRAPHQL_PARSE_FAILED',
	'GRAPHQL_VALIDATION_FAILED',
	'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * An error whose message may be shown to the caller. The message is one sentence that tells what to do;
 * it never holds content, a key, a token or a bound parameter.
 */
export class FirmsealError extends Error {
	override readonly name: string = 'FirmsealError';
	readonly code: ErrorCode;

	/** `cause`: for the log alone, which takes its class and code. */
	constructor(code: ErrorCode, message: string, options?: Pick<ErrorOptions, 'cause'>) {
		super(message, options);
		this.code = code;
	}

	/** graphql-js takes it over into the error that it answers. */
	get extensions(): { readonly code: ErrorCode } {
		return { code: this.code };
	}
}

/** Why the process will not start, and the mend; for whoever deploys, never for a caller. */
export class SetupError extends Error {
	override readonly name = 'SetupError';
}
