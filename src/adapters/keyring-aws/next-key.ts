import {
	CreateAliasCommand,
	DeleteAliasCommand,
	ScheduleKeyDeletionCommand,
	TagResourceCommand,
	UntagResourceCommand,
	UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { FirmsealError } from '../../errors.ts';
import { type KeySide, KeyUnavailableError } from '../../keys/index.ts';
import { makeRotatingKey, nameKey } from './create-key.ts';
import {
	aliasOf,
	FIRM_TAG,
	type FoundKey,
	findKey,
	needKey,
	OWN_TAG,
	readTags,
	sideAliasOf,
	tagsOf,
	waitForPropagation,
} from './firm-key.ts';
import type { Kms } from './kms.ts';
import { replaceError } from './kms-errors.ts';
import { findUsableKey, type KeyAccount } from './own-key.ts';

/** How long, in milliseconds, a name that was moved may still stand for the key before. */
const KNOWN_WITHIN = 10_000;

/**
 * A key that a firm would bring in the place of the one that it has: changes nothing.
 * @throws FirmsealError BAD_USER_INPUT for one that can't be, CONFLICT for the one that it has and while another is about to follow.
 */
export async function inspectNextKey(kms: Kms, firm: string, own: string, account: KeyAccount): Promise<FoundKey> {
	const key = await findUsableKey(kms, firm, own, account);
	const [current, next, previous] = await keysOf(kms, firm);
	if (next && next.id !== key.id) throw nextKeyExistsError();
	// With the one before still named, a change is under way, and goes on.
	if (current.id === key.id && !next && !previous) throw keyUnchangedError();
	return key;
}

/**
 * Names the key that is to follow the firm's, beside it: `own`, or one that is made here. Asked again, it answers the same; after the
 * change, the one that the firm has. @throws FirmsealError as inspectNextKey does
 */
export async function setNextKey(kms: Kms, firm: string, own: string | null, account: KeyAccount): Promise<FoundKey> {
	if (own === null) return nameMadeKey(kms, firm);
	const key = await inspectNextKey(kms, firm, own, account);
	// Before it has a name: a key in use that isn't known to be the firm's own would not be watched.
	await kms((client, options) =>
		client.send(new TagResourceCommand({ KeyId: key.id, Tags: tagsOf(firm, true) }), options),
	);
	const [current, next] = await keysOf(kms, firm);
	if (current.id === key.id || next || (await nameKey(kms, sideAliasOf(firm, 'next'), key, 0))) return key;
	const first = await findKey(kms, sideAliasOf(firm, 'next'));
	if (first?.id !== key.id) throw nextKeyExistsError();
	return key;
}

async function nameMadeKey(kms: Kms, firm: string): Promise<FoundKey> {
	const [current, next, previous] = await keysOf(kms, firm);
	if (next) {
		if (await isOwn(kms, next)) throw nextKeyExistsError();
		return next;
	}
	if (!(await isOwn(kms, current))) {
		if (previous) return current;
		throw new FirmsealError('CONFLICT', 'The firm has brought no key: the one that it has was made here.');
	}
	return makeRotatingKey(kms, firm, sideAliasOf(firm, 'next'));
}

/**
 * The key that was named to follow is the firm's from now on. The one before has a name of its own, by which it opens what is under it,
 * until it is let go. @throws FirmsealError CONFLICT when it isn't the one with this ARN
 */
export async function switchKey(kms: Kms, firm: string, arn: string): Promise<FoundKey> {
	const [current, next] = await keysOf(kms, firm);
	if ((next ?? current).arn !== arn) throw nextKeyExistsError();
	if (!next) return current;
	if (next.id !== current.id) {
		await nameAs(kms, sideAliasOf(firm, 'previous'), current);
		await nameAs(kms, aliasOf(firm), next);
		await waitForPropagation(
			async () => ((await findKey(kms, aliasOf(firm)))?.id === next.id ? true : null),
			KNOWN_WITHIN,
		).then((isKnown) => {
			if (!isKnown)
				throw new KeyUnavailableError(
					'AWAY',
					'The key service has moved the name and does not know it yet: try again.',
				);
		});
	}
	await dropName(kms, sideAliasOf(firm, 'next'));
	return next;
}

/**
 * Lets go of the key on one side of the firm's own, so that it is named no more: one that was made here is destroyed after so many days, one
 * that the firm has brought stays as it is, without our tags. Its name goes last, so that a run that was cut off finds it again.
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
 * Lets go of the key that the firm has brought, for good: our tags first, then its name. Where it is about to be deleted, by its owner, its tags
 * can't be changed any more. @throws FirmsealError CONFLICT for one that was made here
 */
export async function releaseOwnKey(kms: Kms, firm: string): Promise<void> {
	const key = await findKey(kms, aliasOf(firm));
	if (!key) return;
	const tags = await readTags(kms, key.id);
	if (tags.get(OWN_TAG) === 'false')
		throw new FirmsealError('CONFLICT', 'The firm has brought no key: the one that it has was made here.');
	if (tags.get(FIRM_TAG) === firm && key.state !== 'PENDING_DELETION') await untag(kms, key);
	await dropName(kms, aliasOf(firm));
}

const untag = (kms: Kms, { id }: FoundKey) =>
	kms((client, options) => client.send(new UntagResourceCommand({ KeyId: id, TagKeys: [FIRM_TAG, OWN_TAG] }), options));

/** The firm's, the one that is to follow, and the one before. */
async function keysOf(kms: Kms, firm: string): Promise<readonly [FoundKey, FoundKey | null, FoundKey | null]> {
	return [
		await needKey(kms, firm),
		await findKey(kms, sideAliasOf(firm, 'next')),
		await findKey(kms, sideAliasOf(firm, 'previous')),
	];
}

const isOwn = async (kms: Kms, { id }: FoundKey): Promise<boolean> =>
	(await readTags(kms, id)).get(OWN_TAG) !== 'false';

/** Whatever the name stood for. */
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
	new FirmsealError('CONFLICT', 'Another key is about to follow the one that the firm has: let that job end first.');

const keyUnchangedError = () =>
	new FirmsealError('CONFLICT', 'The firm has this key already: there is nothing to bring.');
