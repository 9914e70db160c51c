import { and, eq, getTableColumns, getTableName, notExists, type SQL, sql } from 'drizzle-orm';
import { columnOf, type FirmOwnedTable } from '../../firm-owned.ts';
import { storedValue } from '../../plaintext-columns.ts';
import type { Transaction } from '../../plane.ts';
import type { Sealed } from '../../sealed.ts';
import { leaseEnds, leases } from '../../tables/index.ts';
import type { LeaseRow } from './leases.ts';

/** Where a sealed value is: a column of a row. */
export interface SealedLocation {
	readonly table: FirmOwnedTable;
	/** The column's property. */
	readonly property: string;
	/** Row id. */
	readonly row: string;
}

/** Who uses which lease, of which firm. */
export interface LeaseUse {
	readonly lease: string;
	readonly firm: string;
	/** User id. */
	readonly user: string;
}

/** What one read batch asks of a lease. */
export interface LeaseReadBatch {
	readonly classes: readonly string[];
	/** `Type.field` */
	readonly coordinates: readonly string[];
	/** Row ids. */
	readonly records: readonly string[];
	/** Values that are not null, repeats included. */
	readonly values: number;
}

export type LeaseOutcome = 'OPEN' | 'ENDED' | 'SCOPE' | 'BUDGET';

const uuids = (list: readonly string[]) => sql`${sql.param([...list])}::uuid[]`;
const texts = (list: readonly string[]) => sql`${sql.param([...list])}::text[]`;

/** Takes a read batch from the lease, and holds the lease until the transaction ends (use_lease() in drizzle/0009_lease_use.sql). */
export async function takeFromLease(tx: Transaction, use: LeaseUse, batch: LeaseReadBatch): Promise<LeaseOutcome> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select public.use_lease(${use.lease}, ${use.firm}, ${use.user}, ${texts(batch.classes)}, ${texts(batch.coordinates)},
			${uuids(batch.records)}, ${batch.values}) as outcome`);
	return row?.outcome as LeaseOutcome;
}

/** Holds the lease until the transaction ends, so that anyone who ends it waits. false: it is not to be used. */
export async function holdLease(tx: Transaction, { lease, firm, user }: LeaseUse): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.hold_lease(${lease}, ${firm}, ${user}) as held`);
	return row?.held === true;
}

/** Which of the locations hold a value, in their order; one statement for a table. */
export const selectPresent = async (tx: Transaction, locations: readonly SealedLocation[]): Promise<boolean[]> =>
	(await selectAtLocations(tx, locations, (column) => sql`${column} is not null`)).map((present) => present === true);

/** What the locations hold, in their order; null: nothing, or nothing that the lease shows. */
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

/** A lease as its row has it, and whether it may be used at this moment; null: there is none such. */
export async function selectLeaseToUse(
	tx: Transaction,
	id: string,
): Promise<(LeaseRow & { readonly isOpen: boolean }) | null> {
	const marked = tx.select({ id: leaseEnds.leaseId }).from(leaseEnds).where(eq(leaseEnds.leaseId, id));
	const isOpen = sql<boolean>`coalesce(${and(
		eq(leases.state, 'ACTIVE'),
		sql`clock_timestamp() < ${leases.expiresAt} and public.is_clock_sound()`,
		notExists(marked),
	)}, false)`;
	const [row] = await tx
		.select({ ...getTableColumns(leases), isOpen })
		.from(leases)
		.where(eq(leases.id, id));
	return row ?? null;
}

/** Says that what was taken from the lease is still being sent; for some seconds the lease isn't ended for a used-up budget. */
export async function extendLeaseUse(tx: Transaction, { lease, firm, user }: LeaseUse): Promise<void> {
	await tx.execute(sql`select public.extend_lease_use(${lease}, ${firm}, ${user})`);
}

/** Says that so many read batches are answered. Answers whether nothing is left to be read under the lease, nor being sent to others. */
export async function recordAnsweredReads(
	tx: Transaction,
	{ lease, firm, user }: LeaseUse,
	batches: number,
): Promise<boolean> {
	const {
		rows: [row],
	} = await tx.execute(sql`select public.record_answered_reads(${lease}, ${firm}, ${user}, ${batches}) as "isUsedUp"`);
	return row?.isUsedUp === true;
}
