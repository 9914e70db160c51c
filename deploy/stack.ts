import { BootstraplessSynthesizer, CfnOutput, type IStackSynthesizer, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AnchorBucket } from './anchor-bucket.ts';
import { ContentBucket } from './content-bucket.ts';
import type { Installation } from './installation.ts';
import { ROLES } from './role-names.ts';
import { Roles } from './roles.ts';

/** What Firmseal needs in an AWS account; one stack for each account and region. The worker creates the wrapping keys of firms. */
export class FirmsealStack extends Stack {
	constructor(scope: Construct, id: string, installation: Installation) {
		// The stack has no assets, so any account accepts the template. The types of the library are not exact about undefined.
		const synthesizer = new BootstraplessSynthesizer() as IStackSynthesizer;
		super(scope, id, { synthesizer, terminationProtection: true });
		const roles = new Roles(this, 'Roles', installation);
		const content = new ContentBucket(this, 'Content', { ...installation, roles });
		const anchors = new AnchorBucket(this, 'Anchors', { ...installation, roles });

		for (const role of ROLES)
			this.addOutput(`KmsRole${role}`, `FIRMSEAL_KMS_ROLE_${role.toUpperCase()}`, roles.of[role].roleArn);
		this.addOutput('S3Bucket', 'FIRMSEAL_S3_BUCKET', content.bucket.bucketName);
		this.addOutput('S3KmsKeyId', 'FIRMSEAL_S3_KMS_KEY_ID', content.key.keyArn);
		this.addOutput('AnchorBucket', 'FIRMSEAL_ANCHOR_BUCKET', anchors.bucket.bucketName);
		this.addOutput('AnchorDays', 'FIRMSEAL_ANCHOR_DAYS', String(installation.anchorDays));
	}

	private addOutput(id: string, description: string, value: string): void {
		new CfnOutput(this, id, { description, value });
	}
}
