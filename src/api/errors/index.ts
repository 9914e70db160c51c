export { createFormatError, toGraphQLError } from './format-error.ts';
export { headersOf, RETRY_AFTER, STATUS_OF } from './status-of.ts';
export { tellAway } from './tell-away.ts';
