import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Installation } from './installation.ts';
import type { StackRole } from './role-names.ts';
import type { Roles } from './roles.ts';

interface ContentBucketProps extends Pick<Installation, 'name' | 'deletedObjectDays'> {
	readonly roles: Roles;
}

/** Where the objects of files are, and the key that the service encrypts them with once more. What comes here is ciphertext already. */
export class ContentBucket extends Construct {
	readonly bucket: s3.Bucket;
	readonly key: kms.Key;

	constructor(scope: Construct, id: string, { name, roles: { of }, deletedObjectDays }: ContentBucketProps) {
		super(scope, id);
		const { account, region } = Stack.of(this);
		const bucketName = `${name}-objects-${account}-${region}`;
		this.key = new kms.Key(this, 'Key', {
			description: 'Firmseal: objects of files, which are encrypted before they come to the bucket',
			// Not below the aliases of firms: those may be used by every plane.
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
				// S3 takes no days and no parts in a rule for these.
				{ id: 'delete-markers', expiredObjectDeleteMarker: true },
			],
			removalPolicy: RemovalPolicy.RETAIN,
		});
		for (const statement of refusals(this.bucket, this.key)) this.bucket.addToResourcePolicy(statement);
		for (const [role, rights] of Object.entries(rightsOf(this.bucket)))
			for (const statement of rights) of[role as StackRole].addToPolicy(statement);
		this.key.addToResourcePolicy(throughTheBucket(this, bucketName, of.firm, ['kms:GenerateDataKey', 'kms:Decrypt']));
		this.key.addToResourcePolicy(throughTheBucket(this, bucketName, of.operator, ['kms:Decrypt']));
		// It may tag any key of the account as a firm's, and manage what is tagged so.
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

/** The account manages the key by its own policies, and opens nothing with it: that takes a change of this policy, which is on record. */
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
 * With a bucket key, the service's encryption context is the bucket and not the object. By its name, since the bucket is made with the
 * key, and so after its policy.
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
 * What nobody may write, whatever their rights. A request without a header of encryption is encrypted as the bucket does it, and parts
 * of an upload have none: so that one isn't refused.
 */
function refusals(bucket: s3.Bucket, key: kms.Key): iam.PolicyStatement[] {
	const algorithm = 's3:x-amz-server-side-encryption';
	const keyId = 's3:x-amz-server-side-encryption-aws-kms-key-id';
	const refuse = (sid: string, conditions: Record<string, Record<string, string>>) =>
		new iam.PolicyStatement({
			sid,
			effect: iam.Effect.DENY,
			principals: [new iam.AnyPrincipal()],
			actions: ['s3:PutObject'],
			resources: [bucket.arnForObjects('*')],
			conditions,
		});
	return [
		refuse('OtherEncryption', { StringNotEquals: { [algorithm]: 'aws:kms' }, Null: { [algorithm]: 'false' } }),
		refuse('OtherKey', { StringNotEquals: { [keyId]: key.keyArn }, Null: { [keyId]: 'false' } }),
		// The service would take a key of its own.
		refuse('NoKey', { StringEquals: { [algorithm]: 'aws:kms' }, Null: { [keyId]: 'true' } }),
		refuse('KeyOfTheCaller', { Null: { 's3:x-amz-server-side-encryption-customer-algorithm': 'false' } }),
		// An object is written once, and never over another.
		refuse('Overwriting', { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } }),
	];
}

/** What doctor looks at. */
const SETTINGS = [
	's3:GetEncryptionConfiguration',
	's3:GetBucketPublicAccessBlock',
	's3:GetBucketVersioning',
	's3:GetLifecycleConfiguration',
	's3:GetBucketPolicy',
];

/** By when an object may be deleted, where somebody has enabled Object Lock on the bucket. */
const LOCKS = ['s3:GetObjectRetention', 's3:GetObjectLegalHold'];

/** As src/adapters/objects-s3 asks it. The broker has none; the worker deletes and can't read. */
function rightsOf(bucket: s3.Bucket): Readonly<Partial<Record<StackRole, readonly iam.PolicyStatement[]>>> {
	const objects = (sid: string, ...actions: string[]) =>
		new iam.PolicyStatement({ sid, actions, resources: [bucket.arnForObjects('*')] });
	const whole = (sid: string, ...actions: string[]) =>
		new iam.PolicyStatement({ sid, actions, resources: [bucket.bucketArn] });
	// Without it, the service answers "denied" of an object that isn't there.
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
			// Always of a version: what is deleted is gone, and leaves no marker.
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
