import { onTestFinished, vi } from 'vitest';
import { type AwsKeyringOptions, openAwsKeyring } from '../../../src/adapters/keyring-aws/index.ts';
import { guardKeyring, type Keyring, type KeyringPrincipal, KeyUnavailableError } from '../../../src/keys/index.ts';
import { assumed, startFakeKms } from '../../support/fake-kms.ts';

export const REGION = 'eu-central-1';
const ACCOUNT = '111122223333';
export const FIRM = '01a20e60-0000-7000-8000-00000000000a';
export const ALIAS = `alias/firmseal/${FIRM}`;
export const NOTE = { firm: FIRM, class: 'NOTE' } as const;
export const CONTEXT = { app: 'firmseal', firm: FIRM, class: 'NOTE' };

export const KEY_ID = '8f4a1d0e-0000-4000-8000-000000000001';
export const arnOf = (id = KEY_ID, { region = REGION, account = ACCOUNT } = {}) =>
	`arn:aws:kms:${region}:${account}:key/${id}`;
export const roleOf = (name: string) => `arn:aws:iam::${ACCOUNT}:role/firmseal-${name}`;

export const NO_ROLES = { firm: null, operator: null, broker: null, worker: null, signer: null } as const;
const ROLES = { ...NO_ROLES, operator: roleOf('operator'), broker: roleOf('broker') };

/** A key as KMS describes it, with the given properties. */
export const described = (metadata: object = {}) => ({
	json: {
		KeyMetadata: {
			AWSAccountId: ACCOUNT,
			KeyId: KEY_ID,
			Arn: arnOf(),
			CreationDate: 1_700_000_000,
			KeyState: 'Enabled',
			KeyManager: 'CUSTOMER',
			KeySpec: 'SYMMETRIC_DEFAULT',
			KeyUsage: 'ENCRYPT_DECRYPT',
			...metadata,
		},
	},
});

export const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** A fake key service that holds the key of FIRM, and a way to open the keyring on it. */
export async function newStage() {
	vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
	const kms = await startFakeKms();
	onTestFinished(() => kms.stop());
	kms.script('AssumeRole', assumed(roleOf('any')));
	kms.script('DescribeKey', described());
	kms.script('ListResourceTags', { json: { Tags: [{ TagKey: 'firmseal:own-key', TagValue: 'false' }] } });
	kms.script('ListKeyRotations', { json: { Rotations: [] } });
	const open = (principal: KeyringPrincipal, options: Partial<AwsKeyringOptions> = {}): Keyring =>
		guardKeyring(
			openAwsKeyring({
				region: REGION,
				endpoints: { kms: kms.url, sts: kms.url },
				principal,
				roles: principal === 'broker' ? ROLES : NO_ROLES,
				...options,
			}),
		);
	return { kms, open, worker: open('worker') };
}

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<KeyUnavailableError> {
	const error = await call.then(
		() => new Error('it did not fail'),
		(thrown: unknown) => thrown,
	);
	if (error instanceof KeyUnavailableError) return error;
	throw error;
}
