import { KMSServiceException } from '@aws-sdk/client-kms';
import { KeyUnavailableError, type KeyUnavailableReason } from '../../keys/index.ts';

/** What the SDK throws: the name of a class, an errno, and the HTTP status if there was an answer. */
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

/** Errors of the caller's credentials, which say nothing about the key. */
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

/** The SDK's names for an error without a name. */
const UNNAMED: ReadonlySet<string> = new Set(['Unknown', 'UnknownError', 'Error', '']);

const TIMEOUT_NAMES: ReadonlySet<unknown> = new Set(['TimeoutError', 'AbortError', 'RequestTimeout', 'ETIMEDOUT']);

const REFUSED: Readonly<Record<string, string>> = {
	AccessDenied: 'AWS denies this process the operation: check its role and the policy of the key.',
	AccessDeniedException: 'AWS denies this process the operation: check its role and the policy of the key.',
	DisabledException: 'The wrapping key of this firm is disabled: enable it first.',
	KMSInvalidStateException:
		'The state of the firm’s wrapping key does not allow this operation: see `firmseal keys list`.',
	NotFoundException: 'This firm has no wrapping key in this account and region: create it with createKey.',
	InvalidCiphertextException: 'The data key cannot be opened with the wrapping key and context of this firm and class.',
	IncorrectKeyException: 'The data key was wrapped under a wrapping key that is not this firm’s.',
	InvalidGrantTokenException: 'A grant token does not belong to this wrapping key.',
	UnsupportedOperationException:
		'The key service does not support this operation for this kind of key: ask the owner of the key.',
};

export const noAnswerError = (): KeyUnavailableError =>
	new KeyUnavailableError('AWAY', 'The key service did not answer in time: try again later.');

export const unreadableAnswerError = (requestId?: string): KeyUnavailableError =>
	new KeyUnavailableError('REFUSED', 'The key service gave an invalid answer, which was not used.', requestId);

/** Translates an error of a KMS call to the port's error, with the id of the request. Drops the service's own text. */
export function toKeyError(error: unknown): KeyUnavailableError {
	if (error instanceof KeyUnavailableError) return error;
	const { name = '', code, $metadata } = (error ?? {}) as Thrown;
	const { httpStatusCode: status, requestId } = $metadata ?? {};
	const unavailable = (reason: KeyUnavailableReason, message: string) =>
		new KeyUnavailableError(reason, message, requestId);
	if (THROTTLED.has(name) || status === 429)
		return unavailable('THROTTLED', 'The key service is overloaded, or a quota is used up: try again later.');
	if (TIMEOUT_NAMES.has(name) || TIMEOUT_NAMES.has(code)) return noAnswerError();
	if (NOT_ACCEPTED.has(name))
		return unavailable(
			'AWAY',
			'AWS does not accept the credentials of this process: renew them, and check this machine’s clock.',
		);
	if (IN_TROUBLE.has(name) || (status !== undefined && status >= 500))
		return unavailable('AWAY', 'The key service reports an internal failure: try again later.');
	// A proxy may also refuse, but not with a name of this service.
	if (error instanceof KMSServiceException && !UNNAMED.has(name))
		return unavailable('REFUSED', REFUSED[name] ?? 'The key service refused the request as invalid.');
	if (status !== undefined)
		return unavailable('AWAY', 'The answer is not from the key service: check AWS_ENDPOINT_URL, and any proxies.');
	return unavailable(
		'AWAY',
		'The key service cannot be reached: check the network, AWS_REGION and any AWS_ENDPOINT_URL.',
	);
}

/** Translates an error of the search for credentials. `setting`: the setting of the role to assume; null if there is no role. */
export function toCredentialsError(error: unknown, setting: string | null): KeyUnavailableError {
	const { name = '', $metadata } = (error ?? {}) as Thrown;
	if (/^(?:Credentials|Token)ProviderError$|^ProviderError$/.test(name))
		return new KeyUnavailableError(
			'AWAY',
			'This process has no AWS credentials: give its machine or task a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
		);
	const status = $metadata?.httpStatusCode ?? 500;
	const isRefused = status >= 400 && status < 500 && ![THROTTLED, NOT_ACCEPTED].some((names) => names.has(name));
	if (setting && isRefused)
		return new KeyUnavailableError(
			'REFUSED',
			`This process may not assume the role in ${setting}: check its ARN and its trust policy.`,
		);
	// Drops the request id, which belongs to a call of STS, not of KMS.
	const { reason, message } = toKeyError(error);
	return new KeyUnavailableError(reason, message);
}

/** For a `catch`: returns `value` for the service error of this name, and throws any other error again. */
export const replaceError =
	<Value>(name: string, value: Value) =>
	(error: unknown): Value => {
		if (error instanceof Error && error.name === name) return value;
		throw error;
	};
