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
	/** After an abort, no further deletion starts. */
	readonly signal?: AbortSignal;
}

/** The result of a round. */
export interface DeletedObjects {
	/** Number of objects that were deleted and recorded. */
	readonly deleted: number;
	/** The first error. Objects that failed are tried again in a minute. */
	readonly failure: { readonly error: unknown } | null;
	/** Whether there may be more to delete. */
	readonly more: boolean;
}

/** Objects in a round. */
const BATCH = 64;
/** Deletions in parallel. */
const AT_ONCE = 4;

/**
 * Deletes objects that are no longer a file: those of abandoned uploads and of deleted documents. First the object's row is marked, then the
 * object is deleted from the store, then its row is deleted together with the audit entry. After an interruption the next round repeats
 * the rest, because the row still exists and deleting an object twice is harmless. Any number of workers may run this. Throws errors
 * of the database.
 */
export async function deleteScheduledObjects(parts: ObjectDeletionParts): Promise<DeletedObjects> {
	const { plane, signal } = parts;
	await plane.write(null, deleteExpiredTickets);
	await plane.write(null, deleteEndedInvitations);
	const silent = await plane.write(null, (tx) => abandonSilentUploads(tx, BATCH));
	const scheduled = await plane.write(null, (tx) => claimObjectsToDelete(tx, BATCH));
	const waiting = [...scheduled];
	let deleted = 0;
	let failure: DeletedObjects['failure'] = null;
	async function work(): Promise<void> {
		for (let next = waiting.shift(); next && !signal?.aborted; next = waiting.shift()) {
			try {
				if (await deleteObject(parts, next)) deleted += 1;
			} catch (error) {
				failure ??= { error };
				// The other objects would fail the same way.
				if (isAway(error)) return;
			}
		}
	}
	await Promise.all(Array.from({ length: AT_ONCE }, work));
	return { deleted, failure, more: silent === BATCH || scheduled.length === BATCH };
}

const isAway = (error: unknown) => error instanceof ObjectStoreError && error.reason === 'AWAY';

/** False if another worker was faster. */
async function deleteObject(
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

/** Removes unfinished uploads from the store that no row names. Returns their number. */
export async function sweepUnfinishedUploads({
	plane,
	store,
}: Pick<ObjectDeletionParts, 'plane' | 'store'>): Promise<number> {
	return store.sweep(await plane.read(null, selectUploadCutoff));
}
