import { type Expectation, ALL_ROLES as ROLES } from './key-expectations.ts';
import { ANCHORS, BUCKET, BUCKET_KEY, FIRM_KEY, roleArn } from './synthesized.ts';

const OBJECT = `${BUCKET}/0192f3a4-0000-4000-8000-00000000000a/00112233445566778899aabbccddeeff`;
const SSE = 's3:x-amz-server-side-encryption';
const SSE_KEY = `${SSE}-aws-kms-key-id`;

type Context = Readonly<Record<string, string>>;

const TLS: Context = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };
const ENCRYPTED: Context = { [SSE]: 'aws:kms', [SSE_KEY]: BUCKET_KEY };
/** Condition values of a request that makes an object visible: a PUT, or the completion of a multipart upload. */
const NEW: Context = { 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' };

const ask = (role: string, action: string, context: Context = {}, resource = OBJECT) => ({
	role: roleArn(role),
	action,
	resource,
	context: { ...TLS, ...context },
});
const expectation = (what: string, allowed: boolean, request: Expectation['request']): Expectation => ({
	what,
	allowed,
	request,
});

/** Who may do what with objects, by the requests of the adapter (src/adapters/objects-s3). */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
	's3:GetObject': ['firm', 'operator'],
	's3:PutObject': ['firm'],
	's3:AbortMultipartUpload': ['firm', 'worker'],
	's3:ListMultipartUploadParts': ['firm'],
	's3:DeleteObject': [],
	's3:DeleteObjectVersion': ['worker'],
	's3:PutObjectAcl': [],
	's3:PutObjectTagging': [],
	's3:PutObjectRetention': [],
	's3:GetObjectRetention': ['worker', 'setup'],
	's3:GetObjectLegalHold': ['worker', 'setup'],
	's3:PutObjectLegalHold': [],
	's3:GetObjectVersion': [],
	's3:RestoreObject': [],
	's3:BypassGovernanceRetention': [],
};
const OF_THE_BUCKET: Readonly<Record<string, readonly string[]>> = {
	's3:ListBucket': ['firm', 'operator', 'worker', 'setup'],
	's3:ListBucketVersions': ['worker', 'setup'],
	's3:ListBucketMultipartUploads': ['worker'],
	's3:GetBucketObjectLockConfiguration': ['worker', 'setup'],
	's3:GetEncryptionConfiguration': ['setup'],
	's3:GetBucketPublicAccessBlock': ['setup'],
	's3:GetBucketVersioning': ['setup'],
	's3:GetLifecycleConfiguration': ['setup'],
	's3:GetBucketPolicy': ['setup'],
	's3:PutBucketPolicy': [],
	's3:DeleteBucketPolicy': [],
	's3:PutEncryptionConfiguration': [],
	's3:PutBucketVersioning': [],
	's3:PutLifecycleConfiguration': [],
	's3:PutBucketPublicAccessBlock': [],
	's3:DeleteBucket': [],
};

const rights = (table: typeof RIGHTS, resource: string): Expectation[] =>
	Object.entries(table).flatMap(([action, who]) =>
		ROLES.map((role) =>
			expectation(`${role}: ${action}`, who.includes(role), ask(role, action, { ...ENCRYPTED, ...NEW }, resource)),
		),
	);

const write = (what: string, allowed: boolean, context: Context) =>
	expectation(`firm: writes ${what}`, allowed, ask('firm', 's3:PutObject', context));

const WRITES: readonly Expectation[] = [
	write('an object as the adapter does', true, { ...ENCRYPTED, ...NEW }),
	write('as the bucket encrypts by itself', true, NEW),
	write('the beginning of an upload in parts', true, { ...ENCRYPTED, 's3:ObjectCreationOperation': 'false' }),
	write('a part, which has no headers', true, { 's3:ObjectCreationOperation': 'false' }),
	write('with a key that S3 keeps', false, { [SSE]: 'AES256', ...NEW }),
	write('with the other encryption of KMS', false, { [SSE]: 'aws:kms:dsse', [SSE_KEY]: BUCKET_KEY, ...NEW }),
	write('with another key', false, { [SSE]: 'aws:kms', [SSE_KEY]: FIRM_KEY, ...NEW }),
	write('without saying which key', false, { [SSE]: 'aws:kms', ...NEW }),
	write('with a key of its own', false, { 's3:x-amz-server-side-encryption-customer-algorithm': 'AES256', ...NEW }),
	write('over another object', false, { ...ENCRYPTED, 's3:ObjectCreationOperation': 'true' }),
];

