import { describe, expect, it } from 'vitest';
import { errorHeadersOf, HTTP_STATUS } from '../../../src/api/errors/http-status.ts';
import { ERROR_CODES } from '../../../src/errors.ts';

describe('HTTP_STATUS and errorHeadersOf', () => {
	it('have a status for every code, and for no others', () => {
		expect(Object.keys(HTTP_STATUS)).toEqual([...ERROR_CODES]);
		for (const status of Object.values(HTTP_STATUS)) expect(status).toBeGreaterThanOrEqual(400);
	});

	it('add Retry-After for 503 or a known time, and WWW-Authenticate for 401', () => {
		const withHeaders = ERROR_CODES.filter((code) => errorHeadersOf(code).length > 0);
		expect(withHeaders).toEqual(['UNAUTHENTICATED', 'KEY_UNAVAILABLE', 'AUDIT_UNAVAILABLE']);
		expect(errorHeadersOf('AUDIT_UNAVAILABLE')).toEqual([['retry-after', '5']]);
		expect(errorHeadersOf('RATE_LIMITED', 17)).toEqual([['retry-after', '17']]);
	});
});
