import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { StackRole } from './role-names.ts';
import type { Roles } from './roles.ts';

/** What each role may do with a bucket. */
export type BucketRights = Readonly<Partial<Record<StackRole, readonly iam.PolicyStatement[]>>>;

export function addRights({ of }: Roles, rights: BucketRights): void {
	for (const [role, statements] of Object.entries(rights))
		for (const statement of statements) of[role as StackRole].addToPolicy(statement);
}

/** Denies actions on the objects of a bucket to everyone. */
export const refuse = (
	bucket: s3.Bucket,
	sid: string,
	actions: string[],
	conditions: Record<string, Record<string, string>> = {},
): iam.PolicyStatement =>
	new iam.PolicyStatement({
		sid,
		effect: iam.Effect.DENY,
		principals: [new iam.AnyPrincipal()],
		actions,
		resources: [bucket.arnForObjects('*')],
		conditions,
	});
