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

/** The shortest that KMS has. */
const ORPHAN_DAYS = 7;

/** How long, in milliseconds, a key that was just made may not be known to all of KMS. */
const KNOWN_WITHIN = 10_000;

/**
 * The firm's key, made if there is none. The alias decides: of two that make one at once the second finds the name taken, uses the
 * first one's, and has its own deleted. One that is killed before its alias leaves a key without one (README.md).
 */
export async function createOrFindKey(kms: Kms, firm: string): Promise<FoundKey> {
	const there = await findKey(kms, aliasOf(firm));
	return there ?? makeRotatingKey(kms, firm, aliasOf(firm));
}

/** A new key by that name, which KMS rotates each year; or the one that has got the name meanwhile. */
export async function makeRotatingKey(kms: Kms, firm: string, alias: string): Promise<FoundKey> {
	const made = await makeKey(kms, firm);
	const isNamed = await prepareAndName(kms, alias, made).catch(async (error: unknown) => {
		// Without an answer no one knows whether the name was given: a key that may be in use is never deleted for it.
		const isUnnamed = error instanceof KeyUnavailableError && error.reason !== 'AWAY';
		if (isUnnamed) await discard(kms, made);
		throw error;
	});
	const key = await known(kms, alias);
	if (!isNamed && key.id !== made.id) await discard(kms, made);
	return key;
}

/** Rotation before the name, so that no key in use is without. false: the firm has a key already. */
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
		throw new KeyUnavailableError('REFUSED', 'The key that was just made is not there: look at the account.');
}

/** false: another key has that name. `most`: how long the key may be unknown, in milliseconds. */
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
		throw new KeyUnavailableError('REFUSED', 'KMS knows no such key in this account and region: look at it there.');
	return outcome === 'named';
}

/** What the name stands for. */
async function known(kms: Kms, alias: string): Promise<FoundKey> {
	const found = await waitForPropagation(() => findKey(kms, alias), KNOWN_WITHIN);
	if (found) return found;
	throw new KeyUnavailableError('AWAY', 'The key service has named the key and does not know it yet: try again.');
}

/** Nothing was ever wrapped under it. If this fails too, it stays as what a kill would leave. */
async function discard(kms: Kms, { id }: FoundKey): Promise<void> {
	await kms((client, options) =>
		client.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: ORPHAN_DAYS }), options),
	).catch(() => {});
}
