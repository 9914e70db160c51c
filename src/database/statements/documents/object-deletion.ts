import { and, count, eq, inArray, ne, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { storedObjects } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

/** An object that is to be taken out of the store. */
export interface ObjectToDelete {
	readonly tag: string;
	readonly firmId: string;
	readonly versionId: string;
}

/** Seconds without a sign of life after which an upload is given up; its process gives one every 20. */
export const UPLOAD_HEARTBEAT_TIMEOUT = 120;

/** Seconds that an object is its claimant's. Anyone who is gone by then, or could not delete it, has it deleted once more. */
const CLAIM_SECONDS = 60;

/** Seconds after which someone should have done something about an object. */
const OVERDUE_SECONDS = 600;

/** Not within so many seconds of now: a time that lies ahead is from a clock that was wrong. */
const isUntouchedFor = (seconds: number) => sql`abs(extract(epoch from clock_timestamp() - touched_at)) > ${seconds}`;

/** Gives up some of the uploads that no one goes on with; answers how many. One that is moved at this moment is left alone. */
export async function abandonSilentUploads(tx: Transaction, most: number): Promise<number> {
	const { rowCount } = await tx.execute(sql`
		update public.stored_objects set state = 'DELETING' where tag in (
			select tag from public.stored_objects where state in ('UPLOADING', 'RESEALING') and ${isUntouchedFor(UPLOAD_HEARTBEAT_TIMEOUT)}
			order by touched_at limit ${most} for update skip locked)`);
	return rowCount ?? 0;
}

/** Takes some of the objects that are to be deleted for a minute, so that no one else deletes them meanwhile. */
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

/** Forgets an object that is no longer in the store. false: someone else has. */
export async function deleteObjectRow(tx: Transaction, tag: string): Promise<boolean> {
	return (
		(await deleteRows(tx, storedObjects, and(eq(storedObjects.tag, tag), eq(storedObjects.state, 'DELETING')))) === 1
	);
}

/** Up to when an unfinished upload is no one's: a day ago, and before the oldest that is under way. */
export async function selectUploadCutoff(tx: Transaction): Promise<Date> {
	const [row] = await tx
		.select({
			// The store has a clock of its own.
			at: sql`least(clock_timestamp() - interval '24 hours', min(${storedObjects.createdAt}) - interval '10 minutes')`.mapWith(
				storedObjects.createdAt,
			),
		})
		.from(storedObjects)
		.where(inArray(storedObjects.state, ['UPLOADING', 'RESEALING']));
	return row?.at as Date;
}

/** Objects and unfinished uploads that a worker should have looked after by now. */
export async function countOverdueObjects(tx: Transaction): Promise<number> {
	const [row] = await tx
		.select({ count: count() })
		.from(storedObjects)
		.where(and(ne(storedObjects.state, 'STORED'), isUntouchedFor(OVERDUE_SECONDS)));
	return row?.count ?? 0;
}
