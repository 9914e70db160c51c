import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { addRights, type BucketRights, refuse } from './bucket-policy.ts';
import type { Installation } from './installation.ts';
import type { Roles } from './roles.ts';

interface ContentBucketProps extends Pick<Installation, 'name' | 'deletedObjectDays'> {
	readonly roles: Roles;
}

/** The bucket of file objects, and the key with which S3 encrypts them again. The objects are ciphertext already. */
export class ContentBucket extends Construct {
	readonly bucket: s3.Bucket;
	readonly key: kms.Key;

	constructor(scope: Construct, id: string, { name, roles, deletedObjectDays }: ContentBucketProps) {
		super(scope, id);
		const { of } = roles;
		const { account, region } = Stack.of(this);
		const bucketName = `${name}-objects-${account}-${region}`;
		this.key = new kms.Key(this, 'Key', {
			description: 'Firmseal: objects of files, which are encrypted before they come to the bucket',
			// Not below the aliases of firms, which every plane may use.
			alias: 'alias/firmseal-objects',
			enableKeyRotation: true,
			pendingWindow: Duration.days(30),
			removalPolicy: RemovalPolicy.RETAIN,
			policy: new iam.PolicyDocument({ statements: [administration()] }),
		});
		this.bucket = new s3.Bucket(this, 'Bucket', {
			bucketName,
			encryption: s3.BucketEncryption.KMS,
			encryptionKey: this.key,
			bucketKeyEnabled: true,
			blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
			objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
			enforceSSL: true,
			minimumTLSVersion: 1.2,
			versioned: true,
			lifecycleRules: [
				{
					id: 'leftovers',
					abortIncompleteMultipartUploadAfter: Duration.days(1),
					noncurrentVersionExpiration: Duration.days(deletedObjectDays),
				},
				// S3 refuses days and multipart uploads in a rule for delete markers.
				{ id: 'delete-markers', expiredObjectDeleteMarker: true },
			],
			removalPolicy: RemovalPolicy.RETAIN,
		});
		for (const statement of refusals(this.bucket, this.key)) this.bucket.addToResourcePolicy(statement);
		addRights(roles, rightsOf(this.bucket));
		this.key.addToResourcePolicy(throughTheBucket(this, bucketName, of.firm, ['kms:GenerateDataKey', 'kms:Decrypt']));
		this.key.addToResourcePolicy(throughTheBucket(this, bucketName, of.operator, ['kms:Decrypt']));
		// The worker may tag any key of the account as a firm's, and manage the keys with that tag.
		of.worker.addToPolicy(
			new iam.PolicyStatement({
				sid: 'LeaveTheKeyOfObjects',
				effect: iam.Effect.DENY,
				actions: ['kms:*'],
				resources: [this.key.keyArn],
			}),
		);
	}
}

/** The account manages the key by its own policies, and can't decrypt with it without a change of this policy, which AWS logs. */
const administration = (): iam.PolicyStatement =>
	new iam.PolicyStatement({
		sid: 'Administration',
		principals: [new iam.AccountRootPrincipal()],
		actions: [
			'kms:Describe*',
			'kms:Get*',
			'kms:List*',
			'kms:Put*',
			'kms:Update*',
			'kms:Enable*',
			'kms:Disable*',
			'kms:CreateAlias',
			'kms:DeleteAlias',
			'kms:TagResource',
			'kms:UntagResource',
			'kms:RevokeGrant',
			'kms:RotateKeyOnDemand',
			'kms:ScheduleKeyDeletion',
			'kms:CancelKeyDeletion',
		],
		resources: ['*'],
	});

/**
 * With a bucket key, the encryption context is the bucket and not the object. The bucket's name stands for the bucket, which is created after
 * the key and its policy.
 */
