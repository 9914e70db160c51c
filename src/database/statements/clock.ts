import { asc, desc, notInArray, sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';
import { selectBoolean } from '../single-row.ts';
import { clockHighWaterMarks, clockResets } from '../tables/index.ts';
import { deleteRows } from './delete-rows.ts';
import { selectNow } from './leases/leases.ts';

/** Records the database's time. The high-water mark is the greatest recorded time. */
export async function raiseClockHighWaterMark(tx: Transaction): Promise<void> {
	await tx.execute(sql`select public.raise_clock_high_water_mark()`);
}

/** Whether the database's clock is at most two seconds behind the high-water mark. */
export const isClockSound = (tx: Transaction): Promise<boolean> =>
	selectBoolean(tx, sql`select public.is_clock_sound() as sound`);

/** Resets the mark to the database's clock and deletes all reset requests. False if the requests are not of two different current approvers. */
export const resetClockHighWaterMark = (tx: Transaction): Promise<boolean> =>
	selectBoolean(tx, sql`select public.reset_clock_high_water_mark() as done`);

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

/** Deletes every reset request except those of these accounts. */
export async function deleteOtherClockResets(tx: Transaction, kept: readonly string[]): Promise<void> {
	await deleteRows(tx, clockResets, notInArray(clockResets.userId, [...kept]));
}
