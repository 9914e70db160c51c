import type { StackRole } from '../../deploy/role-names.ts';
import { CONTENT_CLASSES } from '../../src/access/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import { assertKeyRight, assertKeyringRight, type KeyringPrincipal, PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import type { Request } from './iam-policy.ts';
import { ALIAS_ARN, FIRM_KEY, roleArn } from './synthesized.ts';

/** A request of a role, and whether it must be allowed. */
export interface Expectation {
	readonly what: string;
	readonly allowed: boolean;
	readonly request: Request;
}

export const ROLES: readonly KeyringPrincipal[] = ['firm', 'operator', 'broker', 'worker', 'signer'];
/** `setup` may assume the other roles. It has no right to any key. */
export const ALL_ROLES: readonly StackRole[] = [...ROLES, 'setup'];
const FIRM = '0192f3a4-0000-7000-8000-00000000000a';
const CLASSES = [...CONTENT_CLASSES, 'RIGHTS', 'JOB', 'CHECKPOINT'];

/** The condition values with the changes; undefined removes a value. */
type Changes = Readonly<Record<string, string | readonly string[] | undefined>>;
const changed = (context: Changes, changes: Changes = {}) =>
	Object.fromEntries(
		Object.entries({ ...context, ...changes }).filter(
			(entry): entry is [string, string | readonly string[]] => entry[1] !== undefined,
		),
	);

const contextOf = (firm: string, keyClass: string) => ({
	'kms:EncryptionContext:app': 'firmseal',
	'kms:EncryptionContext:firm': firm,
	'kms:EncryptionContext:class': keyClass,
	'kms:EncryptionContextKeys': ['app', 'firm', 'class'],
});

const ourKey = (firm: string) => ({
	'aws:ResourceTag/firmseal:firm': firm,
	'aws:ResourceTag/firmseal:own-key': 'false',
});

/** Condition values that the adapter sends with each call that opens or makes a data key. */
const ofDataKey = (firm: string, keyClass: string) => ({
	...contextOf(firm, keyClass),
	...ourKey(firm),
	'kms:RequestAlias': `alias/firmseal/${firm}`,
	'kms:ReEncryptOnSameKey': 'true',
});

const DATA_KEY_ACTIONS = {
	generateDataKey: ['kms:GenerateDataKey'],
	unwrap: ['kms:Decrypt'],
	rewrap: ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
	wrap: ['kms:Encrypt'],
	rewrapToNext: ['kms:ReEncryptFrom', 'kms:ReEncryptTo'],
} as const;

/** Condition values that only some of these calls have. */
const SENT: Readonly<Partial<Record<keyof typeof DATA_KEY_ACTIONS, Changes>>> = {
	rewrapToNext: { 'kms:ReEncryptOnSameKey': 'false' },
};

function isRight(ask: () => unknown): boolean {
	try {
		return Boolean(ask());
	} catch (error) {
		if (error instanceof FirmsealError) return false;
		throw error;
	}
}

/** The table of src/keys/keyring-rights.ts, with grants as KMS keeps them. */
export const dataKeys: readonly Expectation[] = ROLES.flatMap((role) =>
	[FIRM, PLATFORM_FIRM_ID].flatMap((firm) =>
		CLASSES.flatMap((keyClass) =>
			(Object.keys(DATA_KEY_ACTIONS) as (keyof typeof DATA_KEY_ACTIONS)[]).flatMap((act) => {
				const context = { firm, class: keyClass };
				const allowed = isRight(() => {
					assertKeyRight(role, act, context, () => false);
					return true;
				});
				return DATA_KEY_ACTIONS[act].map((action) => ({
					what: `${role}: ${act}, ${action} of ${keyClass} of ${firm === PLATFORM_FIRM_ID ? 'the platform' : 'a firm'}`,
					allowed,
					request: {
						role: roleArn(role),
						action,
						resource: FIRM_KEY,
						context: changed(ofDataKey(firm, keyClass), SENT[act]),
					},
				}));
			}),
		),
	),
);

