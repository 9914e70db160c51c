import type { GraphQLResponse } from '@apollo/server';
import { HeaderMap } from '@apollo/server';
import { describe, expect, it } from 'vitest';
import { outcomeOf, setResponseStatus } from '../../../src/api/http/index.ts';

function answer(data: object | null | undefined, codes: readonly string[], status?: number): GraphQLResponse {
	const errors = codes.map((code) => ({ message: code, extensions: { code } }));
	const singleResult = { ...(data !== undefined && { data: data as Record<string, unknown> | null }), errors };
	return { http: { ...(status && { status }), headers: new HeaderMap() }, body: { kind: 'single', singleResult } };
}

function statusOf(response: GraphQLResponse): number | undefined {
	setResponseStatus(response);
	return response.http.status;
}

describe('setResponseStatus', () => {
	it('takes the status of the first code when there is no data', () => {
		const response = answer(null, ['AUDIT_UNAVAILABLE', 'FORBIDDEN']);
		expect(statusOf(response)).toBe(503);
		expect(response.http.headers.get('retry-after')).toBe('5');
		expect(statusOf(answer(undefined, ['TOO_EXPENSIVE'], 500))).toBe(400);
		expect(statusOf(answer(null, ['NOT_A_CODE']))).toBe(500);
	});

	it('leaves an answer with data, and what Apollo has decided of a wrong request', () => {
		expect(statusOf(answer({ note: null }, ['KEY_UNAVAILABLE']))).toBeUndefined();
		expect(statusOf(answer({}, []))).toBeUndefined();
		expect(statusOf(answer(undefined, ['BAD_USER_INPUT'], 405))).toBe(405);
	});
});

describe('outcomeOf', () => {
	it('is the first code, OK, or INTERNAL for a code that is not of the list', () => {
		expect(outcomeOf(answer({}, []))).toBe('OK');
		expect(outcomeOf(answer({}, ['CIPHERTEXT_INVALID', 'FORBIDDEN']))).toBe('CIPHERTEXT_INVALID');
		expect(outcomeOf(answer({}, ['client-chosen']))).toBe('INTERNAL');
	});
});
