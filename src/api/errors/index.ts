export { createFormatError, reportDatabaseUnavailable, toGraphQLError } from './format-error.ts';
export { errorHeadersOf, HTTP_STATUS, RETRY_AFTER_SECONDS } from './http-status.ts';
