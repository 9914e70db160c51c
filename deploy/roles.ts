import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ALIASES, FIRM_TAG, OWN_KEY_TAG, ourTags, tagged, together } from './conditions.ts';
import type { Installation } from './installation.ts';
import { type KeyRight, keyRights } from './key-rights.ts';
import { ROLES, roleNames, type StackRole } from './role-names.ts';

/** A role for each kind of process, with its rights on wrapping keys, and one for `init` and `doctor`, which assume the others. */
export class Roles extends Construct {
	readonly of: Readonly<Record<StackRole, iam.Role>>;

	constructor(scope: Construct, id: string, { name, trust }: Pick<Installation, 'name' | 'trust'>) {
		super(scope, id);
		const names = roleNames(name);
		const arn = (of: StackRole) =>
			Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'role', resourceName: names[of] });
		const make = (of: StackRole): iam.Role => {
			const role = new iam.Role(this, of, { roleName: names[of], assumedBy: ecsTasks(this) });
			// A process with a role in its settings assumes the role, even if it has the role already.
			letAssume(role, whoBecomes(of).map(arn), trust[of]);
			mayBecome(role, ROLES.filter((other) => whoBecomes(other).includes(of)).map(arn));
			return role;
		};
		this.of = {
			firm: make('firm'),
			operator: make('operator'),
			broker: make('broker'),
			worker: make('worker'),
			signer: make('signer'),
			setup: make('setup'),
		};
		const rights = keyRights({ operator: arn('operator'), broker: arn('broker') });
		for (const of of ROLES) for (const right of rights[of]) this.of[of].addToPolicy(onKeys(this, right));
		for (const statement of makingKeys(this)) this.of.worker.addToPolicy(statement);
	}
}

/** The roles of the stack that may assume a role. The process of the worker also signs checkpoints, by a role that has no other key. */
function whoBecomes(of: StackRole): readonly StackRole[] {
	if (of === 'setup') return [];
	return of === 'signer' ? ['signer', 'setup', 'worker'] : [of, 'setup'];
}

/** ECS tasks of this account and region only, because the service acts for other accounts too. */
function ecsTasks(scope: Construct): iam.IPrincipal {
	const { account, region, partition } = Stack.of(scope);
	return new iam.ServicePrincipal('ecs-tasks.amazonaws.com', {
		conditions: {
			StringEquals: { 'aws:SourceAccount': account },
			ArnLike: { 'aws:SourceArn': `arn:${partition}:ecs:${region}:${account}:*` },
		},
	});
}

const mayBecome = (role: iam.Role, others: string[]) =>
	role.addToPolicy(new iam.PolicyStatement({ sid: 'BecomeRoles', actions: ['sts:AssumeRole'], resources: others }));

/** `ours` are ARNs of roles of the stack, which can't be principals before they exist. `others` are the ARNs of the installation's file. */
function letAssume(role: iam.Role, ours: readonly string[], others: readonly string[]): void {
	const allow = (principal: iam.IPrincipal, conditions = {}) =>
		new iam.PolicyStatement({ actions: ['sts:AssumeRole'], principals: [principal], conditions });
	if (ours.length > 0)
		role.assumeRolePolicy?.addStatements(
			allow(new iam.AccountRootPrincipal(), { ArnEquals: { 'aws:PrincipalArn': ours } }),
		);
	role.assumeRolePolicy?.addStatements(...others.map((other) => allow(new iam.ArnPrincipal(other))));
}

const onKeys = (scope: Construct, { sid, actions, conditions, onlyTagged }: KeyRight): iam.PolicyStatement =>
	new iam.PolicyStatement({
		sid,
		actions: [...actions],
		resources: [keysOf(scope)],
		conditions: onlyTagged ? together(conditions, tagged) : conditions,
	});

const keysOf = (scope: Construct): string => Stack.of(scope).formatArn({ service: 'kms', resource: 'key/*' });

/** Keys that the worker creates, and keys that a firm brings. The conditions are on the request, because the key is new. */
function makingKeys(scope: Construct): iam.PolicyStatement[] {
	const aliases = Stack.of(scope).formatArn({ service: 'kms', resource: `${ALIASES}*` });
	return [
		new iam.PolicyStatement({
			sid: 'MakeKeys',
			actions: ['kms:CreateKey'],
			resources: ['*'],
			conditions: {
				...ourTags,
				StringEquals: {
					[`aws:RequestTag/${OWN_KEY_TAG}`]: 'false',
					'kms:KeySpec': 'SYMMETRIC_DEFAULT',
					'kms:KeyUsage': 'ENCRYPT_DECRYPT',
					'kms:KeyOrigin': 'AWS_KMS',
				},
				StringLike: { [`aws:RequestTag/${FIRM_TAG}`]: '?*' },
				Bool: { 'kms:MultiRegion': 'false' },
			},
		}),
		new iam.PolicyStatement({
			sid: 'TagKeys',
			actions: ['kms:TagResource'],
			// Includes tagging while a key is created, when it has no ARN yet.
			resources: ['*'],
			conditions: { ...ourTags, StringLike: { [`aws:RequestTag/${FIRM_TAG}`]: '?*' } },
		}),
		new iam.PolicyStatement({
			sid: 'NameKeys',
			// Includes an existing alias for a different key, when a firm brings one.
			actions: ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'],
			resources: [aliases, keysOf(scope)],
		}),
		new iam.PolicyStatement({
			sid: 'LetGoOfKeys',
			actions: ['kms:UntagResource'],
			resources: [keysOf(scope)],
			conditions: together(ourTags, tagged),
		}),
		new iam.PolicyStatement({
			sid: 'LetKeysRotate',
			actions: ['kms:EnableKeyRotation'],
			resources: [keysOf(scope)],
		}),
	];
}
