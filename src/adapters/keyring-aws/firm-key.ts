import { setTimeout as delay } from 'node:timers/promises';
import {
	DescribeKeyCommand,
	type KeyMetadata,
	ListKeyRotationsCommand,
	ListResourceTagsCommand,
	type Tag,
} from '@aws-sdk/client-kms';
import { type KeySide, KeyUnavailableError, type WrappingKey, type WrappingKeyState } from '../../keys/index.ts';
import type { Kms } from './kms.ts';
import { replaceError, unreadableAnswerError } from './kms-errors.ts';

/** Alias of the firm's key. */
export const aliasOf = (firm: string): string => `alias/firmseal/${firm}`;

/** Alias of the next or the previous key, while a firm's key is being replaced. */
export const sideAliasOf = (firm: string, side: KeySide): string => `alias/firmseal/${side}/${firm}`;

export const FIRM_TAG = 'firmseal:firm';
export const OWN_TAG = 'firmseal:own-key';

export const tagsOf = (firm: string, isOwn: boolean): Tag[] => [
	{ TagKey: FIRM_TAG, TagValue: firm },
	{ TagKey: OWN_TAG, TagValue: String(isOwn) },
];

/** A key as KMS describes it. */
export interface FoundKey {
	/** For operations that take no alias. */
	readonly id: string;
	readonly arn: string;
	readonly state: WrappingKeyState;
	readonly createdAt: Date;
	readonly deletionAt?: Date;
	readonly metadata: KeyMetadata;
}

const DAY = 86_400_000;
const LOOK_EVERY = 250;

/** KMS's other states count as DISABLED: such a key can't be used now, but may become usable again. */
const STATES: Readonly<Record<string, WrappingKeyState>> = {
	Enabled: 'ENABLED',
	Updating: 'ENABLED',
	PendingDeletion: 'PENDING_DELETION',
	PendingReplicaDeletion: 'PENDING_DELETION',
};

/** `name`: an alias, an id or an ARN. null if there is no such key. */
export async function findKey(kms: Kms, name: string): Promise<FoundKey | null> {
	const answer = await kms((client, options) =>
		client.send(new DescribeKeyCommand({ KeyId: name }), options).catch(replaceError('NotFoundException', null)),
	);
	return answer && toFoundKey(answer.KeyMetadata);
}

export function toFoundKey(metadata: KeyMetadata | undefined): FoundKey {
	const {
		KeyId: id,
		Arn: arn,
		KeyState,
		CreationDate: createdAt,
		DeletionDate,
		PendingDeletionWindowInDays,
	} = metadata ?? {};
	if (!metadata || !id || !arn || !KeyState || !createdAt) throw unreadableAnswerError();
	const state = STATES[KeyState] ?? 'DISABLED';
	const found = { id, arn, state, createdAt, metadata };
	if (state !== 'PENDING_DELETION') return found;
	// While replicas of the key exist, its own waiting period has not begun. This is the earliest possible date.
	return { ...found, deletionAt: DeletionDate ?? new Date(Date.now() + (PendingDeletionWindowInDays ?? 7) * DAY) };
}

/** @throws KeyUnavailableError REFUSED if the firm has no key. */
export async function needKey(kms: Kms, firm: string): Promise<FoundKey> {
	const key = await findKey(kms, aliasOf(firm));
	if (key) return key;
	throw new KeyUnavailableError('REFUSED', 'This firm has no wrapping key: create it with createKey.');
}

/** The port's description of a key. Takes two more calls, for the tags and the rotations. */
export async function toWrappingKey(kms: Kms, firm: string, key: FoundKey): Promise<WrappingKey> {
	const [tags, rotations] = await Promise.all([readTags(kms, key.id), countRotations(kms, key.id)]);
	return {
		firm,
		keyId: key.arn,
		state: key.state,
		version: 1 + rotations,
		createdAt: key.createdAt,
		// A key without Firmseal's tag was put there by someone else.
		isOwn: tags.get(OWN_TAG) !== 'false',
		...(key.deletionAt && { deletionAt: key.deletionAt }),
	};
}

export async function readTags(kms: Kms, id: string): Promise<ReadonlyMap<string, string>> {
	// A key has at most 50 tags.
	const { Tags = [] } = await kms((client, options) =>
		client.send(new ListResourceTagsCommand({ KeyId: id, Limit: 50 }), options),
	);
	return new Map(Tags.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue]));
}

/** Number of completed rotations. */
export async function countRotations(kms: Kms, id: string): Promise<number> {
	let count = 0;
	let marker: string | undefined;
	do {
		const { Rotations, NextMarker } = await kms((client, options) =>
			client
				.send(new ListKeyRotationsCommand({ KeyId: id, Marker: marker }), options)
				// A key in a custom key store is rotated there, and KMS knows only one version.
				.catch(replaceError('UnsupportedOperationException', { Rotations: [], NextMarker: undefined })),
		);
		if (!Rotations) throw unreadableAnswerError();
		count += Rotations.length;
		marker = NextMarker || undefined;
	} while (marker !== undefined);
	return count;
}

/**
 * KMS acknowledges a change a moment before all of its servers know it. Repeats `look` until it finds something; null if that takes
 * longer than `most` milliseconds.
 */
export async function waitForPropagation<Found>(
	look: () => Promise<Found | null>,
	most: number,
): Promise<Found | null> {
	const until = performance.now() + most;
	for (;;) {
		const found = await look();
		if (found !== null || performance.now() >= until) return found;
		await delay(LOOK_EVERY);
	}
}
