import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { addRights, type BucketRights, refuse } from './bucket-policy.ts';
import type { Installation } from './installation.ts';
import type { Roles } from './roles.ts';

interface AnchorBucketProps extends Pick<Installation, 'name' | 'anchorDays'> {
	readonly roles: Roles;
}

/**
 * The bucket of the audit log's anchors, which no one can delete, not even the account's root user. An anchor holds entries of the log and
 * no content, and must be readable for years, so S3 encrypts it with its own key, which no one can disable.
 */
export class AnchorBucket extends Construct {
	readonly bucket: s3.Bucket;

	constructor(scope: Construct, id: string, { name, roles, anchorDays }: AnchorBucketProps) {
		super(scope, id);
		const { account, region } = Stack.of(this);
		this.bucket = new s3.Bucket(this, 'Bucket', {
			bucketName: `${name}-anchors-${account}-${region}`,
			objectLockEnabled: true,
			objectLockDefaultRetention: s3.ObjectLockRetention.compliance(Duration.days(anchorDays)),
			encryption: s3.BucketEncryption.S3_MANAGED,
			blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
			objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
			enforceSSL: true,
			minimumTLSVersion: 1.2,
			versioned: true,
			// No rule deletes an anchor: the log can only be restored from all of them.
			lifecycleRules: [{ id: 'leftovers', abortIncompleteMultipartUploadAfter: Duration.days(1) }],
			removalPolicy: RemovalPolicy.RETAIN,
		});
		for (const statement of refusals(this.bucket)) this.bucket.addToResourcePolicy(statement);
		addRights(roles, rightsOf(this.bucket));
	}
}

/** Denied to everyone, before and after the retention time of the lock. Only a change of this policy, which AWS logs, would allow it. */
function refusals(bucket: s3.Bucket): iam.PolicyStatement[] {
	const mode = 's3:object-lock-mode';
	return [
		refuse(bucket, 'Deleting', ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention']),
		// An anchor is written once and never overwritten.
		refuse(bucket, 'Overwriting', ['s3:PutObject'], {
			Null: { 's3:if-none-match': 'true' },
			Bool: { 's3:ObjectCreationOperation': 'true' },
		}),
		// A request without a lock mode gets that of the bucket.
		refuse(bucket, 'WeakerLock', ['s3:PutObject', 's3:PutObjectRetention'], {
			StringNotEquals: { [mode]: 'COMPLIANCE' },
			Null: { [mode]: 'false' },
		}),
	];
}

/** What `firmseal doctor` checks. */
const SETTINGS = [
	's3:GetBucketPublicAccessBlock',
	's3:GetBucketVersioning',
	's3:GetBucketObjectLockConfiguration',
	's3:GetLifecycleConfiguration',
	's3:GetBucketPolicy',
];

/** The calls of src/adapters/objects-s3. The worker writes anchors and reads them back, the servers and commands compare, and the broker has no right. */
function rightsOf(bucket: s3.Bucket): BucketRights {
	const anchors = (sid: string, ...actions: string[]) =>
		new iam.PolicyStatement({ sid, actions, resources: [bucket.arnForObjects('*')] });
	const whole = (sid: string, ...actions: string[]) =>
		new iam.PolicyStatement({ sid, actions, resources: [bucket.bucketArn] });
	// Without this right, S3 answers "denied" for an anchor that does not exist.
	const missing = () => whole('TellWhichAnchorIsMissing', 's3:ListBucket');
	return {
		firm: [anchors('ReadAnchors', 's3:GetObject'), missing()],
		operator: [anchors('ReadAnchors', 's3:GetObject'), missing()],
		worker: [anchors('WriteAndReadAnchors', 's3:PutObject', 's3:PutObjectRetention', 's3:GetObject'), missing()],
		setup: [anchors('ReadAnchors', 's3:GetObject'), whole('LookAtTheAnchors', 's3:ListBucket', ...SETTINGS)],
	};
}
