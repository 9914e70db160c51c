import { and, eq, getTableColumns, getTableName, notExists, type SQL, sql } from 'drizzle-orm';
import { columnOf, type FirmOwnedTable } from '../../firm-owned.ts';
import { storedValue } from '../../plaintext-columns.ts';
import type { Transaction } from '../../plane.ts';
import type { Sealed } from '../../sealed.ts';
import { firstRow, selectBoolean, selectValue } from '../../single-row.ts';
import { leaseEnds, leases } from '../../tables/index.ts';
import type { LeaseRow } from './leases.ts';

/** A sealed column of a row. */
export interface SealedLocation {
	readonly table: FirmOwnedTable;
	/** The column's property. */
	readonly property: string;
	/** Row id. */
	readonly row: string;
}

export interface LeaseUse {
	readonly lease: string;
	readonly firm: string;
	/** User id. */
	readonly user: string;
}

export interface LeaseReadBatch {
	readonly classes: readonly string[];
	/** `Type.field` */
	readonly coordinates: readonly string[];
	/** Row ids. */
	readonly records: readonly string[];
	/** Number of values that are not null, including repeats. */
	readonly values: number;
}

export type LeaseOutcome = 'OPEN' | 'ENDED' | 'SCOPE' | 'BUDGET';

const uuids = (list: readonly string[]) => sql`${sql.param([...list])}::uuid[]`;
const texts = (list: readonly string[]) => sql`${sql.param([...list])}::text[]`;

/** Takes a read batch from the lease's budget, and locks the lease until the transaction ends (use_lease() in drizzle/0009_lease_use.sql). */
export const takeFromLease = async (tx: Transaction, use: LeaseUse, batch: LeaseReadBatch): Promise<LeaseOutcome> =>
	(await selectValue(
		tx,
		sql`
		select public.use_lease(${use.lease}, ${use.firm}, ${use.user}, ${texts(batch.classes)}, ${texts(batch.coordinates)},
			${uuids(batch.records)}, ${batch.values})`,
	)) as LeaseOutcome;

/** Locks the lease until the transaction ends, so that anyone who ends it waits. False if the lease may not be used. */
export const holdLease = (tx: Transaction, { lease, firm, user }: LeaseUse): Promise<boolean> =>
	selectBoolean(tx, sql`select public.hold_lease(${lease}, ${firm}, ${user}) as held`);

/** Whether each location holds a value, in the order of `locations`. One statement for each table. */
export const selectPresent = async (tx: Transaction, locations: readonly SealedLocation[]): Promise<boolean[]> =>
	(await selectAtLocations(tx, locations, (column) => sql`${column} is not null`)).map((present) => present === true);

/** The value of each location, in the order of `locations`; null if it is empty or the lease does not show it. */
export const selectSealed = async (tx: Transaction, locations: readonly SealedLocation[]): Promise<(Sealed | null)[]> =>
	(await selectAtLocations(tx, locations, (column) => column)).map((value) => (value ?? null) as Sealed | null);

async function selectAtLocations(
	tx: Transaction,
	locations: readonly SealedLocation[],
	asked: (column: SQL) => SQL,
): Promise<unknown[]> {
	const found = new Map<FirmOwnedTable, ReadonlyMap<string, Readonly<Record<string, unknown>>>>();
	for (const [table, of] of Map.groupBy(locations, ({ table }) => table)) {
		const properties = [...new Set(of.map(({ property }) => property))];
		const columns = properties.map((property) => {
			const column = storedValue(columnOf(table, property), ({ name }) => sql`t.${sql.identifier(name)}`);
			return sql`${asked(column)} as ${sql.identifier(property)}`;
		});
		const { rows } = await tx.execute(sql`
			select t.id, ${sql.join(columns, sql`, `)} from public.${sql.identifier(getTableName(table))} t
			where t.id = any(${uuids([...new Set(of.map(({ row }) => row))])}) and t.deleted_at is null`);
		found.set(table, new Map(rows.map((row) => [String(row.id), row])));
	}
	return locations.map(({ table, property, row }) => found.get(table)?.get(row)?.[property] ?? null);
}

/** A lease, and whether it may be used now. Null if it does not exist. */
export function selectLeaseToUse(
	tx: Transaction,
	id: string,
): Promise<(LeaseRow & { readonly isOpen: boolean }) | null> {
	const marked = tx.select({ id: leaseEnds.leaseId }).from(leaseEnds).where(eq(leaseEnds.leaseId, id));
	const isOpen = sql<boolean>`coalesce(${and(
		eq(leases.state, 'ACTIVE'),
		sql`clock_timestamp() < ${leases.expiresAt} and public.is_clock_sound()`,
		notExists(marked),
	)}, false)`;
	return firstRow(
		tx
			.select({ ...getTableColumns(leases), isOpen })
			.from(leases)
			.where(eq(leases.id, id)),
	);
}

/** Records that values taken from the lease are still being sent: for some seconds the lease is not ended for a used-up budget. */
export async function extendLeaseUse(tx: Transaction, { lease, firm, user }: LeaseUse): Promise<void> {
	await tx.execute(sql`select public.extend_lease_use(${lease}, ${firm}, ${user})`);
}

/** Records that read batches were answered. Returns whether the budget is used up and nothing is still being sent to others. */
export const recordAnsweredReads = (
	tx: Transaction,
	{ lease, firm, user }: LeaseUse,
	batches: number,
): Promise<boolean> =>
	selectBoolean(tx, sql`select public.record_answered_reads(${lease}, ${firm}, ${user}, ${batches}) as "isUsedUp"`);
