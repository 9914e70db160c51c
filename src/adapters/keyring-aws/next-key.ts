import {
	CreateAliasCommand,
	DeleteAliasCommand,
	ScheduleKeyDeletionCommand,
	UntagResourceCommand,
	UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { FirmsealError } from '../../errors.ts';
import { type KeySide, KeyUnavailableError } from '../../keys/index.ts';
import { makeRotatingKey } from './create-key.ts';
import {
	aliasOf,
	FIRM_TAG,
	type FoundKey,
	findKey,
	needKey,
	OWN_TAG,
	readTags,
	sideAliasOf,
	waitForPropagation,
} from './firm-key.ts';
import type { Kms } from './kms.ts';
import { replaceError } from './kms-errors.ts';
import { claimAlias, findUsableKey, type KeyAccount, tagAsOwn } from './own-key.ts';

/** Milliseconds until all of KMS knows a moved alias. */
const KNOWN_WITHIN = 10_000;

/**
 * Checks a key that a firm wants to use instead of its current key. Changes nothing.
 * @throws FirmsealError BAD_USER_INPUT for an unusable key, CONFLICT for the current key, and while another key is about to replace it.
 */
export async function inspectNextKey(kms: Kms, firm: string, own: string, account: KeyAccount): Promise<FoundKey> {
	const key = await findUsableKey(kms, firm, own, account);
	const [current, next, previous] = await keysOf(kms, firm);
	if (next && next.id !== key.id) throw nextKeyExistsError();
	// If the previous key still has its alias, this is a switch that continues.
	if (current.id === key.id && !next && !previous) throw keyUnchangedError();
	return key;
}

/**
 * Sets the firm's next key: `own`, or a new key if `own` is null. Idempotent. After the switch, returns the firm's current key.
 * @throws FirmsealError as inspectNextKey() does
 */
export async function setNextKey(kms: Kms, firm: string, own: string | null, account: KeyAccount): Promise<FoundKey> {
	if (own === null) return nameMadeKey(kms, firm);
	const key = await inspectNextKey(kms, firm, own, account);
	await tagAsOwn(kms, firm, key);
	const [current, next] = await keysOf(kms, firm);
	if (current.id === key.id || next || (await claimAlias(kms, sideAliasOf(firm, 'next'), key))) return key;
	throw nextKeyExistsError();
}

async function nameMadeKey(kms: Kms, firm: string): Promise<FoundKey> {
	const [current, next, previous] = await keysOf(kms, firm);
	if (next) {
		if (await isOwn(kms, next)) throw nextKeyExistsError();
		return next;
	}
	if (!(await isOwn(kms, current))) {
		if (previous) return current;
		throw notBroughtError();
	}
	return makeRotatingKey(kms, firm, sideAliasOf(firm, 'next'));
}

/**
 * Makes the next key the firm's current key. The old key keeps the alias `previous`, so that data keys under it open until it is
 * released. @throws FirmsealError CONFLICT if the next key doesn't have this ARN
 */
export async function switchKey(kms: Kms, firm: string, arn: string): Promise<FoundKey> {
	const [current, next] = await keysOf(kms, firm);
	if ((next ?? current).arn !== arn) throw nextKeyExistsError();
	if (!next) return current;
	if (next.id !== current.id) {
		await nameAs(kms, sideAliasOf(firm, 'previous'), current);
		await nameAs(kms, aliasOf(firm), next);
		const isKnown = await waitForPropagation(
			async () => ((await findKey(kms, aliasOf(firm)))?.id === next.id ? true : null),
			KNOWN_WITHIN,
		);
		if (!isKnown)
			throw new KeyUnavailableError('AWAY', 'The key service has moved the alias but does not know it yet: try again.');
	}
	await dropName(kms, sideAliasOf(firm, 'next'));
	return next;
}

/**
 * Releases the firm's next or previous key. A key created here is destroyed after `days`. A key that the firm brought stays as it is,
 * without Firmseal's tags. The alias is deleted last, so that an interrupted run finds the key again.
 */
export async function releaseKey(kms: Kms, firm: string, side: KeySide, days: number): Promise<void> {
	const name = sideAliasOf(firm, side);
	const key = await findKey(kms, name);
	if (!key) return;
	const current = await findKey(kms, aliasOf(firm));
	if (key.id !== current?.id && key.state !== 'PENDING_DELETION') {
		const tags = await readTags(kms, key.id);
		if (tags.get(OWN_TAG) === 'false')
			await kms((client, options) =>
				client.send(new ScheduleKeyDeletionCommand({ KeyId: key.id, PendingWindowInDays: days }), options),
			);
		else if (tags.get(FIRM_TAG) === firm) await untag(kms, key);
	}
	await dropName(kms, name);
}

/**
 * Releases the firm's current key, which the firm brought: first the tags, then the alias. KMS can't change the tags of a key that is
 * pending deletion. @throws FirmsealError CONFLICT for a key created here
 */
export async function releaseOwnKey(kms: Kms, firm: string): Promise<void> {
	const key = await findKey(kms, aliasOf(firm));
	if (!key) return;
	const tags = await readTags(kms, key.id);
	if (tags.get(OWN_TAG) === 'false') throw notBroughtError();
	if (tags.get(FIRM_TAG) === firm && key.state !== 'PENDING_DELETION') await untag(kms, key);
	await dropName(kms, aliasOf(firm));
}

const untag = (kms: Kms, { id }: FoundKey) =>
	kms((client, options) => client.send(new UntagResourceCommand({ KeyId: id, TagKeys: [FIRM_TAG, OWN_TAG] }), options));

/** The firm's current, next and previous key. */
async function keysOf(kms: Kms, firm: string): Promise<readonly [FoundKey, FoundKey | null, FoundKey | null]> {
	return [
		await needKey(kms, firm),
		await findKey(kms, sideAliasOf(firm, 'next')),
		await findKey(kms, sideAliasOf(firm, 'previous')),
	];
}

const isOwn = async (kms: Kms, { id }: FoundKey): Promise<boolean> =>
	(await readTags(kms, id)).get(OWN_TAG) !== 'false';

/** Points the alias at the key, whether or not the alias exists. */
async function nameAs(kms: Kms, name: string, { id }: FoundKey): Promise<void> {
	const isNew = await kms((client, options) =>
		client
			.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: id }), options)
			.then(() => true)
			.catch(replaceError('AlreadyExistsException', false)),
	);
	if (isNew) return;
	await kms((client, options) => client.send(new UpdateAliasCommand({ AliasName: name, TargetKeyId: id }), options));
}

const dropName = (kms: Kms, name: string) =>
	kms((client, options) =>
		client.send(new DeleteAliasCommand({ AliasName: name }), options).catch(replaceError('NotFoundException', null)),
	);

const nextKeyExistsError = () =>
	new FirmsealError('CONFLICT', 'Another key is about to replace the firm’s key: wait until that job has ended.');

const keyUnchangedError = () =>
	new FirmsealError('CONFLICT', 'The firm already uses this key: there is nothing to bring.');

const notBroughtError = () =>
	new FirmsealError('CONFLICT', 'The firm has not brought a key: Firmseal created the one in use.');
