import { BootstraplessSynthesizer, CfnOutput, type IStackSynthesizer, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AnchorBucket } from './anchor-bucket.ts';
import { ContentBucket } from './content-bucket.ts';
import type { Installation } from './installation.ts';
import { ROLES } from './role-names.ts';
import { Roles } from './roles.ts';

/** What Firmseal needs of an AWS account; one for each account and region. Wrapping keys of firms are made by the worker. */
export class FirmsealStack extends Stack {
	constructor(scope: Construct, id: string, installation: Installation) {
		// It has no assets, so that any account takes the template as it is. The library's types aren't exact about undefined.
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
