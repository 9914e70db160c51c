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

/** Something that a role may do with wrapping keys. */
export interface KeyRight {
	readonly sid: string;
	readonly actions: readonly string[];
	readonly conditions: Conditions;
	/** Whether a statement of IAM also asks for our tag; a key's own policy has no need to, and can't. */
	readonly onlyTagged?: true;
}

/** What keys of firms are made for: content, what proves rights, and lists of what to delete. */
const KEY_CLASSES: readonly string[] = [...CONTENT_CLASSES, 'RIGHTS', 'JOB'];

/** What signs the log's checkpoints. */
const CHECKPOINT = 'CHECKPOINT';

/** State, tags and versions; nothing of what is under a key. */
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

/** No right to content: a grant gives that, for one firm and class. A Deny here would take away what a grant gives. */
const OPERATOR: readonly KeyRight[] = [
	{
		sid: 'ProveOwnPeople',
		actions: ['kms:Decrypt'],
		conditions: together(inContext(['RIGHTS']), ofThePlatform, byAliasOfThePlatform),
	},
	LOOK,
];

/** A grant is to the operator plane, for one class of content of one firm, and for opening alone. */
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
		// Encrypt is for keys that were recovered from an escrow.
		actions: ['kms:GenerateDataKey', 'kms:Decrypt', 'kms:Encrypt'],
		conditions: together(inContext(KEY_CLASSES), ofAll, byAlias),
	},
	{
		sid: 'Rewrap',
		actions: ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
		// Of every class, checkpoints too. This keeps nothing from the worker: KMS asks for the context before and the context after one by
		// one, and no condition says that they are the same. So this role can have what signs checkpoints put under the context of another
		// class, and open it there, as it can by becoming the signer (SECURITY.md, "the worker").
		conditions: together(inContext([...KEY_CLASSES, CHECKPOINT]), ofAll, {
			Bool: { 'kms:ReEncryptOnSameKey': 'true' },
		}),
		onlyTagged: true,
	},
	{
		// From the key that a firm has to one that it brings, and back. Of what signs checkpoints, nothing goes under another key.
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

/** The keys that checkpoints are signed with, which nobody else makes, opens or wraps. Encrypt is for those that were recovered from an escrow. */
const SIGNER: readonly KeyRight[] = [
	{
		sid: 'SignCheckpoints',
		actions: ['kms:GenerateDataKey', 'kms:Decrypt', 'kms:Encrypt'],
		conditions: together(inContext([CHECKPOINT]), ofThePlatform, byAliasOfThePlatform),
	},
	LOOK,
];

/** As src/keys/keyring-rights.ts has it. What makes a key isn't of a key, and so not here. */
export const keyRights = (parties: GrantParties): Readonly<Record<KeyringPrincipal, readonly KeyRight[]>> => ({
	firm: FIRM,
	operator: OPERATOR,
	broker: brokerRights(parties),
	worker: WORKER,
	signer: SIGNER,
});