function throughTheBucket(scope: Construct, name: string, role: iam.Role, actions: string[]): iam.PolicyStatement {
	const { partition, region } = Stack.of(scope);
	return new iam.PolicyStatement({
		principals: [new iam.ArnPrincipal(role.roleArn)],
		actions,
		resources: ['*'],
		conditions: {
			StringEquals: {
				'kms:ViaService': `s3.${region}.amazonaws.com`,
				'kms:EncryptionContext:aws:s3:arn': `arn:${partition}:s3:::${name}`,
			},
		},
	});
}

/**
 * Writes that are denied to everyone. A request without an encryption header is allowed, because the bucket then encrypts it by default, and
 * because parts of an upload have no such header.
 */
function refusals(bucket: s3.Bucket, key: kms.Key): iam.PolicyStatement[] {
	const algorithm = 's3:x-amz-server-side-encryption';
	const keyId = 's3:x-amz-server-side-encryption-aws-kms-key-id';
	const refuseWrite = (sid: string, conditions: Record<string, Record<string, string>>) =>
		refuse(bucket, sid, ['s3:PutObject'], conditions);
	return [
		refuseWrite('OtherEncryption', { StringNotEquals: { [algorithm]: 'aws:kms' }, Null: { [algorithm]: 'false' } }),
		refuseWrite('OtherKey', { StringNotEquals: { [keyId]: key.keyArn }, Null: { [keyId]: 'false' } }),
		// S3 would use a key of its own.
		refuseWrite('NoKey', { StringEquals: { [algorithm]: 'aws:kms' }, Null: { [keyId]: 'true' } }),
		refuseWrite('KeyOfTheCaller', { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'false' } }),
		// An object is written once and never overwritten.
		refuseWrite('Overwriting', {
			Null: { 's3:if-none-match': 'true' },
			Bool: { 's3:ObjectCreationOperation': 'true' },
		}),
	];
}

/** What `firmseal doctor` checks. */
const SETTINGS = [
	's3:GetEncryptionConfiguration',
	's3:GetBucketPublicAccessBlock',
	's3:GetBucketVersioning',
	's3:GetLifecycleConfiguration',
	's3:GetBucketPolicy',
];

/** Rights to read the retention and the legal hold of an object, if Object Lock has been enabled on the bucket. */
const LOCKS = ['s3:GetObjectRetention', 's3:GetObjectLegalHold'];

/** The calls of src/adapters/objects-s3. The broker has no right, and the worker deletes but can't read. */
function rightsOf(bucket: s3.Bucket): BucketRights {
	const objects = (sid: string, ...actions: string[]) =>
		new iam.PolicyStatement({ sid, actions, resources: [bucket.arnForObjects('*')] });
	const whole = (sid: string, ...actions: string[]) =>
		new iam.PolicyStatement({ sid, actions, resources: [bucket.bucketArn] });
	// Without this right, S3 answers "denied" for an object that does not exist.
	const missing = () => whole('TellWhatIsMissing', 's3:ListBucket');
	return {
		firm: [
			objects(
				'WriteAndReadObjects',
				's3:PutObject',
				's3:GetObject',
				's3:AbortMultipartUpload',
				's3:ListMultipartUploadParts',
			),
			missing(),
		],
		operator: [objects('ReadObjects', 's3:GetObject'), missing()],
		worker: [
			// Only versions: a deleted object is gone and leaves no marker.
			objects('DeleteObjects', 's3:DeleteObjectVersion', 's3:AbortMultipartUpload', ...LOCKS),
			whole(
				'FindObjects',
				's3:ListBucket',
				's3:ListBucketVersions',
				's3:ListBucketMultipartUploads',
				's3:GetBucketObjectLockConfiguration',
			),
		],
		setup: [
			objects('LookAtLocks', ...LOCKS),
			whole(
				'LookAtTheBucket',
				's3:ListBucket',
				's3:ListBucketVersions',
				's3:GetBucketObjectLockConfiguration',
				...SETTINGS,
			),
		],
	};
}
