import type { KeyringPrincipal } from '../src/keys/index.ts';
import { type Conditions, ourTags } from './conditions.ts';
import { keyRights } from './key-rights.ts';
import { roleNames } from './role-names.ts';

interface Statement {
	readonly Sid: string;
	readonly Effect: 'Allow';
	readonly Principal: { readonly AWS: string };
	readonly Action: readonly string[];
	readonly Resource: '*';
	readonly Condition?: Conditions;
}

export interface KeyPolicy {
	readonly Version: '2012-10-17';
	readonly Statement: readonly Statement[];
}

export interface OwnKey {
	/** The account of the installation and of the key; 12 digits. */
	readonly account: string;
	/** The `name` of the installation's file. */
	readonly name: string;
	/** ARN of a role of the same account that only people of the firm may assume. Only this role manages the key. */
	readonly keeper: string;
	/** The AWS partition, usually `aws`. */
	readonly partition: string;
}

/** The rights of the keeper: everything except using the key or letting others use it. */
const KEEPING = [
	'kms:DescribeKey',
	'kms:GetKeyPolicy',
	'kms:GetKeyRotationStatus',
	'kms:ListKeyRotations',
	'kms:ListResourceTags',
	'kms:ListGrants',
	'kms:PutKeyPolicy',
	'kms:DisableKey',
	'kms:EnableKey',
	'kms:EnableKeyRotation',
	'kms:RotateKeyOnDemand',
	'kms:RevokeGrant',
	'kms:ScheduleKeyDeletion',
	'kms:CancelKeyDeletion',
];

/** The worker tags the key of a firm and gives it the firm's alias, and removes both when the firm no longer uses the key. */
const TAKING_IN = ['kms:TagResource', 'kms:UntagResource', 'kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'];

/** The roles that use keys of firms. The signer does not, because checkpoint keys are only under the platform's key. */
const OF_FIRMS = ['firm', 'operator', 'broker', 'worker'] as const satisfies readonly KeyringPrincipal[];

/** What only the keeper of the key may do. */
const NOT_OURS = [
	'kms:ScheduleKeyDeletion',
	'kms:CancelKeyDeletion',
	'kms:DisableKey',
	'kms:EnableKey',
	'kms:RotateKeyOnDemand',
];

/**
 * The policy of a key that a firm brings. It delegates nothing to the policies of the account: a principal that it does not name has no right
 * to the key, whatever IAM says. If the role of the keeper is lost, only AWS can recover the key.
 */
export function ownKeyPolicy({ account, name, keeper, partition }: OwnKey): KeyPolicy {
	const names = roleNames(name);
	const arn = (of: KeyringPrincipal) => `arn:${partition}:iam::${account}:role/${names[of]}`;
	const rights = keyRights({ operator: arn('operator'), broker: arn('broker') });
	const allow = (sid: string, who: string, actions: readonly string[], conditions: Conditions = {}): Statement => ({
		Sid: sid,
		Effect: 'Allow',
		Principal: { AWS: who },
		Action: actions.filter((action) => who === keeper || !NOT_OURS.includes(action)),
		Resource: '*',
		...(Object.keys(conditions).length > 0 && { Condition: conditions }),
	});
	return {
		Version: '2012-10-17',
		Statement: [
			allow('Keeping', keeper, KEEPING),
			...OF_FIRMS.flatMap((of) =>
				rights[of].map(({ sid, actions, conditions }) => allow(`${of}${sid}`, arn(of), actions, conditions)),
			),
			allow('workerTakesIn', arn('worker'), TAKING_IN, ourTags),
		],
	};
}
