import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Transaction } from '../plane.ts';
import { ownerRecoveries } from '../tables/index.ts';

/** The wait that complete_owner_recovery() in drizzle/0005_workspace_locks.sql insists on, as it is told. */
const WAIT = sql.raw("interval '72 hours'");

const shown = {
	id: ownerRecoveries.id,
	firmId: ownerRecoveries.firmId,
	userId: ownerRecoveries.userId,
	requestedBy: ownerRecoveries.requestedBy,
	requestedAt: ownerRecoveries.requestedAt,
	approvedBy: ownerRecoveries.approvedBy,
	approvedAt: ownerRecoveries.approvedAt,
	possibleAt: sql<Date | null>`${ownerRecoveries.approvedAt} + ${WAIT}`.mapWith(ownerRecoveries.approvedAt),
};

/** A recovery that goes on. */
export type OwnerRecoveryRow = Pick<
	typeof ownerRecoveries.$inferSelect,
	'id' | 'firmId' | 'userId' | 'requestedBy' | 'requestedAt' | 'approvedBy' | 'approvedAt'
> & { readonly possibleAt: Date | null };

export const selectOwnerRecoveries = (tx: Transaction, firms: readonly string[]): Promise<OwnerRecoveryRow[]> =>
	tx
		.select(shown)
		.from(ownerRecoveries)
		.where(and(inArray(ownerRecoveries.firmId, [...firms]), isNull(ownerRecoveries.endedAt)));

/** Only these columns: when it was asked for, the database says. */
export async function insertOwnerRecovery(
	tx: Transaction,
	{ id, firmId, userId, requestedBy }: Pick<OwnerRecoveryRow, 'id' | 'firmId' | 'userId' | 'requestedBy'>,
): Promise<void> {
	await tx.execute(sql`
		insert into public.owner_recoveries (id, firm_id, user_id, requested_by)
		values (${id}, ${firmId}, ${userId}, ${requestedBy})`);
}

/** false: it has ended, or is approved already. The database stamps the time. */
export async function approveOwnerRecovery(tx: Transaction, id: string, approvedBy: string): Promise<boolean> {
	const rows = await tx
		.update(ownerRecoveries)
		.set({ approvedBy })
		.where(and(eq(ownerRecoveries.id, id), isNull(ownerRecoveries.endedAt), isNull(ownerRecoveries.approvedBy)))
		.returning({ id: ownerRecoveries.id });
	return rows.length === 1;
}

/** null: there is none that goes on. */
export async function cancelOwnerRecovery(
	tx: Transaction,
	firm: string,
): Promise<Pick<OwnerRecoveryRow, 'id' | 'userId'> | null> {
	const [row] = await tx
		.update(ownerRecoveries)
		.set({ endedAt: sql`clock_timestamp()`, outcome: 'CANCELLED' })
		.where(and(eq(ownerRecoveries.firmId, firm), isNull(ownerRecoveries.endedAt)))
		.returning({ id: ownerRecoveries.id, userId: ownerRecoveries.userId });
	return row ?? null;
}

/** Makes the owner, or says what is missing; the database alone decides. */
export async function completeOwnerRecovery(
	tx: Transaction,
	id: string,
): Promise<'COMPLETED' | 'ENDED' | 'UNAPPROVED' | 'EARLY'> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.complete_owner_recovery(${id}) as outcome`);
	return row?.outcome as 'COMPLETED';
}
