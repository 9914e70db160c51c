import { asc, desc, notInArray, sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';
import { clockHighWaterMarks, clockResets } from '../tables/index.ts';
import { deleteRows } from './delete-rows.ts';
import { selectNow } from './leases/leases.ts';

/** The high-water mark is the greatest time of the database's clock that was seen; this is a look. */
export async function raiseClockHighWaterMark(tx: Transaction): Promise<void> {
	await tx.execute(sql`select public.raise_clock_high_water_mark()`);
}

/** Whether the database's clock is where it was seen, or at most two seconds behind. */
export async function isClockSound(tx: Transaction): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.is_clock_sound() as sound`);
	return row?.sound === true;
}

/** Takes the mark back to the database's clock, and with it every wish. false: they are not of two persons who approve now. */
export async function resetClockHighWaterMark(tx: Transaction): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.reset_clock_high_water_mark() as done`);
	return row?.done === true;
}

/** The greatest time seen, and the time by the database's clock. */
export async function selectClock(tx: Transaction): Promise<{ readonly highWaterMark: Date; readonly now: Date }> {
	const [row] = await tx
		.select({ highWaterMark: clockHighWaterMarks.at })
		.from(clockHighWaterMarks)
		.orderBy(desc(clockHighWaterMarks.generation), desc(clockHighWaterMarks.at))
		.limit(1);
	const now = await selectNow(tx);
	return { highWaterMark: row?.highWaterMark ?? now, now };
}

export type ClockResetRow = typeof clockResets.$inferSelect;

export const selectClockResets = (tx: Transaction): Promise<ClockResetRow[]> =>
	tx.select().from(clockResets).orderBy(asc(clockResets.userId));

export async function insertClockReset(tx: Transaction, reset: typeof clockResets.$inferInsert): Promise<void> {
	await tx.insert(clockResets).values(reset);
}

/** Forgets every wish but those of these accounts. */
export async function deleteOtherClockResets(tx: Transaction, kept: readonly string[]): Promise<void> {
	await deleteRows(tx, clockResets, notInArray(clockResets.userId, [...kept]));
}
