import { and, eq, inArray, ne, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { storedObjects } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

export interface ObjectToDelete {
	readonly tag: string;
	readonly firmId: string;
	readonly versionId: string;
}

/** Seconds without a heartbeat after which an upload counts as abandoned. Its process sends one every 20 seconds. */
export const UPLOAD_HEARTBEAT_TIMEOUT = 120;

/** Seconds that a claim lasts. After that, another worker tries the deletion again. */
const CLAIM_SECONDS = 60;

/** Seconds after which a worker should have handled an object. */
const OVERDUE_SECONDS = 600;

/** abs(), because a time in the future comes from a clock that was wrong. */
const isUntouchedFor = (seconds: number) => sql`abs(extract(epoch from clock_timestamp() - touched_at)) > ${seconds}`;

/** Marks abandoned uploads for deletion, and returns how many. Skips locked rows. */
export async function abandonSilentUploads(tx: Transaction, most: number): Promise<number> {
	const { rowCount } = await tx.execute(sql`
		update public.stored_objects set state = 'DELETING' where tag in (
			select tag from public.stored_objects where state in ('UPLOADING', 'RESEALING') and ${isUntouchedFor(UPLOAD_HEARTBEAT_TIMEOUT)}
			order by touched_at limit ${most} for update skip locked)`);
	return rowCount ?? 0;
}

/** Claims objects to delete for CLAIM_SECONDS, so that no other worker deletes them at the same time. */
export async function claimObjectsToDelete(tx: Transaction, most: number): Promise<ObjectToDelete[]> {
	const { rows } = await tx.execute(sql`
		update public.stored_objects set touched_at = clock_timestamp() where tag in (
			select tag from public.stored_objects where state = 'DELETING' and ${isUntouchedFor(CLAIM_SECONDS)}
			order by touched_at limit ${most} for update skip locked)
		returning tag, firm_id, version_id`);
	return rows.map(({ tag, firm_id, version_id }) => ({
		tag: tag as string,
		firmId: firm_id as string,
		versionId: version_id as string,
	}));
}

/** Deletes the row of an object that is no longer in the store. False if another worker has deleted it. */
export async function deleteObjectRow(tx: Transaction, tag: string): Promise<boolean> {
	return (
		(await deleteRows(tx, storedObjects, and(eq(storedObjects.tag, tag), eq(storedObjects.state, 'DELETING')))) === 1
	);
}

/** Unfinished uploads in the store from before this time belong to no process: a day ago, and before the oldest running upload. */
export async function selectUploadCutoff(tx: Transaction): Promise<Date> {
	const [row] = await tx
		.select({
			// Ten minutes, because the store has its own clock.
			at: sql`least(clock_timestamp() - interval '24 hours', min(${storedObjects.createdAt}) - interval '10 minutes')`.mapWith(
				storedObjects.createdAt,
			),
		})
		.from(storedObjects)
		.where(inArray(storedObjects.state, ['UPLOADING', 'RESEALING']));
	return row?.at as Date;
}

/** Objects and unfinished uploads that a worker should have handled by now. */
export const countOverdueObjects = (tx: Transaction): Promise<number> =>
	tx.$count(storedObjects, and(ne(storedObjects.state, 'STORED'), isUntouchedFor(OVERDUE_SECONDS)));
