import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, it } from 'vitest';
import { readInstallation } from '../../deploy/installation.ts';
import { project } from '../house/tree.ts';
import { bucketKey, objects } from './bucket-expectations.ts';
import { isAllowed, list } from './iam-policy.ts';
import { ALL_ROLES, beyond, dataKeys, management, ROLES } from './key-expectations.ts';
import { POLICIES as policies, policiesOf, roleArn, synthesize, TEMPLATE as template } from './synthesized.ts';

describe('the buckets', () => {
	const LOCKED_UP = {
		PublicAccessBlockConfiguration: {
			BlockPublicAcls: true,
			BlockPublicPolicy: true,
			IgnorePublicAcls: true,
			RestrictPublicBuckets: true,
		},
		OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
		VersioningConfiguration: { Status: 'Enabled' },
	};

	it('are two, private and versioned, and remain if the stack is deleted', () => {
		template.resourceCountIs('AWS::S3::Bucket', 2);
		template.allResourcesProperties('AWS::S3::Bucket', LOCKED_UP);
		template.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
	});

	it('encrypt objects with a separate key and a bucket key, and delete leftovers', () => {
		template.hasResourceProperties('AWS::S3::Bucket', {
			BucketEncryption: {
				ServerSideEncryptionConfiguration: [
					{
						BucketKeyEnabled: true,
						ServerSideEncryptionByDefault: {
							SSEAlgorithm: 'aws:kms',
							KMSMasterKeyID: Match.objectLike({ 'Fn::GetAtt': [Match.stringLikeRegexp('^ContentKey'), 'Arn'] }),
						},
					},
				],
			},
			LifecycleConfiguration: {
				Rules: [
					{
						Id: 'leftovers',
						Status: 'Enabled',
						AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
						NoncurrentVersionExpiration: { NoncurrentDays: 30 },
					},
					{ Id: 'delete-markers', Status: 'Enabled', ExpiredObjectDeleteMarker: true },
				],
			},
		});
	});

	it('let no one delete an anchor', () => {
		const locked = (Days: number) => ({
			ObjectLockEnabled: true,
			ObjectLockConfiguration: {
				ObjectLockEnabled: 'Enabled',
				Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days } },
			},
		});
		template.hasResourceProperties('AWS::S3::Bucket', locked(365));
		const other = synthesize({ anchorDays: 2_555 });
		other.hasResourceProperties('AWS::S3::Bucket', locked(2_555));
		other.hasOutput('AnchorDays', { Description: 'FIRMSEAL_ANCHOR_DAYS', Value: '2555' });
		template.hasOutput('AnchorBucket', { Description: 'FIRMSEAL_ANCHOR_BUCKET' });
		// Only unfinished uploads are removed, which are not anchors yet.
		template.hasResourceProperties('AWS::S3::Bucket', {
			...locked(365),
			LifecycleConfiguration: {
				Rules: [{ Id: 'leftovers', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }],
			},
		});
	});

	it('encrypt objects with a key that rotates, and that remains', () => {
		template.resourceCountIs('AWS::KMS::Key', 1);
		template.hasResource('AWS::KMS::Key', {
			Properties: { EnableKeyRotation: true, PendingWindowInDays: 30 },
			DeletionPolicy: 'Retain',
		});
		template.hasResourceProperties('AWS::KMS::Alias', {
			AliasName: Match.not(Match.stringLikeRegexp('^alias/firmseal/')),
		});
	});

	it('have a key that the account’s administrators manage but cannot use', () => {
		const admin = [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }] as const;
		const may = (action: string) =>
			isAllowed({ role: roleArn('admin'), action, resource: 'key' }, admin, policies.ofBucketKey, true);
		expect(['kms:PutKeyPolicy', 'kms:DescribeKey', 'kms:DisableKey', 'kms:CancelKeyDeletion'].filter(may)).toHaveLength(
			4,
		);
		const using = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:CreateGrant'];
		expect(using.filter(may)).toEqual([]);
	});
});

