import type { ErrorCode } from '../../errors.ts';

/** HTTP status of an answer without data, by the code of its first error. */
export const HTTP_STATUS: Readonly<Record<ErrorCode, number>> = {
	UNAUTHENTICATED: 401,
	FORBIDDEN: 403,
	NOT_FOUND: 404,
	BAD_USER_INPUT: 400,
	CONFLICT: 409,
	LEASE_REQUIRED: 403,
	LEASE_NOT_ACTIVE: 403,
	LEASE_SCOPE: 403,
	KEY_UNAVAILABLE: 503,
	CIPHERTEXT_INVALID: 422,
	AUDIT_UNAVAILABLE: 503,
	TOO_EXPENSIVE: 400,
	PAYLOAD_TOO_LARGE: 413,
	RATE_LIMITED: 429,
	GRAPHQL_PARSE_FAILED: 400,
	GRAPHQL_VALIDATION_FAILED: 400,
	INTERNAL: 500,
};

/** Seconds after which a caller may retry when a service was unavailable. */
export const RETRY_AFTER_SECONDS = '5';

/**
 * Headers that go with a status: RFC 9110, sections 10.2.3 (Retry-After) and 11.6.1 (WWW-Authenticate). `retryAfter`: whole seconds,
 * if the error knows them.
 */
export function errorHeadersOf(
	code: ErrorCode,
	retryAfter?: number,
): readonly (readonly [name: string, value: string])[] {
	if (retryAfter !== undefined) return [['retry-after', String(retryAfter)]];
	if (HTTP_STATUS[code] === 503) return [['retry-after', RETRY_AFTER_SECONDS]];
	return code === 'UNAUTHENTICATED' ? [['www-authenticate', 'Bearer']] : [];
}
