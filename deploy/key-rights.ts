import { CONTENT_CLASSES } from '../src/access/index.ts';
import type { KeyringPrincipal } from '../src/keys/index.ts';
import {
	byAlias,
	byAliasOfAFirm,
	byAliasOfThePlatform,
	type Conditions,
	inContext,
	ofAFirm,
	ofAll,
	ofThePlatform,
	together,
} from './conditions.ts';

/** A right of a role on wrapping keys. */
export interface KeyRight {
	readonly sid: string;
	readonly actions: readonly string[];
	readonly conditions: Conditions;
	/** True if an IAM statement also requires the tag of Firmseal. The policy of a key does not need the tag and can't check it. */
	readonly onlyTagged?: true;
}

/** Classes under the keys of firms: content, proofs of rights, and lists of objects to delete. */
const KEY_CLASSES: readonly string[] = [...CONTENT_CLASSES, 'RIGHTS', 'JOB'];

/** The class of the keys that sign checkpoints of the log. */
const CHECKPOINT = 'CHECKPOINT';

/** State, tags and versions of a key. */
const LOOK: KeyRight = {
	sid: 'LookAtKeys',
	actions: ['kms:DescribeKey', 'kms:ListKeyRotations', 'kms:ListResourceTags'],
	conditions: {},
};

/** ARNs of the two roles that a grant names. */
export interface GrantParties {
	readonly operator: string;
	readonly broker: string;
}

const FIRM: readonly KeyRight[] = [
	{
		sid: 'UseKeysOfFirms',
		actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
		conditions: together(inContext(KEY_CLASSES), ofAFirm, byAliasOfAFirm),
	},
	LOOK,
];

/** No right to content: a grant gives it, for one firm and class. A Deny here would override the grant. */
const OPERATOR: readonly KeyRight[] = [
	{
		sid: 'ProveOwnPeople',
		actions: ['kms:Decrypt'],
		conditions: together(inContext(['RIGHTS']), ofThePlatform, byAliasOfThePlatform),
	},
	LOOK,
];

/** A grant is for the operator plane, for one class of content of one firm, and only for decryption. */
const brokerRights = ({ operator, broker }: GrantParties): readonly KeyRight[] => [
	{ sid: 'ProveRights', actions: ['kms:Decrypt'], conditions: together(inContext(['RIGHTS']), ofAll, byAlias) },
	{
		sid: 'GrantForLeases',
		actions: ['kms:CreateGrant'],
		conditions: together(inContext(CONTENT_CLASSES), ofAFirm, {
			StringEquals: {
				'kms:GrantConstraintType': 'EncryptionContextEquals',
				'kms:GranteePrincipal': operator,
				'kms:RetiringPrincipal': broker,
			},
			'ForAllValues:StringEquals': { 'kms:GrantOperations': ['Decrypt'] },
		}),
		onlyTagged: true,
	},
	{ sid: 'TakeGrants', actions: ['kms:RevokeGrant', 'kms:ListGrants'], conditions: {}, onlyTagged: true },
	LOOK,
];

const WORKER: readonly KeyRight[] = [
	{
		sid: 'UseKeys',
		// Encrypt is for keys that are recovered from an escrow.
		actions: ['kms:GenerateDataKey', 'kms:Decrypt', 'kms:Encrypt'],
		conditions: together(inContext(KEY_CLASSES), ofAll, byAlias),
	},
	{
		sid: 'Rewrap',
		actions: ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
		// All classes, including checkpoints. The classes do not restrict the worker: KMS checks the old and the new context separately, and no
		// condition requires that they are equal. So this role can rewrap a checkpoint key under the context of another class and decrypt it
		// there, as it can by becoming the signer (SECURITY.md, "the worker").
		conditions: together(inContext([...KEY_CLASSES, CHECKPOINT]), ofAll, {
			Bool: { 'kms:ReEncryptOnSameKey': 'true' },
		}),
		onlyTagged: true,
	},
	{
		// From the present key of a firm to a key that the firm brings, and back. Checkpoint keys never move to another key.
		sid: 'ChangeKeyOfFirm',
		actions: ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
		conditions: together(inContext(KEY_CLASSES), ofAFirm),
		onlyTagged: true,
	},
	{
		sid: 'ManageKeys',
		actions: [
			'kms:RotateKeyOnDemand',
			'kms:GetKeyRotationStatus',
			'kms:DisableKey',
			'kms:EnableKey',
			'kms:ScheduleKeyDeletion',
			'kms:CancelKeyDeletion',
		],
		conditions: {},
		onlyTagged: true,
	},
	LOOK,
];

/** Only the signer creates, decrypts or wraps the keys that sign checkpoints. Encrypt is for keys that are recovered from an escrow. */
const SIGNER: readonly KeyRight[] = [
	{
		sid: 'SignCheckpoints',
		actions: ['kms:GenerateDataKey', 'kms:Decrypt', 'kms:Encrypt'],
		conditions: together(inContext([CHECKPOINT]), ofThePlatform, byAliasOfThePlatform),
	},
	LOOK,
];

/** The rights of src/keys/keyring-rights.ts, except for the right to create keys, which refers to no key. */
export const keyRights = (parties: GrantParties): Readonly<Record<KeyringPrincipal, readonly KeyRight[]>> => ({
	firm: FIRM,
	operator: OPERATOR,
	broker: brokerRights(parties),
	worker: WORKER,
	signer: SIGNER,
});