/** Condition values of an unencrypted connection, and of an obsolete TLS version. */
const INSECURE: Readonly<Record<string, Context>> = {
	'without TLS': { 'aws:SecureTransport': 'false' },
	'by an old TLS': { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.1' },
};

const askOf = (what: string, allowed: boolean, bucket: string, context: Context): Expectation[] =>
	['s3:GetObject', 's3:PutObject', 's3:ListBucket'].map((action) =>
		expectation(`${what}: ${action} of ${bucket}`, allowed, {
			role: roleArn('firm'),
			action,
			resource: action === 's3:ListBucket' ? bucket : `${bucket}/x`,
			context: { ...ENCRYPTED, ...NEW, ...context },
		}),
	);
const inTheClear = (bucket: string): Expectation[] =>
	Object.entries(INSECURE).flatMap(([how, context]) => askOf(how, false, bucket, context));

/** Condition values of an anchor as the adapter writes it. */
const LOCKED: Context = { 's3:object-lock-mode': 'COMPLIANCE' };
const OF_AN_ANCHOR: Readonly<Record<string, Context>> = {
	's3:PutObject': { ...NEW, ...LOCKED },
	's3:PutObjectRetention': LOCKED,
};

/** Who may do what with anchors, by the policies of their roles. */
const ANCHOR_RIGHTS: Readonly<Record<string, readonly string[]>> = {
	's3:GetObject': ['firm', 'operator', 'worker', 'setup'],
	's3:PutObject': ['worker'],
	's3:PutObjectRetention': ['worker'],
	's3:PutObjectLegalHold': [],
	's3:AbortMultipartUpload': [],
	's3:DeleteObject': [],
	's3:DeleteObjectVersion': [],
	's3:BypassGovernanceRetention': [],
	's3:GetObjectVersion': [],
	's3:PutObjectAcl': [],
	's3:PutObjectTagging': [],
};
const OF_THE_ANCHORS_BUCKET: Readonly<Record<string, readonly string[]>> = {
	's3:ListBucket': ['firm', 'operator', 'worker', 'setup'],
	's3:ListBucketVersions': [],
	's3:ListBucketMultipartUploads': [],
	's3:GetBucketPublicAccessBlock': ['setup'],
	's3:GetBucketVersioning': ['setup'],
	's3:GetBucketObjectLockConfiguration': ['setup'],
	's3:GetLifecycleConfiguration': ['setup'],
	's3:GetBucketPolicy': ['setup'],
	's3:PutBucketObjectLockConfiguration': [],
	's3:PutLifecycleConfiguration': [],
	's3:PutBucketPolicy': [],
	's3:DeleteBucketPolicy': [],
	's3:DeleteBucket': [],
};
const ofAnchors = (table: typeof ANCHOR_RIGHTS, resource: string): Expectation[] =>
	Object.entries(table).flatMap(([action, who]) =>
		ROLES.map((role) =>
			expectation(
				`${role}: ${action} of anchors`,
				who.includes(role),
				ask(role, action, OF_AN_ANCHOR[action] ?? {}, resource),
			),
		),
	);

const byAnybody = (what: string, allowed: boolean, action: string, context: Context): Expectation =>
	expectation(`a principal with all S3 rights: ${what}`, allowed, ask('firm', action, context, `${ANCHORS}/x`));

/** For a principal to whom the account gives all rights in S3. */
export const anchors: readonly Expectation[] = [
	...askOf('by TLS', true, ANCHORS, TLS),
	...inTheClear(ANCHORS),
	byAnybody('writes an anchor as the adapter does', true, 's3:PutObject', { ...NEW, ...LOCKED }),
	byAnybody('writes the beginning of one in parts', true, 's3:PutObject', {
		...LOCKED,
		's3:ObjectCreationOperation': 'false',
	}),
	byAnybody('writes a part, which has no headers', true, 's3:PutObject', { 's3:ObjectCreationOperation': 'false' }),
	byAnybody('writes one with the lock of the bucket', true, 's3:PutObject', NEW),
	byAnybody('writes over another', false, 's3:PutObject', { ...LOCKED, 's3:ObjectCreationOperation': 'true' }),
	byAnybody('writes one that can be unlocked', false, 's3:PutObject', { ...NEW, 's3:object-lock-mode': 'GOVERNANCE' }),
	byAnybody('keeps one for longer', true, 's3:PutObjectRetention', LOCKED),
	byAnybody('makes a lock a weaker one', false, 's3:PutObjectRetention', { 's3:object-lock-mode': 'GOVERNANCE' }),
	...['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention'].map((action) =>
		byAnybody(action, false, action, {}),
	),
];

export const objects: readonly Expectation[] = [
	...rights(RIGHTS, OBJECT),
	...rights(OF_THE_BUCKET, BUCKET),
	...WRITES,
	...inTheClear(BUCKET),
	...ofAnchors(ANCHOR_RIGHTS, `${ANCHORS}/x`),
	...ofAnchors(OF_THE_ANCHORS_BUCKET, ANCHORS),
];

const THROUGH_S3: Context = {
	'kms:ViaService': 's3.eu-central-1.amazonaws.com',
	'kms:EncryptionContext:aws:s3:arn': BUCKET,
	'kms:CallerAccount': '111122223333',
};
const BUCKET_KEY_RIGHTS: Readonly<Record<string, readonly string[]>> = {
	'kms:GenerateDataKey': ['firm'],
	'kms:Decrypt': ['firm', 'operator'],
	'kms:Encrypt': [],
	'kms:CreateGrant': [],
	'kms:PutKeyPolicy': [],
	'kms:ScheduleKeyDeletion': [],
	'kms:DisableKey': [],
	'kms:ReEncryptFrom': [],
};
const without = (key: string): Context =>
	Object.fromEntries(Object.entries(THROUGH_S3).filter(([name]) => name !== key));

/** The key of the bucket, used as if it had the tag and context of a firm's key. */
export const bucketKey: readonly Expectation[] = ROLES.flatMap((role) =>
	Object.entries(BUCKET_KEY_RIGHTS).flatMap(([action, who]) => {
		const request = (context: Context) => ({ role: roleArn(role), action, resource: BUCKET_KEY, context });
		return [
			expectation(`${role}: ${action} through S3`, who.includes(role), request(THROUGH_S3)),
			expectation(`${role}: ${action} by itself`, false, request(without('kms:ViaService'))),
			expectation(
				`${role}: ${action} through S3, of another bucket`,
				false,
				request({ ...THROUGH_S3, 'kms:EncryptionContext:aws:s3:arn': `${BUCKET}-other` }),
			),
			expectation(
				`${role}: ${action} as if it were a firm's`,
				false,
				request({
					'aws:ResourceTag/firmseal:firm': 'x',
					'aws:TagKeys': 'firmseal:firm',
					'aws:RequestTag/firmseal:firm': 'x',
				}),
			),
		];
	}),
);
