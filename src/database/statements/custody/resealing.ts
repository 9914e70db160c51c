import { type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { selectBoolean, selectNumber } from '../../single-row.ts';
import type { ContentColumns } from '../columns/stale-values.ts';

/** What devices have sealed of a class, and must seal again. */
export interface StaleSeals {
	readonly firm: string;
	/** The tables of the class. */
	readonly tables: readonly ContentColumns[];
	/** Versions of the data key below this one are old. */
	readonly below: number;
	/** A stamp is old unless its head is this entry of the key log, or a later one. */
	readonly since: number;
	/** Rows that are also left, whatever their versions: those without a stamp as a class moves to the firm, those with one on its way back. */
	readonly moving: 'UNSTAMPED' | 'STAMPED' | null;
}

/** src/custody/FORMAT.md, section 8: byte 1 is the suite, and bytes 2 to 5 hold the version, and sort as the numbers do. */
const isOldSeal = (column: string, below: number) =>
	sql`(substring(${sql.identifier(column)} from 2 for 1) = '\\x02'
		and substring(${sql.identifier(column)} from 3 for 4) < substring(int8send(${below}::bigint) from 5))`;

/**
 * The head in the text of a canonical stamp: no name or value before it can contain these quotes without an escape. Of a text that is no stamp
 * it is empty, and so old.
 */
const headOfStamp = sql`coalesce(substring(stamp from '"head":"([0-9a-f]{64})"'), '')`;

const isOldStamp = (firm: string, since: number) =>
	sql`(stamp is not null and ${headOfStamp} not in (
		select hash from public.key_log_entries where firm_id = ${firm} and seq >= ${since}))`;

const isLeftToMove = (moving: StaleSeals['moving']): SQL[] => {
	if (moving === null) return [];
	return [moving === 'UNSTAMPED' ? sql`stamp is null` : sql`stamp is not null`];
};

const isStaleRow = ({ firm, below, since, moving }: Omit<StaleSeals, 'tables'>, columns: readonly string[]): SQL =>
	sql`firm_id = ${firm} and deleted_at is null and (${sql.join(
		[...columns.map((column) => isOldSeal(column, below)), isOldStamp(firm, since), ...isLeftToMove(moving)],
		sql` or `,
	)})`;

/** Number of rows of the firm in these tables that have a stamp, or that have none. */
export const countByStamp = (
	tx: Transaction,
	firm: string,
	tables: readonly ContentColumns[],
	stamped: boolean,
): Promise<number> => {
	if (tables.length === 0) return Promise.resolve(0);
	const [condition] = isLeftToMove(stamped ? 'STAMPED' : 'UNSTAMPED');
	const each = tables.map(
		({ table }) =>
			sql`(select count(*) from ${sql.identifier(table)} where firm_id = ${firm} and deleted_at is null and ${condition})`,
	);
	return selectNumber(tx, sql`select ${sql.join(each, sql` + `)}`);
};

/** Number of rows. */
export async function countStaleSeals(tx: Transaction, { tables, ...stale }: StaleSeals): Promise<number> {
	if (tables.length === 0) return 0;
	const each = tables.map(
		({ table, columns }) => sql`(select count(*) from ${sql.identifier(table)} where ${isStaleRow(stale, columns)})`,
	);
	return selectNumber(tx, sql`select ${sql.join(each, sql` + `)}`);
}

interface StaleSealsPage {
	/** Id of the last row before the page; null for the first page. */
	readonly after: string | null;
	readonly rows: number;
	/** Bytes of envelopes and stamps together; a page has at least one row. */
	readonly bytes: number;
}

/** The rows of a page, in the order of their ids, with the SQL names of their tables. */
export async function selectStaleSeals(
	tx: Transaction,
	{ tables, ...stale }: StaleSeals,
	{ after, rows: most, bytes }: StaleSealsPage,
): Promise<readonly { readonly id: string; readonly table: string }[]> {
	if (tables.length === 0) return [];
	const each = tables.map(({ table, columns }) => {
		const sizes = [...columns, 'stamp'].map((column) => sql`coalesce(octet_length(${sql.identifier(column)}), 0)`);
		return sql`(select id, ${table} as name, ${sql.join(sizes, sql` + `)} as size from ${sql.identifier(table)}
			where ${isStaleRow(stale, columns)} and (${after}::uuid is null or id > ${after}::uuid) order by id limit ${most})`;
	});
	const { rows } = await tx.execute(sql`
		select id, name from (
			select id, name, sum(size) over (order by id) - size as before from (
				select * from (${sql.join(each, sql` union all `)}) every order by id limit ${most}) page
		) counted where before < ${bytes} order by id`);
	return rows.map(({ id, name }) => ({ id: id as string, table: name as string }));
}

/** Whether a row of the table has a stamp that is older than the entry `since` of the key log. */
export const hasStampsBefore = (tx: Transaction, firm: string, since: number, table: string): Promise<boolean> =>
	selectBoolean(
		tx,
		sql`select exists (select from ${sql.identifier(table)} where firm_id = ${firm} and ${isOldStamp(firm, since)}) as yes`,
	);
