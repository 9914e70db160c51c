import { type GraphQLResponse, HeaderMap } from '@apollo/server';
import { describe, expect, it } from 'vitest';
import { outcomeOf, setResponseStatus } from '../../../src/api/http/index.ts';

function answer(data: object | null | undefined, codes: readonly string[], status?: number): GraphQLResponse {
	const errors = codes.map((code) => ({ message: code, extensions: { code } }));
	const singleResult = { ...(data !== undefined && { data: data as Record<string, unknown> | null }), errors };
	return { http: { ...(status && { status }), headers: new HeaderMap() }, body: { kind: 'single', singleResult } };
}

function statusOf(
	response: GraphQLResponse,
	accept?: string,
	source: string | null = '{ document }',
): number | undefined {
	const headers = new HeaderMap(accept === undefined ? [] : [['accept', accept]]);
	const http = { method: 'POST', headers, search: '', body: {} };
	setResponseStatus({ request: { http }, response, ...(source !== null && { source }) });
	return response.http.status;
}

describe('setResponseStatus', () => {
	it('uses the status of the first error code if there is no data', () => {
		const response = answer(null, ['AUDIT_UNAVAILABLE', 'FORBIDDEN']);
		expect(statusOf(response)).toBe(503);
		expect(response.http.headers.get('retry-after')).toBe('5');
		expect(statusOf(answer(undefined, ['TOO_EXPENSIVE'], 500))).toBe(400);
		expect(statusOf(answer(null, ['NOT_A_CODE']))).toBe(500);
	});

	it('keeps the status of a response with data, and Apollo’s status for an invalid request', () => {
		expect(statusOf(answer({ note: null }, ['KEY_UNAVAILABLE']))).toBeUndefined();
		expect(statusOf(answer({}, []))).toBeUndefined();
		expect(statusOf(answer(undefined, ['BAD_USER_INPUT'], 405))).toBe(405);
	});

	it('prefers the code of a withheld response to the status that Apollo chose', () => {
		expect(statusOf(answer(null, ['AUDIT_UNAVAILABLE'], 400), 'application/json')).toBe(503);
	});

	it.each(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'])(
		'answers %s with 200 if the client asks for application/json by name and execution has not begun',
		(code) => {
			const older = ['application/json', 'application/json, text/plain, */*', 'application/*;q=0.1, application/json'];
			const newer = [undefined, '*/*', 'application/graphql-response+json', 'text/html, application/*'];
			const both = 'application/graphql-response+json, application/json;q=0.9';
			for (const accept of older) expect(statusOf(answer(undefined, [code], 400), accept)).toBe(200);
			for (const accept of [...newer, both]) expect(statusOf(answer(undefined, [code], 400), accept)).toBe(400);
			expect(statusOf(answer(undefined, [code], 400), 'application/json', null)).toBe(400);
			expect(statusOf(answer(null, [code]), 'application/json')).toBe(400);
		},
	);

	it.each([
		['UNAUTHENTICATED', 401],
		['FORBIDDEN', 403],
		['TOO_EXPENSIVE', 400],
		['RATE_LIMITED', 429],
		['INTERNAL', 500],
	])('answers %s with %i for either media type', (code, status) => {
		for (const accept of ['application/json', 'application/graphql-response+json'])
			expect(statusOf(answer(undefined, [code], 500), accept)).toBe(status);
	});
});

describe('outcomeOf', () => {
	it('is the first code, OK, or INTERNAL for an unknown code', () => {
		expect(outcomeOf(answer({}, []))).toBe('OK');
		expect(outcomeOf(answer({}, ['CIPHERTEXT_INVALID', 'FORBIDDEN']))).toBe('CIPHERTEXT_INVALID');
		expect(outcomeOf(answer({}, ['client-chosen']))).toBe('INTERNAL');
	});
});
