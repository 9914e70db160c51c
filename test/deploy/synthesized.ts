import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readInstallation } from '../../deploy/installation.ts';
import type { StackRole } from '../../deploy/role-names.ts';
import { FirmsealStack } from '../../deploy/stack.ts';
import type { Statement } from './iam-policy.ts';

const ACCOUNT = '111122223333';
const REGION = 'eu-central-1';
export const BUCKET = `arn:aws:s3:::firmseal-objects-${ACCOUNT}-${REGION}`;
export const ANCHORS = `arn:aws:s3:::firmseal-anchors-${ACCOUNT}-${REGION}`;
export const BUCKET_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/of-the-bucket`;
export const FIRM_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/of-a-firm`;
export const ALIAS_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:alias/`;
export const roleArn = (role: string) => `arn:aws:iam::${ACCOUNT}:role/firmseal-${role}`;

/** The CloudFormation template for an installation file. */
export const synthesize = (file: object = {}): Template =>
	Template.fromStack(new FirmsealStack(new App(), 'FirmsealStack', readInstallation(JSON.stringify(file))));

/** The template for an installation with defaults only. */
export const TEMPLATE = synthesize();
export const POLICIES = policiesOf(TEMPLATE);

export interface Policies {
	readonly ofRole: Readonly<Record<StackRole, readonly Statement[]>>;
	readonly trust: Readonly<Record<StackRole, readonly Statement[]>>;
	readonly ofBucketKey: readonly Statement[];
	readonly ofBucket: readonly Statement[];
	readonly ofAnchors: readonly Statement[];
}

interface Resource {
	readonly Properties: Readonly<Record<string, unknown>>;
}

/** The policies of a template, with references replaced by the names of an account. */
export function policiesOf(template: Template): Policies {
	const resources = template.toJSON().Resources as Record<string, Resource>;
	const role = (id: string) => String(resources[id]?.Properties.RoleName).replace('firmseal-', '') as StackRole;
	const known: Record<string, string> = {
		'AWS::AccountId': ACCOUNT,
		'AWS::Region': REGION,
		'AWS::Partition': 'aws',
	};
	for (const [id, { Properties: properties }] of Object.entries(resources)) {
		if (properties.RoleName) known[id] = roleArn(role(id));
		if (properties.KeyPolicy) known[id] = BUCKET_KEY;
		if (properties.BucketName) known[id] = `arn:aws:s3:::${resolve(properties.BucketName, known)}`;
	}
	const all = (of: string, type: string) =>
		Object.entries(template.findResources(type)).map(([id, { Properties: properties }]) => ({
			id,
			attached: properties as Record<string, unknown>,
			statements: resolve(properties[of], known) as { Statement: readonly Statement[] },
		}));
	const byRole = (entries: [StackRole, readonly Statement[]][]) =>
		Object.fromEntries(entries) as Record<StackRole, readonly Statement[]>;
	const ofBucket = (arn: string) =>
		all('PolicyDocument', 'AWS::S3::BucketPolicy')
			.filter(({ attached }) => known[(attached.Bucket as { Ref: string }).Ref] === arn)
			.flatMap(({ statements }) => statements.Statement);
	return {
		ofRole: byRole(
			all('PolicyDocument', 'AWS::IAM::Policy').map(({ attached, statements }) => [
				role((attached.Roles as [{ Ref: string }])[0].Ref),
				statements.Statement,
			]),
		),
		trust: byRole(
			all('AssumeRolePolicyDocument', 'AWS::IAM::Role').map(({ id, statements }) => [role(id), statements.Statement]),
		),
		ofBucketKey: all('KeyPolicy', 'AWS::KMS::Key').flatMap(({ statements }) => statements.Statement),
		ofBucket: ofBucket(BUCKET),
		ofAnchors: ofBucket(ANCHORS),
	};
}

/** Resolves Fn::Join, Fn::GetAtt (of ARNs) and Ref like CloudFormation. @throws Error for other functions. */
function resolve(value: unknown, known: Readonly<Record<string, string>>): unknown {
	if (Array.isArray(value)) return value.map((each) => resolve(each, known));
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value);
	const [[name, given] = ['', undefined]] = entries;
	if (name === 'Ref') return nameOf(known, String(given));
	if (name === 'Fn::GetAtt') return nameOf(known, String((given as string[])[0]));
	if (name === 'Fn::Join') return (resolve((given as [string, unknown[]])[1], known) as string[]).join('');
	return Object.fromEntries(entries.map(([key, each]) => [key, resolve(each, known)]));
}

function nameOf(known: Readonly<Record<string, string>>, id: string): string {
	const name = known[id];
	if (name === undefined) throw new Error(`Nothing is known of ${id}.`);
	return name;
}
