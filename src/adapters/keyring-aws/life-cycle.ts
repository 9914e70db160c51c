import {
	CancelKeyDeletionCommand,
	DisableKeyCommand,
	EnableKeyCommand,
	GetKeyRotationStatusCommand,
	RotateKeyOnDemandCommand,
	ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { KeyUnavailableError, type WrappingKey, type WrappingKeyState } from '../../keys/index.ts';
import {
	aliasOf,
	countRotations,
	type FoundKey,
	findKey,
	needKey,
	OWN_TAG,
	readTags,
	toWrappingKey,
	waitForPropagation,
} from './firm-key.ts';
import type { Kms } from './kms.ts';
import { unreadableAnswerError } from './kms-errors.ts';

/** How long, in milliseconds, a rotation may take that KMS does in the background; seconds, as a rule. */
const ROTATED_WITHIN = 25_000;

/**
 * Which state a key may come from is for KMS to say. What it has acknowledged is answered from the acknowledgement: asked again at
 * once, it might still tell of before.
 */
export async function disable(kms: Kms, firm: string): Promise<WrappingKey> {
	const key = await needKey(kms, firm);
	await kms((client, options) => client.send(new DisableKeyCommand({ KeyId: key.id }), options));
	return toWrappingKey(kms, firm, inState(key, 'DISABLED'));
}

export async function enable(kms: Kms, firm: string): Promise<WrappingKey> {
	const key = await needKey(kms, firm);
	await kms((client, options) => client.send(new EnableKeyCommand({ KeyId: key.id }), options));
	return toWrappingKey(kms, firm, inState(key, 'ENABLED'));
}

export async function scheduleDeletion(kms: Kms, firm: string, days: number): Promise<WrappingKey> {
	const key = await needKey(kms, firm);
	const { DeletionDate: deletionAt } = await kms((client, options) =>
		client.send(new ScheduleKeyDeletionCommand({ KeyId: key.id, PendingWindowInDays: days }), options),
	);
	if (!deletionAt) throw unreadableAnswerError();
	return toWrappingKey(kms, firm, { ...inState(key, 'PENDING_DELETION'), deletionAt });
}

export async function cancelDeletion(kms: Kms, firm: string): Promise<WrappingKey> {
	const key = await needKey(kms, firm);
	await kms((client, options) => client.send(new CancelKeyDeletionCommand({ KeyId: key.id }), options));
	return toWrappingKey(kms, firm, inState(key, 'DISABLED'));
}

function inState({ deletionAt: _, ...key }: FoundKey, state: WrappingKeyState): FoundKey {
	return { ...key, state };
}

/** Answers when the new version wraps. One that is under way already is waited for, and no other begun. */
export async function rotate(kms: Kms, firm: string): Promise<WrappingKey> {
	const key = await needKey(kms, firm);
	const before = await countRotations(kms, key.id);
	if (!(await isRotating(kms, key.id)))
		await kms((client, options) => client.send(new RotateKeyOnDemandCommand({ KeyId: key.id }), options));
	const isDone = await waitForPropagation(
		async () => ((await countRotations(kms, key.id)) > before ? true : null),
		ROTATED_WITHIN,
	);
	if (isDone) return toWrappingKey(kms, firm, key);
	throw new KeyUnavailableError(
		'AWAY',
		'The rotation has begun and is not complete: look with `firmseal keys list`, and do not rotate again before it is.',
	);
}

/** Whether KMS does not rotate the firm's key each year, although it was made here. A firm that has none has nothing to rotate. */
export async function isUnrotated(kms: Kms, firm: string): Promise<boolean> {
	const key = await findKey(kms, aliasOf(firm));
	// While a deletion is pending it is always off.
	if (!key || key.state === 'PENDING_DELETION') return false;
	if ((await readTags(kms, key.id)).get(OWN_TAG) !== 'false') return false;
	return !(await rotationOf(kms, key.id)).KeyRotationEnabled;
}

const isRotating = async (kms: Kms, id: string): Promise<boolean> =>
	(await rotationOf(kms, id)).OnDemandRotationStartDate !== undefined;

const rotationOf = (kms: Kms, id: string) =>
	kms((client, options) => client.send(new GetKeyRotationStatusCommand({ KeyId: id }), options));