/** Variations of each allowed call, which must be refused. */
const DIFFERENT: Readonly<Record<string, Changes>> = {
	'with no context': {
		'kms:EncryptionContext:app': undefined,
		'kms:EncryptionContext:firm': undefined,
		'kms:EncryptionContext:class': undefined,
		'kms:EncryptionContextKeys': undefined,
	},
	'of another program': { 'kms:EncryptionContext:app': 'other' },
	'of no program': { 'kms:EncryptionContext:app': undefined },
	'of an unknown class': { 'kms:EncryptionContext:class': 'OTHER' },
	'of something that is no firm': { 'kms:EncryptionContext:firm': 'other' },
	'of no firm': { 'kms:EncryptionContext:firm': undefined },
	'with more in the context': { 'kms:EncryptionContextKeys': ['app', 'firm', 'class', 'more'] },
};
const DIFFERENT_NAME: Readonly<Record<string, Changes>> = {
	'by the id of the key': { 'kms:RequestAlias': undefined },
	'by another name': { 'kms:RequestAlias': 'alias/other' },
};
const DIFFERENT_KEY: Readonly<Record<string, Changes>> = {
	'with a key that is none of ours': { 'aws:ResourceTag/firmseal:firm': undefined },
};

/** Only data keys of firms may be rewrapped from one key to another. The platform's data keys must stay under their key. */
const TO_ANOTHER_KEY = { 'kms:ReEncryptOnSameKey': 'false' };

/** A data key of one firm, with the alias of another. */
function crossed(role: KeyringPrincipal, action: string, keyClass: string, of: string, under: string): Expectation {
	const context = { ...ofDataKey(of, keyClass), 'kms:RequestAlias': `alias/firmseal/${under}` };
	return {
		what: `${role}: ${action} of ${of} under the key of ${under}`,
		allowed: false,
		request: { role: roleArn(role), action, resource: FIRM_KEY, context },
	};
}

const isOfAFirm = ({ context }: Request) =>
	context?.['kms:EncryptionContext:firm'] === FIRM && context['kms:EncryptionContext:class'] !== 'CHECKPOINT';

export const strangeDataKeys: readonly Expectation[] = [
	...dataKeys
		.filter(({ allowed }) => allowed)
		.flatMap(({ what, request }) =>
			Object.entries({
				...DIFFERENT,
				...(request.action.startsWith('kms:ReEncrypt') ? DIFFERENT_KEY : DIFFERENT_NAME),
			}).map(([how, changes]) => ({
				what: `${what}, ${how}`,
				allowed: false,
				request: { ...request, context: changed(request.context ?? {}, changes) },
			})),
		),
	...dataKeys
		.filter(({ allowed, request }) => allowed && request.action.startsWith('kms:ReEncrypt') && !isOfAFirm(request))
		.map(({ what, request }) => ({
			what: `${what}, under another key`,
			allowed: false,
			request: { ...request, context: changed(request.context ?? {}, TO_ANOTHER_KEY) },
		})),
	...(['kms:Decrypt', 'kms:GenerateDataKey'] as const).flatMap((action) => [
		crossed('firm', action, 'NOTE', FIRM, PLATFORM_FIRM_ID),
		crossed('firm', action, 'NOTE', PLATFORM_FIRM_ID, FIRM),
	]),
	crossed('operator', 'kms:Decrypt', 'RIGHTS', PLATFORM_FIRM_ID, FIRM),
	crossed('operator', 'kms:Decrypt', 'RIGHTS', FIRM, PLATFORM_FIRM_ID),
	...(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:Encrypt'] as const).flatMap((action) => [
		crossed('signer', action, 'CHECKPOINT', PLATFORM_FIRM_ID, FIRM),
		crossed('signer', action, 'CHECKPOINT', FIRM, PLATFORM_FIRM_ID),
	]),
];

