import { and, eq, notExists, sql } from 'drizzle-orm';
import type { DataKeyRecord } from '../../../keys/index.ts';
import type { Transaction } from '../../plane.ts';
import { isOneRow } from '../../single-row.ts';
import { dataKeys, ownKeyStates } from '../../tables/index.ts';
import { deleteRows } from '../delete-rows.ts';

type OwnKeyRow = typeof ownKeyStates.$inferSelect;

/** The last known state of a firm's own key. */
export type OwnKeyStatus = Pick<OwnKeyRow, 'firmId' | 'state' | 'since'>;

/** `firm`: null for all. */
export const selectOwnKeyStates = (tx: Transaction, firm: string | null): Promise<OwnKeyStatus[]> =>
	tx
		.select({ firmId: ownKeyStates.firmId, state: ownKeyStates.state, since: ownKeyStates.since })
		.from(ownKeyStates)
		.where(firm === null ? undefined : eq(ownKeyStates.firmId, firm));

/**
 * The data key by which the worker checks a firm's own key: the RIGHTS key, which every firm has and only a job's login can replace.
 */
const isUnderOwnKey = sql`${dataKeys.class} = 'RIGHTS' and ${dataKeys.state} = 'ACTIVE' and ${dataKeys.ownKey}`;

/** Schedules checks for firms with data keys under their own key, spread over the period (seconds), and ends the checks of other firms. */
export async function scheduleOwnKeyChecks(tx: Transaction, period: number): Promise<void> {
	const isOwn = sql`(select from ${dataKeys} where ${dataKeys.firmId} = ${ownKeyStates.firmId} and ${isUnderOwnKey})`;
	await deleteRows(tx, ownKeyStates, notExists(isOwn));
	await tx.execute(sql`
		insert into ${ownKeyStates} (firm_id, state, next_at)
		select ${dataKeys.firmId}, 'HEALTHY', clock_timestamp() + random() * ${period}::float8 * interval '1 second'
		from ${dataKeys} where ${isUnderOwnKey}
		on conflict (firm_id) do nothing`);
}

/** `age`: seconds since the key's state last changed. */
export type DueOwnKey = Pick<OwnKeyRow, 'firmId' | 'state'> & { readonly age: number };

/** Claims the firms that are due, and schedules their next check a period (seconds) later. */
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

/** False if another worker has changed the state. */
export const setOwnKeyState = (
	tx: Transaction,
	{ firmId, state }: Pick<OwnKeyRow, 'firmId' | 'state'>,
	to: OwnKeyRow['state'],
): Promise<boolean> =>
	isOneRow(
		tx
			.update(ownKeyStates)
			.set({ state: to, since: sql`clock_timestamp()` })
			.where(and(eq(ownKeyStates.firmId, firmId), eq(ownKeyStates.state, state)))
			.returning({ firmId: ownKeyStates.firmId }),
	);

/** The data key by which the firm's own key is checked; null if the firm has no own key any more. */
export async function selectOwnDataKey(tx: Transaction, firm: string): Promise<DataKeyRecord | null> {
	const [row] = await tx
		.select()
		.from(dataKeys)
		.where(and(eq(dataKeys.firmId, firm), isUnderOwnKey));
	if (!row) return null;
	const { firmId, ...rest } = row;
	return { firm: firmId, ...rest };
}
