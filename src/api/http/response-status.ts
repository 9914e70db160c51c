import type { GraphQLResponse } from '@apollo/server';
import { ERROR_CODES, type ErrorCode } from '../../errors.ts';
import { headersOf, STATUS_OF } from '../status-of.ts';

const CODES: ReadonlySet<unknown> = new Set(ERROR_CODES);

/** The code of the first error of an answer, or OK. */
export function outcomeOf({ body }: Pick<GraphQLResponse, 'body'>): ErrorCode | 'OK' {
	const { errors } = body.kind === 'single' ? body.singleResult : body.initialResult;
	const [first] = errors ?? [];
	if (!first) return 'OK';
	const code = first.extensions?.code;
	return CODES.has(code) ? (code as ErrorCode) : 'INTERNAL';
}

/**
 * Gives an answer without data the status and headers of its first error; a status that Apollo has chosen for a wrong
 * request (405, 415 …) stays. An answer with data is 200, whatever errors it holds. To be called last, when the body is final.
 */
export function setResponseStatus(response: GraphQLResponse): void {
	const outcome = outcomeOf(response);
	if (outcome === 'OK' || response.body.kind !== 'single' || response.body.singleResult.data) return;
	const chosen = response.http.status;
	if (chosen !== undefined && chosen !== 200 && chosen !== 500) return;
	response.http.status = STATUS_OF[outcome];
	for (const [name, value] of headersOf(outcome)) response.http.headers.set(name, value);
}
