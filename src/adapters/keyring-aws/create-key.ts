import {
	CreateAliasCommand,
	CreateKeyCommand,
	EnableKeyRotationCommand,
	ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { KeyUnavailableError } from '../../keys/index.ts';
import { aliasOf, type FoundKey, findKey, tagsOf, toFoundKey, waitForPropagation } from './firm-key.ts';
import type { Kms } from './kms.ts';
import { replaceError } from './kms-errors.ts';

/** KMS's minimum. */
const ORPHAN_DAYS = 7;

/** Milliseconds until all of KMS knows a new key. */
const KNOWN_WITHIN = 10_000;

/**
 * The firm's key, created if there is none. The alias decides: if two processes create a key at once, the second finds the alias taken,
 * uses the first key, and schedules its own for deletion. A process that is killed before CreateAlias leaves a key without an alias
 * (README.md).
 */
export async function createOrFindKey(kms: Kms, firm: string): Promise<FoundKey> {
	const there = await findKey(kms, aliasOf(firm));
	return there ?? makeRotatingKey(kms, firm, aliasOf(firm));
}

/** Creates a key with this alias that KMS rotates each year, or returns the key that got the alias first. */
export async function makeRotatingKey(kms: Kms, firm: string, alias: string): Promise<FoundKey> {
	const made = await makeKey(kms, firm);
	const isNamed = await prepareAndName(kms, alias, made).catch(async (error: unknown) => {
		// After AWAY the key may have its alias and be in use, so it must not be deleted.
		const isUnnamed = error instanceof KeyUnavailableError && error.reason !== 'AWAY';
		if (isUnnamed) await discard(kms, made);
		throw error;
	});
	const key = await known(kms, alias);
	if (!isNamed && key.id !== made.id) await discard(kms, made);
	return key;
}

/** Enables rotation before the key gets its alias, so that every key in use is rotated. False if another key has the alias. */
async function prepareAndName(kms: Kms, alias: string, made: FoundKey): Promise<boolean> {
	await enableRotation(kms, made);
	return nameKey(kms, alias, made, KNOWN_WITHIN);
}

async function makeKey(kms: Kms, firm: string): Promise<FoundKey> {
	const { KeyMetadata } = await kms((client, options) =>
		client.send(
			new CreateKeyCommand({
				KeySpec: 'SYMMETRIC_DEFAULT',
				KeyUsage: 'ENCRYPT_DECRYPT',
				Description: `Firmseal: wrapping key of ${firm}`,
				Tags: tagsOf(firm, false),
			}),
			options,
		),
	);
	return toFoundKey(KeyMetadata);
}

async function enableRotation(kms: Kms, { id }: FoundKey): Promise<void> {
	const enable = () =>
		kms((client, options) =>
			client
				.send(new EnableKeyRotationCommand({ KeyId: id }), options)
				.then(() => true)
				.catch(replaceError('NotFoundException', null)),
		);
	if (!(await waitForPropagation(enable, KNOWN_WITHIN)))
		throw new KeyUnavailableError('REFUSED', 'KMS does not find the key that was just created: check the account.');
}

/** False if another key has the alias. `most`: milliseconds for which KMS may not know the key. */
export async function nameKey(kms: Kms, alias: string, { id }: FoundKey, most: number): Promise<boolean> {
	const name = () =>
		kms((client, options) =>
			client
				.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: id }), options)
				.then(() => 'named' as const)
				.catch(replaceError('AlreadyExistsException', 'taken' as const))
				.catch(replaceError('NotFoundException', null)),
		);
	const outcome = await waitForPropagation(name, most);
	if (outcome === null)
		throw new KeyUnavailableError(
			'REFUSED',
			'KMS does not know this key in this account and region: check the account.',
		);
	return outcome === 'named';
}

async function known(kms: Kms, alias: string): Promise<FoundKey> {
	const found = await waitForPropagation(() => findKey(kms, alias), KNOWN_WITHIN);
	if (found) return found;
	throw new KeyUnavailableError(
		'AWAY',
		'The key service has created the alias of the key but does not find it yet: try again.',
	);
}

/** Nothing was ever wrapped under this key. If this call fails, the key stays behind, as it does after a crash (README.md). */
async function discard(kms: Kms, { id }: FoundKey): Promise<void> {
	await kms((client, options) =>
		client.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: ORPHAN_DAYS }), options),
	).catch(() => {});
}
