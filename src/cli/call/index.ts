export { endlessListError, firmIdOf, followPages, pages } from './api-lists.ts';
export {
	type ApiData,
	assertToken,
	type CallApi,
	type CallApiPartially,
	credentialsOf,
	errorOf,
	isListOf,
	isObject,
	jsonIn,
	leaseCaller,
	operationCaller,
	type PartialAnswer,
	partialQueryCaller,
	queryCaller,
	textOf,
} from './call-api.ts';
export {
	type ApiAnswer,
	type ApiCredentials,
	DisconnectedError,
	invalidApiAnswer,
	RestartError,
	type RetryPolicy,
	retryAfterOf,
	sendRequest,
	unexpectedAnswer,
} from './send-request.ts';
