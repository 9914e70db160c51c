import { systemEntry } from '../audit/index.ts';
import type { AppendingLog } from '../audit-log/index.ts';
import {
	abandonSilentUploads,
	claimObjectsToDelete,
	deleteEndedInvitations,
	deleteExpiredTickets,
	deleteObjectRow,
	type ObjectToDelete,
	type Plane,
	selectUploadCutoff,
} from '../database/index.ts';
import { type ObjectStore, ObjectStoreError } from './object-store.ts';

export interface ObjectDeletionParts {
	/** The worker's. */
	readonly plane: Plane;
	readonly store: ObjectStore;
	readonly audit: Pick<AppendingLog, 'append'>;
	/** Once it says so, nothing more is begun. */
	readonly signal?: AbortSignal;
}

/** What came of a round. */
export interface DeletedObjects {
	/** Objects that are gone, and on record. */
	readonly deleted: number;
	/** The first reason why some are not; they are tried again in a minute. */
	readonly failure: { readonly error: unknown } | null;
	/** There may be more. */
	readonly more: boolean;
}

/** Looked after in one round, and deleted at the same time. */
const MOST = 64;
const AT_ONCE = 4;

/**
 * Takes objects that are no one's file any more out of the store: those of uploads that no one goes on with, and those of documents that
 * were deleted. Each is given up in its row first, then deleted from the store, then put on record, and its row goes last with the
 * record: whatever is cut off in between is done again from there, for the row still says what is left, and deleting twice is no harm.
 * Any number of workers may do this. Throws what the database throws.
 */
export async function deleteScheduledObjects(parts: ObjectDeletionParts): Promise<DeletedObjects> {
	const { plane, signal } = parts;
	await plane.write(null, deleteExpiredTickets);
	await plane.write(null, deleteEndedInvitations);
	const silent = await plane.write(null, (tx) => abandonSilentUploads(tx, MOST));
	const scheduled = await plane.write(null, (tx) => claimObjectsToDelete(tx, MOST));
	const waiting = [...scheduled];
	let cleared = 0;
	let failure: DeletedObjects['failure'] = null;
	async function work(): Promise<void> {
		for (let next = waiting.shift(); next && !signal?.aborted; next = waiting.shift()) {
			try {
				if (await clear(parts, next)) cleared += 1;
			} catch (error) {
				failure ??= { error };
				// The others would only wait for the same answer.
				if (isAway(error)) return;
			}
		}
	}
	await Promise.all(Array.from({ length: AT_ONCE }, work));
	return { deleted: cleared, failure, more: silent === MOST || scheduled.length === MOST };
}

const isAway = (error: unknown) => error instanceof ObjectStoreError && error.reason === 'AWAY';

/** false: another worker was faster. */
async function clear(
	{ plane, store, audit }: ObjectDeletionParts,
	{ tag, firmId, versionId }: ObjectToDelete,
): Promise<boolean> {
	await store.delete(tag);
	return plane.write(null, async (tx) => {
		if (!(await deleteObjectRow(tx, tag))) return false;
		await audit.append([systemEntry('worker', { action: 'object.delete', firm: firmId, records: [versionId] })]);
		return true;
	});
}

/** Takes what uploads have left that no row knows of any more; answers how many. */
export async function sweepUnfinishedUploads({
	plane,
	store,
}: Pick<ObjectDeletionParts, 'plane' | 'store'>): Promise<number> {
	return store.sweep(await plane.read(null, selectUploadCutoff));
}
