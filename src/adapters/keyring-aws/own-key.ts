import { TagResourceCommand } from '@aws-sdk/client-kms';
import { FirmsealError } from '../../errors.ts';
import { PLATFORM_FIRM_ID } from '../../keys/index.ts';
import { nameKey } from './create-key.ts';
import { aliasOf, FIRM_TAG, type FoundKey, findKey, readTags, tagsOf } from './firm-key.ts';
import type { Kms } from './kms.ts';

/** Where the installation's own keys are. */
export interface KeyAccount {
	readonly region: string;
	/** ARN of the role that asks, whose account is the installation's; null: the platform's key says which that is. */
	readonly role: string | null;
}

const KEY_ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):(\d{12}):key\/[A-Za-z0-9-]{1,64}$/;

/**
 * Makes a key that is there the firm's own: it is tagged, then named. Another run with the same key goes on where one was cut off.
 * @throws FirmsealError BAD_USER_INPUT for a key that can't be one, CONFLICT when the firm has another.
 */
export async function adoptKey(kms: Kms, firm: string, arn: string, account: KeyAccount): Promise<FoundKey> {
	const key = await findUsableKey(kms, firm, arn, account);
	const there = await findKey(kms, aliasOf(firm));
	if (there && there.id !== key.id) throw anotherKeyExistsError();
	// Before it has its name: a key in use that isn't known to be the firm's own would not be watched.
	await kms((client, options) =>
		client.send(new TagResourceCommand({ KeyId: key.id, Tags: tagsOf(firm, true) }), options),
	);
	if (there || (await nameKey(kms, aliasOf(firm), key, 0))) return key;
	const first = await findKey(kms, aliasOf(firm));
	if (first?.id !== key.id) throw anotherKeyExistsError();
	return key;
}

/** A key that the firm may bring. Changes nothing. @throws FirmsealError BAD_USER_INPUT for any other */
export async function findUsableKey(kms: Kms, firm: string, arn: string, account: KeyAccount): Promise<FoundKey> {
	await assertOurs(kms, arn, account);
	const key = await findKey(kms, arn);
	if (!key) throw unusableKeyError('KMS knows no such key in this account and region: check the ARN.');
	assertFit(key);
	const owner = (await readTags(kms, key.id)).get(FIRM_TAG);
	if (owner !== undefined && owner !== firm)
		throw unusableKeyError(
			'Its tag firmseal:firm says that this key is another firm’s: bring another one, or take the tag off if that firm was never made.',
		);
	return key;
}

/** By the ARN alone, before KMS is asked about someone else's key. */
async function assertOurs(kms: Kms, arn: string, ours: KeyAccount): Promise<void> {
	const [, region, account] = KEY_ARN.exec(arn) ?? [];
	if (!region || !account)
		throw unusableKeyError(
			'Name the key by its ARN, arn:aws:kms:REGION:ACCOUNT:key/ID; an alias or a bare id is not one.',
		);
	if (region !== ours.region)
		throw unusableKeyError(
			'The key is in another region than this installation: bring one of the region in AWS_REGION.',
		);
	const ourAccount = accountOf(ours.role ?? (await findKey(kms, aliasOf(PLATFORM_FIRM_ID)))?.arn);
	if (ourAccount && ourAccount !== account)
		throw unusableKeyError(
			'The key is of another AWS account: bring one of the account that this installation runs in.',
		);
}

const accountOf = (arn: string | undefined): string | undefined => arn?.split(':')[4];

function assertFit({ state, metadata }: FoundKey): void {
	if (metadata.KeyManager === 'AWS')
		throw unusableKeyError(
			'AWS manages this key itself, so that nothing can be granted on it: bring a customer managed one.',
		);
	if (metadata.KeySpec !== 'SYMMETRIC_DEFAULT' || metadata.KeyUsage !== 'ENCRYPT_DECRYPT')
		throw unusableKeyError(
			'This is not a symmetric key for encryption and decryption (SYMMETRIC_DEFAULT): bring one that is.',
		);
	if (state !== 'ENABLED')
		throw unusableKeyError('The key is disabled, or not usable for another reason: enable it first.');
}

const unusableKeyError = (sentence: string) => new FirmsealError('BAD_USER_INPUT', sentence);

const anotherKeyExistsError = () =>
	new FirmsealError('CONFLICT', 'The firm has another wrapping key already, and what is sealed opens only with that.');
