import { TagResourceCommand } from '@aws-sdk/client-kms';
import { FirmsealError } from '../../errors.ts';
import { PLATFORM_FIRM_ID } from '../../keys/index.ts';
import { nameKey } from './create-key.ts';
import { aliasOf, FIRM_TAG, type FoundKey, findKey, readTags, tagsOf } from './firm-key.ts';
import type { Kms } from './kms.ts';

/** Region and account of the installation's keys. */
export interface KeyAccount {
	readonly region: string;
	/** ARN of this process's role, which names the installation's account. If null, the ARN of the platform's key names the account. */
	readonly role: string | null;
}

const KEY_ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):(\d{12}):key\/[A-Za-z0-9-]{1,64}$/;

/**
 * Adopts an existing key for a firm: tags it, then gives it the firm's alias. Idempotent, so that an interrupted run can be repeated.
 * @throws FirmsealError BAD_USER_INPUT for an unusable key, CONFLICT if the firm has another key.
 */
export async function adoptKey(kms: Kms, firm: string, arn: string, account: KeyAccount): Promise<FoundKey> {
	const key = await findUsableKey(kms, firm, arn, account);
	const there = await findKey(kms, aliasOf(firm));
	if (there && there.id !== key.id) throw anotherKeyExistsError();
	await tagAsOwn(kms, firm, key);
	if (there || (await claimAlias(kms, aliasOf(firm), key))) return key;
	throw anotherKeyExistsError();
}

/** Must precede the alias: the worker would not watch a key in use that isn't marked as the firm's own. */
export const tagAsOwn = (kms: Kms, firm: string, { id }: FoundKey) =>
	kms((client, options) => client.send(new TagResourceCommand({ KeyId: id, Tags: tagsOf(firm, true) }), options));

/** False if another key has the alias. */
export const claimAlias = async (kms: Kms, alias: string, key: FoundKey): Promise<boolean> =>
	(await nameKey(kms, alias, key, 0)) || (await findKey(kms, alias))?.id === key.id;

/** Finds a key that the firm may bring. Changes nothing. @throws FirmsealError BAD_USER_INPUT for any other key */
export async function findUsableKey(kms: Kms, firm: string, arn: string, account: KeyAccount): Promise<FoundKey> {
	await assertOurs(kms, arn, account);
	const key = await findKey(kms, arn);
	if (!key) throw unusableKeyError('KMS does not know this key in this account and region: check the ARN.');
	assertFit(key);
	const owner = (await readTags(kms, key.id)).get(FIRM_TAG);
	if (owner !== undefined && owner !== firm)
		throw unusableKeyError(
			'The tag firmseal:firm of this key names another firm: bring another key, or remove the tag if that firm was never created.',
		);
	return key;
}

/** Checks the ARN alone, so that KMS is never asked about a key of another account or region. */
async function assertOurs(kms: Kms, arn: string, ours: KeyAccount): Promise<void> {
	const [, region, account] = KEY_ARN.exec(arn) ?? [];
	if (!region || !account)
		throw unusableKeyError('Name the key by its ARN, arn:aws:kms:REGION:ACCOUNT:key/ID, not by an alias or an id.');
	if (region !== ours.region)
		throw unusableKeyError(
			'The key is not in the region of this installation: bring a key in the region of AWS_REGION.',
		);
	const ourAccount = accountOf(ours.role ?? (await findKey(kms, aliasOf(PLATFORM_FIRM_ID)))?.arn);
	if (ourAccount && ourAccount !== account)
		throw unusableKeyError(
			'The key belongs to another AWS account: bring a key of the account that this installation runs in.',
		);
}

const accountOf = (arn: string | undefined): string | undefined => arn?.split(':')[4];

function assertFit({ state, metadata }: FoundKey): void {
	if (metadata.KeyManager === 'AWS')
		throw unusableKeyError('AWS manages this key, so no grants can be made on it: bring a customer managed key.');
	if (metadata.KeySpec !== 'SYMMETRIC_DEFAULT' || metadata.KeyUsage !== 'ENCRYPT_DECRYPT')
		throw unusableKeyError(
			'This is not a symmetric key for encryption and decryption: bring a key of the type SYMMETRIC_DEFAULT.',
		);
	if (state !== 'ENABLED')
		throw unusableKeyError('The key is disabled, or cannot be used for another reason: enable it first.');
}

const unusableKeyError = (sentence: string) => new FirmsealError('BAD_USER_INPUT', sentence);

const anotherKeyExistsError = () =>
	new FirmsealError(
		'CONFLICT',
		'The firm already has another wrapping key, which its sealed content needs: keep that key.',
	);
