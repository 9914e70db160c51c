import { and, eq, inArray, notExists, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { ownerRecoveries, ownerRecoveryEnds } from '../../tables/index.ts';

/** The wait that complete_owner_recovery() in drizzle/0007_firms_and_owners.sql insists on, as it is told. */
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

/** A recovery that goes on. */
export type OwnerRecoveryRow = Pick<
	typeof ownerRecoveries.$inferSelect,
	'id' | 'firmId' | 'userId' | 'requestedBy' | 'requestedAt' | 'approvedBy' | 'approvedAt'
> & {
	/** null: no server of the firm's plane has seen it approved. */
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
	const {
		rows: [row],
	} = await tx.execute(sql`select public.approve_owner_recovery(${id}, ${approvedBy}) as approved`);
	return row?.approved === true;
}

/** The firm's plane has seen every approval that there is, of whatever firm: from then on the 72 hours count. */
export async function markOwnerRecoveriesSeen(tx: Transaction): Promise<void> {
	await tx.execute(sql`select public.witness_owner_recoveries()`);
}

/** An owner calls it off. false: it has ended. */
export async function cancelOwnerRecovery(
	tx: Transaction,
	{ id, firmId }: Pick<OwnerRecoveryRow, 'id' | 'firmId'>,
): Promise<boolean> {
	const { rowCount } = await tx.execute(sql`
		insert into public.owner_recovery_ends (recovery_id, firm_id, outcome) values (${id}, ${firmId}, 'CANCELLED')
		on conflict do nothing`);
	return rowCount === 1;
}

/** The platform calls off what the firm is on. false: it has ended. */
export async function withdrawOwnerRecoveryOfFirm(tx: Transaction, firm: string): Promise<boolean> {
	const { rows } = await tx.execute(sql`select public.withdraw_owner_recovery(${firm})`);
	return rows.length > 0;
}

/** Makes the owner with `mac` as the proof, or says what is missing; the database alone decides. */
export async function completeOwnerRecovery(
	tx: Transaction,
	id: string,
	mac: Uint8Array,
): Promise<'COMPLETED' | 'ENDED' | 'UNAPPROVED' | 'UNSEEN' | 'EARLY'> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.complete_owner_recovery(${id}, ${mac}) as outcome`);
	return row?.outcome as 'COMPLETED';
}
