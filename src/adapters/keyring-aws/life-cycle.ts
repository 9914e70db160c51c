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

/** Milliseconds. KMS rotates in the background, usually within seconds. */
const ROTATED_WITHIN = 25_000;

/**
 * KMS decides whether the key's state allows the change. The result is built from KMS's acknowledgement, because DescribeKey might still
 * return the old state. The same holds for the three functions below.
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

/** Resolves when the new version wraps. If a rotation is already under way, waits for it and starts no other. */
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
		'The rotation has started but is not complete: check it with `firmseal keys list`, and do not rotate again before it is complete.',
	);
}

/** Whether the firm's key was created here but is not rotated each year. False if the firm has no key. */
export async function isUnrotated(kms: Kms, firm: string): Promise<boolean> {
	const key = await findKey(kms, aliasOf(firm));
	// KMS turns rotation off while a deletion is pending.
	if (!key || key.state === 'PENDING_DELETION') return false;
	if ((await readTags(kms, key.id)).get(OWN_TAG) !== 'false') return false;
	return !(await rotationOf(kms, key.id)).KeyRotationEnabled;
}

const isRotating = async (kms: Kms, id: string): Promise<boolean> =>
	(await rotationOf(kms, id)).OnDemandRotationStartDate !== undefined;

const rotationOf = (kms: Kms, id: string) =>
	kms((client, options) => client.send(new GetKeyRotationStatusCommand({ KeyId: id }), options));