const NEW_KEY = {
	'aws:TagKeys': ['firmseal:firm', 'firmseal:own-key'],
	'aws:RequestTag/firmseal:firm': FIRM,
	'aws:RequestTag/firmseal:own-key': 'false',
	'kms:KeySpec': 'SYMMETRIC_DEFAULT',
	'kms:KeyUsage': 'ENCRYPT_DECRYPT',
	'kms:KeyOrigin': 'AWS_KMS',
	'kms:MultiRegion': 'false',
};
const GRANT = {
	...contextOf(FIRM, 'NOTE'),
	...ourKey(FIRM),
	'kms:GrantOperations': ['Decrypt'],
	'kms:GrantConstraintType': 'EncryptionContextEquals',
	'kms:GranteePrincipal': roleArn('operator'),
	'kms:RetiringPrincipal': roleArn('broker'),
};
const NAMED = { ...ourKey(FIRM), 'kms:RequestAlias': `alias/firmseal/${FIRM}` };

interface Call {
	readonly action: string;
	readonly resource?: string;
	readonly context?: Changes;
	/** Variations of a call that must be refused. */
	readonly never?: Readonly<Record<string, Changes>>;
}

const UNTAGGED = { 'with a key that is none of ours': { 'aws:ResourceTag/firmseal:firm': undefined } };
const ofOurKey = (action: string): Call => ({ action, context: ourKey(FIRM) });
const ofOurs = (action: string): Call => ({ action, context: ourKey(FIRM), never: UNTAGGED });

/** The calls to KMS of each method of the port, by the adapter (src/adapters/keyring-aws). */
const CALLS: Readonly<Record<string, readonly Call[]>> = {
	describeKey: [
		{ action: 'kms:DescribeKey', context: NAMED },
		{ action: 'kms:ListResourceTags', context: ourKey(FIRM) },
		{ action: 'kms:ListKeyRotations', context: ourKey(FIRM) },
	],
	createKey: [
		{
			action: 'kms:CreateKey',
			resource: '*',
			context: NEW_KEY,
			never: {
				'without tags': { 'aws:TagKeys': undefined, 'aws:RequestTag/firmseal:firm': undefined },
				'as one that a firm brings': { 'aws:RequestTag/firmseal:own-key': 'true' },
				'with another tag': { 'aws:TagKeys': ['firmseal:firm', 'firmseal:own-key', 'other'] },
				'that signs': { 'kms:KeyUsage': 'SIGN_VERIFY' },
				'of another kind': { 'kms:KeySpec': 'HMAC_256' },
				'of material from elsewhere': { 'kms:KeyOrigin': 'EXTERNAL' },
				'of several regions': { 'kms:MultiRegion': 'true' },
			},
		},
		{
			action: 'kms:TagResource',
			context: NEW_KEY,
			never: {
				'with another tag': { 'aws:TagKeys': ['firmseal:firm', 'other'] },
				"without a firm's": { 'aws:RequestTag/firmseal:firm': undefined },
			},
		},
		{ action: 'kms:CreateAlias', resource: `${ALIAS_ARN}firmseal/${FIRM}` },
		{ action: 'kms:CreateAlias' },
		{ action: 'kms:EnableKeyRotation' },
	],
	rotateKey: [ofOurs('kms:RotateKeyOnDemand'), ofOurs('kms:GetKeyRotationStatus')],
	disableKey: [ofOurs('kms:DisableKey')],
	enableKey: [ofOurs('kms:EnableKey')],
	scheduleDeletion: [ofOurs('kms:ScheduleKeyDeletion')],
	cancelDeletion: [ofOurs('kms:CancelKeyDeletion')],
	setNextKey: [
		{ action: 'kms:CreateAlias', resource: `${ALIAS_ARN}firmseal/next/${FIRM}` },
		{ action: 'kms:TagResource', context: { ...NEW_KEY, 'aws:RequestTag/firmseal:own-key': 'true' } },
	],
	switchKey: [
		{ action: 'kms:CreateAlias', resource: `${ALIAS_ARN}firmseal/previous/${FIRM}` },
		...['kms:UpdateAlias', 'kms:DeleteAlias'].flatMap((action): Call[] => [
			{ action, resource: `${ALIAS_ARN}firmseal/${FIRM}` },
			ofOurKey(action),
		]),
	],
	releaseKey: [
		ofOurs('kms:ScheduleKeyDeletion'),
		{ action: 'kms:DeleteAlias', resource: `${ALIAS_ARN}firmseal/previous/${FIRM}` },
		{ action: 'kms:DeleteAlias', resource: `${ALIAS_ARN}firmseal/${FIRM}` },
		{
			action: 'kms:UntagResource',
			context: { ...ourKey(FIRM), 'aws:TagKeys': ['firmseal:firm', 'firmseal:own-key'] },
			never: { ...UNTAGGED, 'of another tag': { 'aws:TagKeys': ['firmseal:firm', 'other'] } },
		},
	],
	revokeGrant: [ofOurs('kms:RevokeGrant')],
	listGrants: [ofOurs('kms:ListGrants')],
	createGrant: [
		{
			action: 'kms:CreateGrant',
			context: GRANT,
			never: {
				...DIFFERENT,
				...UNTAGGED,
				'for what proves rights': { 'kms:EncryptionContext:class': 'RIGHTS' },
				'for what signs checkpoints': { 'kms:EncryptionContext:class': 'CHECKPOINT' },
				'for the platform': { 'kms:EncryptionContext:firm': PLATFORM_FIRM_ID },
				'for more than decrypting': { 'kms:GrantOperations': ['Decrypt', 'Encrypt'] },
				'for granting further': { 'kms:GrantOperations': ['CreateGrant'] },
				'to another role': { 'kms:GranteePrincipal': roleArn('worker') },
				'with another role that retires it': { 'kms:RetiringPrincipal': roleArn('operator') },
				'without a role that retires it': { 'kms:RetiringPrincipal': undefined },
				'of part of a context': { 'kms:GrantConstraintType': 'EncryptionContextSubset' },
				'without a constraint': { 'kms:GrantConstraintType': undefined },
			},
		},
	],
};

