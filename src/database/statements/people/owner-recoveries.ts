import { and, eq, inArray, notExists, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { selectBoolean, selectValue } from '../../single-row.ts';
import { ownerRecoveries, ownerRecoveryEnds } from '../../tables/index.ts';

/** The waiting time that complete_owner_recovery() of drizzle/0007_firms_and_owners.sql enforces. */
const WAIT = sql.raw("interval '72 hours'");

const ownerRecoveryColumns = {
	id: ownerRecoveries.id,
	firmId: ownerRecoveries.firmId,
	userId: ownerRecoveries.userId,
	requestedBy: ownerRecoveries.requestedBy,
	requestedAt: ownerRecoveries.requestedAt,
	approvedBy: ownerRecoveries.approvedBy,
	approvedAt: ownerRecoveries.approvedAt,
	possibleAt: sql<Date | null>`${ownerRecoveries.seenAt} + ${WAIT}`.mapWith(ownerRecoveries.seenAt),
};

/** An open recovery. */
export type OwnerRecoveryRow = Pick<
	typeof ownerRecoveries.$inferSelect,
	'id' | 'firmId' | 'userId' | 'requestedBy' | 'requestedAt' | 'approvedBy' | 'approvedAt'
> & {
	/** Null if no server of the firm's plane has seen the approval. */
	readonly possibleAt: Date | null;
};

export const selectOwnerRecoveries = (tx: Transaction, firms: readonly string[]): Promise<OwnerRecoveryRow[]> =>
	tx
		.select(ownerRecoveryColumns)
		.from(ownerRecoveries)
		.where(
			and(
				inArray(ownerRecoveries.firmId, [...firms]),
				notExists(
					tx
						.select({ id: ownerRecoveryEnds.recoveryId })
						.from(ownerRecoveryEnds)
						.where(eq(ownerRecoveryEnds.recoveryId, ownerRecoveries.id)),
				),
			),
		);

/** Sets only these columns: the database sets the time. */
export async function insertOwnerRecovery(
	tx: Transaction,
	{ id, firmId, userId, requestedBy }: Pick<OwnerRecoveryRow, 'id' | 'firmId' | 'userId' | 'requestedBy'>,
): Promise<void> {
	await tx.execute(sql`
		insert into public.owner_recoveries (id, firm_id, user_id, requested_by)
		values (${id}, ${firmId}, ${userId}, ${requestedBy})`);
}

/** False if the recovery has ended or is approved already. */
export const approveOwnerRecovery = (tx: Transaction, id: string, approvedBy: string): Promise<boolean> =>
	selectBoolean(tx, sql`select public.approve_owner_recovery(${id}, ${approvedBy}) as approved`);

/** Records that the firm plane has seen all approvals, of all firms. This starts their 72 hours. */
export async function markOwnerRecoveriesSeen(tx: Transaction): Promise<void> {
	await tx.execute(sql`select public.witness_owner_recoveries()`);
}

/** For an owner. False if the recovery has ended. */
export async function cancelOwnerRecovery(
	tx: Transaction,
	{ id, firmId }: Pick<OwnerRecoveryRow, 'id' | 'firmId'>,
): Promise<boolean> {
	const { rowCount } = await tx.execute(sql`
		insert into public.owner_recovery_ends (recovery_id, firm_id, outcome) values (${id}, ${firmId}, 'CANCELLED')
		on conflict do nothing`);
	return rowCount === 1;
}

/** For the platform: withdraws the firm's open recovery. False if there is none. */
export async function withdrawOwnerRecoveryOfFirm(tx: Transaction, firm: string): Promise<boolean> {
	const { rows } = await tx.execute(sql`select public.withdraw_owner_recovery(${firm})`);
	return rows.length > 0;
}

/** Makes the new owner, with `mac` as the proof, or returns what is missing. The database alone decides. */
export const completeOwnerRecovery = async (
	tx: Transaction,
	id: string,
	mac: Uint8Array,
): Promise<'COMPLETED' | 'ENDED' | 'UNAPPROVED' | 'UNSEEN' | 'EARLY'> =>
	(await selectValue(tx, sql`select public.complete_owner_recovery(${id}, ${mac})`)) as 'COMPLETED';
