import { KMSServiceException } from '@aws-sdk/client-kms';
import { KeyUnavailableError, type KeyUnavailableReason } from '../../keys/index.ts';

/** What the SDK throws: a class by its name, an errno, the HTTP status where there was an answer. */
interface Thrown {
	readonly name?: string;
	readonly code?: unknown;
	readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

const THROTTLED: ReadonlySet<string> = new Set([
	'BandwidthLimitExceeded',
	'LimitExceeded',
	'LimitExceededException',
	'PriorRequestNotComplete',
	'RequestLimitExceeded',
	'RequestThrottled',
	'RequestThrottledException',
	'SlowDown',
	'ThrottledException',
	'Throttling',
	'ThrottlingException',
	'TooManyRequestsException',
]);

const IN_TROUBLE: ReadonlySet<string> = new Set([
	'DependencyTimeoutException',
	'InternalFailure',
	'KMSInternalException',
	'KeyUnavailableException',
	'ServiceUnavailable',
	'ServiceUnavailableException',
]);

/** What is wrong is who asks, not the key: nothing is said of any key by these. */
const NOT_ACCEPTED: ReadonlySet<string> = new Set([
	'AuthFailure',
	'ExpiredToken',
	'ExpiredTokenException',
	'IncompleteSignature',
	'IncompleteSignatureException',
	'InvalidAccessKeyId',
	'InvalidClientTokenId',
	'InvalidSignatureException',
	'MissingAuthenticationToken',
	'MissingAuthenticationTokenException',
	'RequestExpired',
	'SignatureDoesNotMatch',
	'UnrecognizedClientException',
]);

/** What the SDK calls an error that has no name. */
const UNNAMED: ReadonlySet<string> = new Set(['Unknown', 'UnknownError', 'Error', '']);

const TIMEOUT_NAMES: ReadonlySet<unknown> = new Set(['TimeoutError', 'AbortError', 'RequestTimeout', 'ETIMEDOUT']);

const REFUSED: Readonly<Record<string, string>> = {
	AccessDenied: 'AWS gives this process no right to this: check its role and the policy of the key.',
	AccessDeniedException: 'AWS gives this process no right to this: check its role and the policy of the key.',
	DisabledException: 'The wrapping key of this firm is disabled: enable it first.',
	KMSInvalidStateException:
		'The wrapping key of this firm is not in a state for this: look at it with `firmseal keys list`.',
	NotFoundException: 'This firm has no wrapping key in this account and region: make it with createKey.',
	InvalidCiphertextException: 'The data key does not open under the wrapping key and context of this firm and class.',
	IncorrectKeyException: 'The data key was wrapped under another wrapping key than this firm has.',
	InvalidGrantTokenException: 'The token of a grant is not one of this wrapping key.',
	UnsupportedOperationException: 'The key service does not do this with a key of this kind: ask the owner of the key.',
};

export const noAnswerError = (): KeyUnavailableError =>
	new KeyUnavailableError('AWAY', 'The key service did not answer in time: try again later.');

export const unreadableAnswerError = (requestId?: string): KeyUnavailableError =>
	new KeyUnavailableError(
		'REFUSED',
		'The key service gave an answer that cannot be right; it was not used.',
		requestId,
	);

/** What a call of KMS has thrown, as the port says it, with the id of the call; of the service's own text nothing is kept. */
export function toKeyError(error: unknown): KeyUnavailableError {
	if (error instanceof KeyUnavailableError) return error;
	const { name = '', code, $metadata } = (error ?? {}) as Thrown;
	const { httpStatusCode: status, requestId } = $metadata ?? {};
	const unavailable = (reason: KeyUnavailableReason, message: string) =>
		new KeyUnavailableError(reason, message, requestId);
	if (THROTTLED.has(name) || status === 429)
		return unavailable('THROTTLED', 'The key service has too much to do, or a quota is used up: wait.');
	if (TIMEOUT_NAMES.has(name) || TIMEOUT_NAMES.has(code)) return noAnswerError();
	if (NOT_ACCEPTED.has(name))
		return unavailable('AWAY', 'AWS does not accept the credentials of this process: renew them, and check its clock.');
	if (IN_TROUBLE.has(name) || (status !== undefined && status >= 500))
		return unavailable('AWAY', 'The key service has trouble of its own: try again later.');
	// A proxy on the way refuses too, but not by a name of this service.
	if (error instanceof KMSServiceException && !UNNAMED.has(name))
		return unavailable('REFUSED', REFUSED[name] ?? 'The key service refused the call as it was made.');
	if (status !== undefined)
		return unavailable('AWAY', 'What answers is not the key service: check AWS_ENDPOINT_URL and proxies on the way.');
	return unavailable(
		'AWAY',
		'The key service cannot be reached: check the network, AWS_REGION and any AWS_ENDPOINT_URL.',
	);
}

/** Of what the search for credentials has thrown. `setting`: of the role that was to be assumed; null: none was. */
export function toCredentialsError(error: unknown, setting: string | null): KeyUnavailableError {
	const { name = '', $metadata } = (error ?? {}) as Thrown;
	if (/^(?:Credentials|Token)ProviderError$|^ProviderError$/.test(name))
		return new KeyUnavailableError(
			'AWAY',
			'This process has no AWS credentials: give it a role of its machine or task, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
		);
	const status = $metadata?.httpStatusCode ?? 500;
	const isRefused = status >= 400 && status < 500 && ![THROTTLED, NOT_ACCEPTED].some((names) => names.has(name));
	if (setting && isRefused)
		return new KeyUnavailableError(
			'REFUSED',
			`This process may not assume the role in ${setting}: check its ARN and its trust policy.`,
		);
	// The id is of a call to STS: KMS was not asked.
	const { reason, message } = toKeyError(error);
	return new KeyUnavailableError(reason, message);
}

/** For a `catch`: the answer instead of that one error of the service. */
export const replaceError =
	<Value>(name: string, value: Value) =>
	(error: unknown): Value => {
		if (error instanceof Error && error.name === name) return value;
		throw error;
	};
