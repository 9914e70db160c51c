export { createFormatError, toGraphQLError } from './format-error.ts';
export { errorHeadersOf, HTTP_STATUS, RETRY_AFTER_SECONDS } from './status-of.ts';
export { reportDatabaseUnavailable } from './tell-away.ts';
