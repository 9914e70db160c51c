import { HeaderMap } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { toCallerError } from '../../database/index.ts';
import { type ErrorCode, type FirmsealError, StaleSignInError } from '../../errors.ts';
import { limitError, RateLimitedError } from '../limits/index.ts';
import type { Logger } from '../logger.ts';
import { currentRequestId } from '../request-id.ts';
import { errorHeadersOf, HTTP_STATUS } from './http-status.ts';
import { isGraphQLError, maskArgument, maskSyntax, maskValidation, maskVariable } from './mask-values.ts';

/** Everything that an error may tell a caller. */
interface CallerError {
	readonly code: ErrorCode;
	readonly message: string;
}

/** The answer to any unexpected error. */
const INTERNAL: CallerError = {
	code: 'INTERNAL',
	message: 'Something went wrong; quote the request id when you report it.',
};

/**
 * Apollo's `formatError`: the only place that turns an error into an answer. A FirmsealError keeps its code and message. A mistake in
 * the document or its variables keeps its message without values. Anything else becomes INTERNAL with the request id, and a log line
 * that names the error's class. No stack trace and no foreign extension leaves the server.
 */
export function createFormatError(logger: Logger) {
	/** The last request whose error was reported. The errors of one answer are formatted one after another. */
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
			extensions: {
				code,
				...(ours instanceof StaleSignInError && { maxAge: ours.maxAge }),
				...(isUnforeseen && requestId && { requestId }),
			},
		};
	};
}

/**
 * Converts an error thrown before execution (while the context is made) for Apollo. The result carries the HTTP status and headers of
 * its code. A resolver's error does not, because the answer may hold other data.
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

/** Follows originalError: graphql-js, Apollo and toGraphQLError each wrap an error once. */
function firmsealErrorIn(error: unknown): FirmsealError | null {
	let inner = error;
	while (isGraphQLError(inner) && inner.originalError) inner = inner.originalError;
	return toCallerError(inner);
}

/** The codes are Apollo's own. An error with a path comes from a resolver, so its code and message are not trusted. */
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

/** Logs which request found the database unavailable, with the error's code (database-error.ts). */
export function reportDatabaseUnavailable(logger: Logger, requestId: string | undefined, error: FirmsealError): void {
	if (error.cause) logger.warn({ requestId, err: error }, 'the database was unavailable during a request');
}
