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
	/** Of the installation, and so of the key; 12 digits. */
	readonly account: string;
	/** As in the installation's file. */
	readonly name: string;
	/** ARN of a role of the same account that the firm's own people have: it alone manages the key. */
	readonly keeper: string;
	/** Of the cloud; `aws` nearly everywhere. */
	readonly partition: string;
}

/** What the keeper does with the key: everything but using it, or letting others. */
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

/** Taking a key in, and letting it go: the worker tags it and gives it the firm's name, and takes both off again. */
const TAKING_IN = ['kms:TagResource', 'kms:UntagResource', 'kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'];

/** Whoever has something to do with keys of firms: what signs checkpoints is under the platform's key alone. */
const OF_FIRMS = ['firm', 'operator', 'broker', 'worker'] as const satisfies readonly KeyringPrincipal[];

/** What only whoever keeps the key decides. */
const NOT_OURS = [
	'kms:ScheduleKeyDeletion',
	'kms:CancelKeyDeletion',
	'kms:DisableKey',
	'kms:EnableKey',
	'kms:RotateKeyOnDemand',
];

/**
 * The policy of a key that a firm brings. It hands nothing to the account's own policies: who isn't named has no right to the key,
 * whatever IAM says. If the keeper's role is lost, only AWS gets the key back.
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
