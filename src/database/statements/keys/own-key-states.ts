import { and, eq, notExists, sql } from 'drizzle-orm';
import type { DataKeyRecord } from '../../../keys/index.ts';
import type { Transaction } from '../../plane.ts';
import { dataKeys, ownKeyStates } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

type OwnKeyRow = typeof ownKeyStates.$inferSelect;

/** What was last seen of a firm's own key. */
export type OwnKeyStatus = Pick<OwnKeyRow, 'firmId' | 'state' | 'since'>;

/** Of one firm, or of all. */
export const selectOwnKeyStates = (tx: Transaction, firm: string | null): Promise<OwnKeyStatus[]> =>
	tx
		.select({ firmId: ownKeyStates.firmId, state: ownKeyStates.state, since: ownKeyStates.since })
		.from(ownKeyStates)
		.where(firm === null ? undefined : eq(ownKeyStates.firmId, firm));

/**
 * A firm's own key is asked about by the key that its rights are proven with, which every firm has, and which no login but a job's puts
 * another in the place of.
 */
const isUnderOwnKey = sql`${dataKeys.class} = 'RIGHTS' and ${dataKeys.state} = 'ACTIVE' and ${dataKeys.ownKey}`;

/** Firms that have data keys under a key of their own are looked after from now on, spread over the period; others no more. */
export async function scheduleOwnKeyChecks(tx: Transaction, period: number): Promise<void> {
	const isOwn = sql`(select from ${dataKeys} where ${dataKeys.firmId} = ${ownKeyStates.firmId} and ${isUnderOwnKey})`;
	await deleteRows(tx, ownKeyStates, notExists(isOwn));
	await tx.execute(sql`
		insert into ${ownKeyStates} (firm_id, state, next_at)
		select ${dataKeys.firmId}, 'HEALTHY', clock_timestamp() + random() * ${period}::float8 * interval '1 second'
		from ${dataKeys} where ${isUnderOwnKey}
		on conflict (firm_id) do nothing`);
}

/** A firm whose turn it is, and for how many seconds its key has been in its state. */
export type DueOwnKey = Pick<OwnKeyRow, 'firmId' | 'state'> & { readonly age: number };

/** Those whose turn it is, which is this worker's: their next turn is a period later. */
export async function claimDueOwnKeys(
	tx: Transaction,
	{ period, most }: { period: number; most: number },
): Promise<DueOwnKey[]> {
	const { rows } = await tx.execute(sql`
		update ${ownKeyStates} s set next_at = clock_timestamp() + ${period}::float8 * interval '1 second'
		where s.firm_id in (select d.firm_id from ${ownKeyStates} d where d.next_at <= clock_timestamp()
			order by d.next_at limit ${most} for update skip locked)
		returning s.firm_id as "firmId", s.state, extract(epoch from clock_timestamp() - s.since)::float8 as age`);
	return rows as unknown as DueOwnKey[];
}

/** false: someone else has seen something meanwhile. */
export async function setOwnKeyState(
	tx: Transaction,
	{ firmId, state }: Pick<OwnKeyRow, 'firmId' | 'state'>,
	to: OwnKeyRow['state'],
): Promise<boolean> {
	const rows = await tx
		.update(ownKeyStates)
		.set({ state: to, since: sql`clock_timestamp()` })
		.where(and(eq(ownKeyStates.firmId, firmId), eq(ownKeyStates.state, state)))
		.returning({ firmId: ownKeyStates.firmId });
	return rows.length === 1;
}

/** The data key of the firm by which its own key is asked about; null: it has none any more. */
export async function selectOwnDataKey(tx: Transaction, firm: string): Promise<DataKeyRecord | null> {
	const [row] = await tx
		.select()
		.from(dataKeys)
		.where(and(eq(dataKeys.firmId, firm), isUnderOwnKey));
	if (!row) return null;
	const { firmId, ...rest } = row;
	return { firm: firmId, ...rest };
}
