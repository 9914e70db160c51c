import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { selectBoolean } from '../../single-row.ts';
import { custodyWraps, firmCustody, recoveryShares } from '../../tables/index.ts';
import type { ContentColumns } from '../columns/stale-values.ts';

export type FirmCustodyRow = typeof firmCustody.$inferSelect;

/** The classes that the log has named in a `custody.set`. All others are in PLATFORM custody. */
export const selectFirmCustody = (
	tx: Transaction,
	firm: string,
): Promise<Pick<FirmCustodyRow, 'class' | 'custody' | 'seq'>[]> =>
	tx
		.select({ class: firmCustody.class, custody: firmCustody.custody, seq: firmCustody.seq })
		.from(firmCustody)
		.where(eq(firmCustody.firmId, firm))
		.orderBy(asc(firmCustody.class));

/** The classes of a firm whose values its own devices seal, sorted: in every custody but PLATFORM. */
export const selectOwnClasses = async (tx: Transaction, firm: string): Promise<string[]> =>
	(await selectFirmCustody(tx, firm)).flatMap(({ class: of, custody }) => (custody === 'PLATFORM' ? [] : [of]));

/** Ids of the firms whose devices seal the values of a class, sorted. */
export async function selectOwnersOfClass(tx: Transaction, className: string): Promise<string[]> {
	const rows = await tx
		.select({ firm: firmCustody.firmId })
		.from(firmCustody)
		.where(and(eq(firmCustody.class, className), ne(firmCustody.custody, 'PLATFORM')))
		.orderBy(asc(firmCustody.firmId));
	return rows.map(({ firm }) => firm);
}

/** In the transaction that appends the entry. */
export async function setFirmCustody(tx: Transaction, row: FirmCustodyRow): Promise<void> {
	const { custody, seq, mac } = row;
	await tx
		.insert(firmCustody)
		.values(row)
		.onConflictDoUpdate({ target: [firmCustody.firmId, firmCustody.class], set: { custody, seq, mac } });
}

export type CustodyWrapRow = typeof custodyWraps.$inferSelect;

/** A device wraps a version once for each other: a repeated wrap changes nothing. */
export async function insertCustodyWraps(tx: Transaction, wraps: readonly CustodyWrapRow[]): Promise<void> {
	if (wraps.length > 0)
		await tx
			.insert(custodyWraps)
			.values([...wraps])
			.onConflictDoNothing();
}

/** The wraps of a class for a device, the newest version first. */
export const selectCustodyWraps = (
	tx: Transaction,
	{ firm, class: className, recipient }: { readonly firm: string; readonly class: string; readonly recipient: string },
	most: number,
): Promise<CustodyWrapRow[]> =>
	tx
		.select()
		.from(custodyWraps)
		.where(and(eq(custodyWraps.firmId, firm), eq(custodyWraps.class, className), eq(custodyWraps.recipient, recipient)))
		.orderBy(sql`${custodyWraps.version} desc`, asc(custodyWraps.wrapper))
		.limit(most);

export type RecoveryShareRow = typeof recoveryShares.$inferSelect;

export async function insertRecoveryShares(tx: Transaction, shares: readonly RecoveryShareRow[]): Promise<void> {
	if (shares.length > 0)
		await tx
			.insert(recoveryShares)
			.values([...shares])
			.onConflictDoNothing();
}

/** The shares that a device has of these RECOVERY devices. */
export const selectRecoveryShares = (
	tx: Transaction,
	{
		firm,
		recipient,
		devices,
	}: { readonly firm: string; readonly recipient: string; readonly devices: readonly string[] },
	most: number,
): Promise<RecoveryShareRow[]> =>
	tx
		.select()
		.from(recoveryShares)
		.where(
			and(
				eq(recoveryShares.firmId, firm),
				eq(recoveryShares.recipient, recipient),
				inArray(recoveryShares.device, [...devices]),
			),
		)
		.orderBy(asc(recoveryShares.person), asc(recoveryShares.device))
		.limit(most);

/** Whether a value of the firm is sealed by suite 0x02 under this version (src/custody/FORMAT.md, section 8). */
export const hasValuesUnder = (
	tx: Transaction,
	firm: string,
	version: number,
	{ table, columns }: ContentColumns,
): Promise<boolean> =>
	selectBoolean(
		tx,
		sql`select exists (select from ${sql.identifier(table)} where firm_id = ${firm} and ${anyOf(
			columns,
			(column) =>
				sql`substring(${column} from 2 for 5) = '\\x02'::bytea || substring(int8send(${version}::bigint) from 5)`,
		)}) as yes`,
	);

const anyOf = (
	columns: readonly string[],
	condition: (column: ReturnType<typeof sql.identifier>) => ReturnType<typeof sql>,
) =>
	sql`(${sql.join(
		columns.map((column) => condition(sql.identifier(column))),
		sql` or `,
	)})`;

/** Whether the firm has a file, also one that is being stored or deleted. */
export const hasStoredFiles = (tx: Transaction, firm: string): Promise<boolean> =>
	selectBoolean(tx, sql`select exists (select from public.stored_objects where firm_id = ${firm}) as yes`);

/** Whether a lease on this class of the firm is open. */
export const hasOpenLeaseOn = (tx: Transaction, firm: string, className: string): Promise<boolean> =>
	selectBoolean(
		tx,
		sql`select exists (select from public.leases where firm_id = ${firm} and ${className} = any (classes)
			and state in ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE')) as yes`,
	);
