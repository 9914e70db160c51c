import type { BaseContext, GraphQLRequestContext, GraphQLResponse } from '@apollo/server';
import { ERROR_CODES, type ErrorCode } from '../../errors.ts';
import { errorHeadersOf, HTTP_STATUS } from '../errors/index.ts';
import { prefersLegacyJson } from './media-types.ts';

/** An answer as in willSendResponse. `source` is the document, undefined if there is none. */
type Answered = Pick<GraphQLRequestContext<BaseContext>, 'request' | 'source'> & { readonly response: GraphQLResponse };

const CODES: ReadonlySet<unknown> = new Set(ERROR_CODES);

/** Codes that mean a mistake in the document or its variables. */
const DOCUMENT_ERROR_CODES: ReadonlySet<unknown> = new Set<ErrorCode>([
	'GRAPHQL_PARSE_FAILED',
	'GRAPHQL_VALIDATION_FAILED',
	'BAD_USER_INPUT',
]);

/** The code of an answer's first error, or OK. */
export function outcomeOf({ body }: Pick<GraphQLResponse, 'body'>): ErrorCode | 'OK' {
	const { errors } = body.kind === 'single' ? body.singleResult : body.initialResult;
	const [first] = errors ?? [];
	if (!first) return 'OK';
	const code = first.extensions?.code;
	return CODES.has(code) ? (code as ErrorCode) : 'INTERNAL';
}

/**
 * Gives an answer without data the status and headers of its first error. A status that Apollo has chosen for a wrong request (405,
 * 415 …) stays. An answer with data is 200, even with errors. So is an error about the document, for clients that prefer the older
 * media type. Call it last, when the body is final.
 */
export function setResponseStatus({ request, response, source }: Answered): void {
	const outcome = outcomeOf(response);
	if (outcome === 'OK' || response.body.kind !== 'single' || response.body.singleResult.data) return;
	const chosen = response.http.status;
	if (chosen !== undefined && chosen !== 200 && chosen !== 400 && chosen !== 500) return;
	const isOfDocument =
		DOCUMENT_ERROR_CODES.has(outcome) && source !== undefined && !('data' in response.body.singleResult);
	if (isOfDocument && prefersLegacyJson(request.http?.headers.get('accept'))) {
		response.http.status = 200;
		return;
	}
	response.http.status = HTTP_STATUS[outcome];
	for (const [name, value] of errorHeadersOf(outcome)) response.http.headers.set(name, value);
}