type Act = Parameters<typeof assertKeyringRight>[1];

/** The library creates local keys itself. Of Firmseal's processes only the worker creates a key. */
const mayAct = (role: KeyringPrincipal, act: Act): boolean =>
	isRight(() => assertKeyringRight(role, act)) && !(role === 'firm' && act === 'createKey');

export const management: readonly Expectation[] = ROLES.flatMap((role) =>
	Object.entries(CALLS).flatMap(([act, calls]) =>
		calls.flatMap(({ action, resource = FIRM_KEY, context = {}, never = {} }) => {
			const request = { role: roleArn(role), action, resource };
			const what = `${role}: ${act}, ${action}`;
			return [
				{ what, allowed: mayAct(role, act as Act), request: { ...request, context: changed(context) } },
				...Object.entries(never).map(([how, changes]) => ({
					what: `${what} ${how}`,
					allowed: false,
					request: { ...request, context: changed(context, changes) },
				})),
			];
		}),
	),
);

/** Calls outside a role's purpose, with all condition values that could allow them. */
export const beyond: readonly Expectation[] = ALL_ROLES.flatMap((role) =>
	[
		...['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'].map((action) => ({
			action,
			resource: `${ALIAS_ARN}other`,
		})),
		...[
			'kms:GenerateDataKeyWithoutPlaintext',
			'kms:GenerateDataKeyPair',
			'kms:PutKeyPolicy',
			'kms:GetKeyPolicy',
			...(role === 'worker' ? [] : ['kms:UpdateAlias', 'kms:DeleteAlias', 'kms:UntagResource']),
			'kms:DisableKeyRotation',
			'kms:DeleteImportedKeyMaterial',
			'kms:ImportKeyMaterial',
			'kms:ReplicateKey',
			'kms:UpdateKeyDescription',
			'kms:RetireGrant',
			'kms:ListKeys',
			...(role === 'setup'
				? ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:CreateGrant', 'kms:ScheduleKeyDeletion']
				: []),
		].map((action) => ({ action, resource: FIRM_KEY })),
	].map(({ action, resource }) => ({
		what: `${role}: ${action} of ${resource}`,
		allowed: false,
		request: {
			role: roleArn(role),
			action,
			resource,
			context: { ...ofDataKey(FIRM, 'NOTE'), ...NEW_KEY, ...GRANT },
		},
	})),
);
