import { ObjectStoreError, type ObjectStoreReason } from '../../documents/index.ts';

type ErrorText = readonly [ObjectStoreReason, string];

const NO_BUCKET: ErrorText = [
	'REFUSED',
	'The bucket in FIRMSEAL_S3_BUCKET does not exist: create it, or correct the name.',
];
const OTHER_REGION: ErrorText = [
	'REFUSED',
	'The bucket in FIRMSEAL_S3_BUCKET is not in the region in AWS_REGION: set AWS_REGION to the bucket’s region.',
];
const NO_RIGHT: ErrorText = [
	'REFUSED',
	'The bucket in FIRMSEAL_S3_BUCKET refuses these credentials: give their role the rights that the README of objects-s3 lists.',
];
const UNKNOWN_CREDENTIALS: ErrorText = [
	'REFUSED',
	'The object store does not accept these credentials, which are unknown or have expired: renew them.',
];
const NO_CREDENTIALS: ErrorText = [
	'AWAY',
	'This process has no credentials for the object store: give it a role, or set the standard AWS_ variables.',
];
const NO_KEY: ErrorText = [
	'REFUSED',
	'The key in FIRMSEAL_S3_KMS_KEY_ID, or the bucket’s default key, cannot be used: enable it, and give the role kms:GenerateDataKey and kms:Decrypt.',
];
const NO_LOCK: ErrorText = [
	'REFUSED',
	'The bucket in FIRMSEAL_S3_BUCKET has no Object Lock: name a bucket with Object Lock, such as deploy/ creates.',
];
const WRONG_CLOCK: ErrorText = [
	'REFUSED',
	'This machine’s clock differs too much from the object store’s clock: correct it.',
];
const FULL: ErrorText = ['FULL', 'The object store has no room for the file: raise its quota.'];
const EXISTS: ErrorText = ['EXISTS', 'An object with this name already exists.'];
const ABSENT: ErrorText = ['ABSENT', 'No object has this name.'];
const SHORTER: ErrorText = ['AWAY', 'The object is shorter than when it was written.'];
const CANCELLED: ErrorText = ['AWAY', 'The request to the object store was cancelled.'];
const SILENT: ErrorText = ['AWAY', 'The object store does not answer: try again later.'];
const DAMAGED: ErrorText = ['AWAY', 'The object store received other bytes than were sent: repeat the upload.'];
const ABORTED: ErrorText = ['AWAY', 'The upload was aborted by another process before it was complete: repeat it.'];
const THROTTLED: ErrorText = ['AWAY', 'The object store asks for fewer requests: try again later.'];

const BY_NAME: Readonly<Record<string, ErrorText>> = {
	NoSuchBucket: NO_BUCKET,
	PermanentRedirect: OTHER_REGION,
	AuthorizationHeaderMalformed: OTHER_REGION,
	IllegalLocationConstraintException: OTHER_REGION,
	AccessDenied: NO_RIGHT,
	AccountProblem: NO_RIGHT,
	AllAccessDisabled: NO_RIGHT,
	InvalidAccessKeyId: UNKNOWN_CREDENTIALS,
	SignatureDoesNotMatch: UNKNOWN_CREDENTIALS,
	ExpiredToken: UNKNOWN_CREDENTIALS,
	InvalidToken: UNKNOWN_CREDENTIALS,
	CredentialsProviderError: NO_CREDENTIALS,
	// The id of the key is the only argument that a setting determines.
	InvalidArgument: NO_KEY,
	// Only requests for a retained object cause this error.
	InvalidRequest: NO_LOCK,
	ObjectLockConfigurationNotFoundError: NO_LOCK,
	RequestTimeTooSkewed: WRONG_CLOCK,
	RequestTimeout: SILENT,
	TimeoutError: SILENT,
	OperationAborted: SILENT,
	BadDigest: DAMAGED,
	InvalidDigest: DAMAGED,
	XAmzContentChecksumMismatch: DAMAGED,
	XAmzContentSHA256Mismatch: DAMAGED,
	IncompleteBody: DAMAGED,
	InvalidPart: DAMAGED,
	NoSuchUpload: ABORTED,
	QuotaExceeded: FULL,
	InsufficientStorage: FULL,
	PreconditionFailed: EXISTS,
	ConditionalRequestConflict: EXISTS,
	NoSuchKey: ABSENT,
	InvalidRange: SHORTER,
	AbortError: CANCELLED,
	SlowDown: THROTTLED,
	TooManyRequestsException: THROTTLED,
};

/** For answers to HEAD, which have no body and therefore no error name. */
const BY_STATUS: Readonly<Record<number, ErrorText>> = {
	301: OTHER_REGION,
	400: ['REFUSED', 'The object store refuses the request as invalid: check AWS_REGION and the credentials.'],
	403: NO_RIGHT,
	404: ABSENT,
	412: EXISTS,
	416: SHORTER,
	429: THROTTLED,
	507: FULL,
};

/**
 * Translates an error of a request. Drops the service's own text, which names objects. `setting` replaces FIRMSEAL_S3_BUCKET in the
 * sentence.
 */
export function toObjectStoreError(error: unknown, setting = 'FIRMSEAL_S3_BUCKET'): ObjectStoreError {
	const [reason, text] = errorTextOf(error);
	return new ObjectStoreError(reason, text.replaceAll('FIRMSEAL_S3_BUCKET', setting));
}

function errorTextOf(error: unknown): ErrorText {
	if (error instanceof ObjectStoreError) return [error.reason, error.message];
	const name = errorName(error);
	return name.startsWith('KMS') ? NO_KEY : (BY_NAME[name] ?? BY_STATUS[statusOf(error)] ?? SILENT);
}

export const noBucketError = () => new ObjectStoreError(...NO_BUCKET);
export const otherRegionError = () => new ObjectStoreError(...OTHER_REGION);
export const accessDeniedError = () => new ObjectStoreError(...NO_RIGHT);
export const objectExistsError = () => new ObjectStoreError(...EXISTS);
export const objectAbsentError = () => new ObjectStoreError(...ABSENT);
export const objectTruncatedError = () => new ObjectStoreError(...SHORTER);
export const noAnswerError = () => new ObjectStoreError(...SILENT);

/** The name of an error of the service or the SDK. */
export const errorName = (error: unknown): string => (error instanceof Error ? error.name : '');

/** HTTP status of the answer; 0 if there was no answer. */
export function statusOf(error: unknown): number {
	const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : null;
	const status = metadata instanceof Object && 'httpStatusCode' in metadata ? metadata.httpStatusCode : 0;
	return typeof status === 'number' ? status : 0;
}
