export { createFormatError, toGraphQLError } from './format-error.ts';
export { errorHeadersOf, HTTP_STATUS, RETRY_AFTER_SECONDS } from './http-status.ts';
export { reportDatabaseUnavailable } from './report-database-unavailable.ts';