describe('the roles', () => {
	const asked = [...dataKeys, ...management, ...beyond, ...objects, ...bucketKey];

	it.each(ALL_ROLES)('%s has no action beyond those listed here', (role) => {
		const needed = asked
			.filter(({ request, allowed }) => allowed && request.role === roleArn(role))
			.map(({ request }) => request.action);
		const given = policies.ofRole[role]
			.filter(({ Effect }) => Effect === 'Allow')
			.flatMap(({ Action }) => list(Action));
		// Allowed by the key's policy. The role's own policy does not mention S3's use of the key.
		expect([...new Set(given)].sort()).toEqual([...new Set([...needed, 'sts:AssumeRole'])].sort());
	});

	it('stay within the policy limits of IAM, KMS and S3', () => {
		const length = (statements: readonly unknown[]) => JSON.stringify(statements).length + 100;
		for (const role of ALL_ROLES) expect(length(policies.ofRole[role])).toBeLessThan(10_240);
		expect(length(policies.ofBucketKey)).toBeLessThan(32_768);
		expect(length(policies.ofBucket)).toBeLessThan(20_480);
	});

	it.each(ROLES)(
		'%s is for tasks of this account, for itself and for setup; the signer role is also for the worker',
		(role) => {
			const trust = policies.trust[role];
			expect(trust).toEqual([
				{
					Effect: 'Allow',
					Action: 'sts:AssumeRole',
					Principal: { Service: 'ecs-tasks.amazonaws.com' },
					Condition: {
						StringEquals: { 'aws:SourceAccount': '111122223333' },
						ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:eu-central-1:111122223333:*' },
					},
				},
				{
					Effect: 'Allow',
					Action: 'sts:AssumeRole',
					Principal: { AWS: 'arn:aws:iam::111122223333:root' },
					Condition: {
						ArnEquals: {
							'aws:PrincipalArn': [role, 'setup', ...(role === 'signer' ? ['worker'] : [])].map(roleArn),
						},
					},
				},
			]);
			const itself = policies.ofRole[role].filter(({ Action }) => list(Action).includes('sts:AssumeRole'));
			const becomes = itself.flatMap(({ Resource }) => list(Resource));
			expect(becomes).toEqual([role, ...(role === 'worker' ? ['signer'] : [])].map(roleArn));
		},
	);

	it('for setup is for tasks of this account, and may assume the others', () => {
		const trusted = policies.trust.setup.map(({ Principal }) => Principal);
		expect(trusted).toEqual([{ Service: 'ecs-tasks.amazonaws.com' }]);
		const becomes = policies.ofRole.setup.filter(({ Action }) => list(Action).includes('sts:AssumeRole'));
		expect(becomes.map(({ Resource }) => Resource)).toEqual([ROLES.map(roleArn)]);
	});

	it('trust the principals that the installation names, each for its own role', () => {
		const machine = 'arn:aws:iam::111122223333:role/machine';
		const { trust } = policiesOf(synthesize({ trust: { worker: [machine] } }));
		const trusted = ALL_ROLES.filter((role) => JSON.stringify(trust[role]).includes(machine));
		expect(trusted).toEqual(['worker']);
	});
});

describe('the installation file', () => {
	it.each([
		['{"nam":"x"}', 'nam'],
		['{"name":"Firm Seal"}', 'name: must be 2 to 21 small letters'],
		['{"trust":{"firm":["*"]}}', 'trust.firm.0: must be the ARN'],
		['{"trust":{"firms":[]}}', 'trust'],
		['{"anchorDays":0}', 'anchorDays'],
		['{"deletedObjectDays":1.5}', 'deletedObjectDays'],
		['{"deletedObjectDays":31}', 'deletedObjectDays'],
		['[]', 'file'],
	])('is refused with %s, and the error names the entry', (json, where) => {
		expect(() => readInstallation(json)).toThrow(where);
	});
});

describe('deploy/app.ts', { timeout: 60_000 }, () => {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-deploy-'));
	afterAll(() => rmSync(directory, { recursive: true }));
	const run = (script: string, ...args: string[]) =>
		execFileSync(process.execPath, [join(project, 'deploy', script), ...args], {
			cwd: directory,
			encoding: 'utf8',
			stdio: 'pipe',
		});

	it('writes a template that CloudFormation accepts whole and finds valid', () => {
		writeFileSync(join(directory, 'installation.json'), '{"name":"seal","anchorDays":30}');
		run('app.ts', 'installation.json');
		const written = join(directory, 'cdk.out', 'FirmsealStack.template.json');
		expect(readFileSync(written, 'utf8')).toContain('"RoleName":"seal-broker"');
		expect(statSync(written).size).toBeLessThan(51_200);
		const report = JSON.parse(readFileSync(join(directory, 'cdk.out', 'validation-report.json'), 'utf8'));
		expect(report.pluginReports).toEqual([]);
	});

	it('prints the policy for a firm’s own key', () => {
		const keeper = 'arn:aws:iam::111122223333:role/keeper';
		const { Statement } = JSON.parse(run('own-key.ts', '--account', '111122223333', '--keeper', keeper));
		expect(Statement[0]).toMatchObject({ Sid: 'Keeping', Principal: { AWS: keeper } });
		const other = ['--account', '111122223333', '--keeper', 'arn:aws:iam::999900001111:role/keeper'];
		expect(() => run('own-key.ts', ...other)).toThrow('ARN of a role of that account');
	});
});
