import { ObjectStoreError, type ObjectStoreReason } from '../../documents/index.ts';

type ErrorText = readonly [ObjectStoreReason, string];

const NO_BUCKET: ErrorText = [
	'REFUSED',
	'There is no bucket of the name in FIRMSEAL_S3_BUCKET: create it, or correct the name.',
];
const OTHER_REGION: ErrorText = [
	'REFUSED',
	'The bucket in FIRMSEAL_S3_BUCKET is in another region than AWS_REGION: set its own.',
];
const NO_RIGHT: ErrorText = [
	'REFUSED',
	'The bucket in FIRMSEAL_S3_BUCKET refuses these credentials: give their role the rights that the README of objects-s3 lists.',
];
const UNKNOWN_CREDENTIALS: ErrorText = [
	'REFUSED',
	'The object store does not know these credentials, or not any more.',
];
const NO_CREDENTIALS: ErrorText = [
	'AWAY',
	'There are no credentials for the object store: give the process a role, or set the usual AWS_ settings.',
];
const NO_KEY: ErrorText = [
	'REFUSED',
	'The object store may not use the key in FIRMSEAL_S3_KMS_KEY_ID, or the bucket’s own: enable it, and give the role kms:GenerateDataKey and kms:Decrypt.',
];
const NO_LOCK: ErrorText = [
	'REFUSED',
	'The bucket in FIRMSEAL_S3_BUCKET has no Object Lock: name one that has it, which deploy/ makes.',
];
const WRONG_CLOCK: ErrorText = [
	'REFUSED',
	'This machine’s clock differs from the object store’s by more than it takes: set it right.',
];
const FULL: ErrorText = ['FULL', 'The object store has no room for the file: raise its quota.'];
const EXISTS: ErrorText = ['EXISTS', 'There is an object of that name already.'];
const ABSENT: ErrorText = ['ABSENT', 'There is no object of that name.'];
const SHORTER: ErrorText = ['AWAY', 'An object is shorter than it was when it was written.'];
const GIVEN_UP: ErrorText = ['AWAY', 'The request to the object store was given up.'];
const SILENT: ErrorText = ['AWAY', 'The object store does not answer: try again later.'];
const DAMAGED: ErrorText = ['AWAY', 'What reached the object store was not what was sent: repeat the upload.'];
const TAKEN: ErrorText = ['AWAY', 'The upload was taken away before its end: repeat it.'];
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
	// Of what is sent only the id of the key comes from outside.
	InvalidArgument: NO_KEY,
	// Of a bucket that is asked to keep an object.
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
	NoSuchUpload: TAKEN,
	QuotaExceeded: FULL,
	InsufficientStorage: FULL,
	PreconditionFailed: EXISTS,
	ConditionalRequestConflict: EXISTS,
	NoSuchKey: ABSENT,
	InvalidRange: SHORTER,
	AbortError: GIVEN_UP,
	SlowDown: THROTTLED,
	TooManyRequestsException: THROTTLED,
};

/** An answer to HEAD has no body, and so no name. */
const BY_STATUS: Readonly<Record<number, ErrorText>> = {
	301: OTHER_REGION,
	400: ['REFUSED', 'The object store refuses what it was asked: check AWS_REGION and the credentials.'],
	403: NO_RIGHT,
	404: ABSENT,
	412: EXISTS,
	416: SHORTER,
	429: THROTTLED,
	507: FULL,
};

/**
 * What went wrong with a request, as the port names it; of the service's own text nothing is kept, for it names objects. `setting`: the
 * one that names the bucket.
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

/** What the service, or its client, calls the error. */
export const errorName = (error: unknown): string => (error instanceof Error ? error.name : '');

/** HTTP status of the answer; 0: there was none. */
export function statusOf(error: unknown): number {
	const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : null;
	const status = metadata instanceof Object && 'httpStatusCode' in metadata ? metadata.httpStatusCode : 0;
	return typeof status === 'number' ? status : 0;
}
