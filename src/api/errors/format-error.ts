import { HeaderMap } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { toCallerError } from '../../database/index.ts';
import type { ErrorCode, FirmsealError } from '../../errors.ts';
import { limitError, RateLimitedError } from '../limits/index.ts';
import type { Logger } from '../logger.ts';
import { currentRequestId } from '../request-id.ts';
import { errorHeadersOf, HTTP_STATUS } from './http-status.ts';
import { isGraphQLError, maskArgument, maskSyntax, maskValidation, maskVariable } from './mask-values.ts';
import { reportDatabaseUnavailable } from './report-database-unavailable.ts';

/** All that an error may tell a caller. */
interface CallerError {
	readonly code: ErrorCode;
	readonly message: string;
}

/** Anything unforeseen. */
const INTERNAL: CallerError = {
	code: 'INTERNAL',
	message: 'Something went wrong; quote the request id when you report it.',
};

/**
 * Apollo's `formatError`: the only place where an error becomes an answer. A FirmsealError keeps code and message, a
 * mistake in the document or its variables keeps its message without values, and anything else is INTERNAL with the
 * request id, and a line in the log that names its class. No stack trace and no foreign extension leaves.
 */
export function createFormatError(logger: Logger) {
	/** The request whose errors came last: those of one answer come in a row. */
	let reported: string | undefined;
	return ({ locations, path }: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
		const requestId = currentRequestId();
		const ours = firmsealErrorIn(error);
		const { code, message } = ours ?? mistakeIn(error) ?? INTERNAL;
		const isUnforeseen = code === 'INTERNAL';
		if (isUnforeseen) logger.error({ requestId, err: error }, 'unexpected error');
		if (ours?.cause && requestId !== reported) {
			reported = requestId;
			reportDatabaseUnavailable(logger, requestId, ours);
		}
		return {
			message,
			...(locations && { locations }),
			...(path && { path }),
			extensions: { code, ...(isUnforeseen && requestId && { requestId }) },
		};
	};
}

/**
 * An error for Apollo from one thrown before execution (in making the context): it carries the HTTP status and headers
 * of its code, which an error of a resolver does not, because there other data may be answered.
 */
export function toGraphQLError(error: unknown): GraphQLError {
	const ours = firmsealErrorIn(error);
	const { code, message } = ours ?? INTERNAL;
	const headers = errorHeadersOf(code, ours instanceof RateLimitedError ? ours.retryAfter : undefined);
	return new GraphQLError(message, {
		originalError: error instanceof Error ? error : new Error('not an Error'),
		extensions: { code, http: { status: HTTP_STATUS[code], headers: new HeaderMap(headers) } },
	});
}

/** Follows originalError: graphql-js, Apollo and toGraphQLError each wrap once. */
function firmsealErrorIn(error: unknown): FirmsealError | null {
	let inner = error;
	while (isGraphQLError(inner) && inner.originalError) inner = inner.originalError;
	return toCallerError(inner);
}

/** Codes are Apollo's own; an error with a path comes from a resolver, whose codes and messages are not trusted. */
function mistakeIn(error: unknown): CallerError | null {
	if (!isGraphQLError(error)) return null;
	const argument = maskArgument(error.originalError);
	if (argument) return { code: 'BAD_USER_INPUT', message: argument };
	if (error.path) return null;
	switch (error.extensions.code) {
		case 'GRAPHQL_PARSE_FAILED':
			return limitError(error.message) ?? { code: 'GRAPHQL_PARSE_FAILED', message: maskSyntax(error) };
		case 'GRAPHQL_VALIDATION_FAILED':
			return limitError(error.message) ?? { code: 'GRAPHQL_VALIDATION_FAILED', message: maskValidation(error) };
		case 'BAD_USER_INPUT':
			return { code: 'BAD_USER_INPUT', message: maskVariable(error) };
		case 'OPERATION_RESOLUTION_FAILURE':
			return { code: 'BAD_USER_INPUT', message: 'Name one operation of the document in operationName.' };
		case 'BAD_REQUEST':
		case 'PERSISTED_QUERY_NOT_SUPPORTED':
			return { code: 'BAD_USER_INPUT', message: error.message };
		default:
			return null;
	}
}
