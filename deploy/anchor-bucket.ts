import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Installation } from './installation.ts';

/**
 * Where signed checkpoints of the audit log will be kept so that nobody can take one back, the account's root included. Nothing writes
 * here in this version, and no role may: the bucket is made now because the lock can't be turned on by a role's own right later.
 */
export class AnchorBucket extends Construct {
	readonly bucket: s3.Bucket;

	constructor(scope: Construct, id: string, { name, anchorDays }: Pick<Installation, 'name' | 'anchorDays'>) {
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
			removalPolicy: RemovalPolicy.RETAIN,
		});
	}
}
