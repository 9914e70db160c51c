import { type SQL, sql } from 'drizzle-orm';
import { byteaArray } from '../../bytea-array.ts';
import { plaintextBytes } from '../../plaintext-columns.ts';
import type { Transaction } from '../../plane.ts';
import { selectNumber } from '../../single-row.ts';
import { type PageEnd, type PageSize, selectPageEndBySize } from '../page-end.ts';
import { ENVELOPE_HEAD_LENGTH, type IdRange, withinIdRange } from './stale-values.ts';

/** A plaintext column and the sealed column that takes it over, by their SQL names, for the rows of one firm. */
export interface ColumnMove {
	readonly table: string;
	readonly from: string;
	/** SQL type of `from`. */
	readonly type: string;
	readonly to: string;
	readonly firm: string;
}

/** Which rows: not sealed yet; still with plaintext; or with a value of either kind. */
export type MoveRowFilter = 'UNSEALED' | 'CLEAR' | 'ANY';

const name = (column: string) => sql.identifier(column);

function areOf({ from, to }: ColumnMove, rows: MoveRowFilter): SQL {
	if (rows === 'CLEAR') return sql`${name(from)} is not null`;
	// A deleted row keeps only the plaintext location of its file, until that is cleared too.
	if (rows === 'UNSEALED') return sql`deleted_at is null and ${name(to)} is null and ${name(from)} is not null`;
	return sql`deleted_at is null and num_nonnulls(${name(from)}, ${name(to)}) > 0`;
}

const rowsOf = (moving: ColumnMove, rows: MoveRowFilter, stretch: IdRange) =>
	sql`from public.${name(moving.table)} where ${sql.join(
		[sql`firm_id = ${moving.firm}`, ...withinIdRange(stretch), areOf(moving, rows)],
		sql` and `,
	)}`;

const WHOLE_TABLE: IdRange = { after: null, upto: null };

export const countMoveRows = (tx: Transaction, moving: ColumnMove, rows: MoveRowFilter): Promise<number> =>
	selectNumber(tx, sql`select count(*)::text as count ${rowsOf(moving, rows, WHOLE_TABLE)}`);

/** The end of the next page, which has at most `most` rows and bytes, but at least one row. Null if no rows are left. */
export function selectMovePageEnd(
	tx: Transaction,
	moving: ColumnMove,
	rows: MoveRowFilter,
	after: string | null,
	most: PageSize,
): Promise<PageEnd | null> {
	const bytes = sql`coalesce(octet_length(${name(moving.to)}), 0) + coalesce(pg_column_size(${name(moving.from)}), 0)`;
	return selectPageEndBySize(tx, { bytes, from: rowsOf(moving, rows, { after, upto: null }) }, most);
}

export interface MoveRow {
	readonly id: string;
	readonly plain: Uint8Array | null;
	readonly sealed: Uint8Array | null;
	readonly isDeleted: boolean;
}

const plainOf = ({ from, type }: ColumnMove, of = sql.raw('')) => plaintextBytes(sql`${of}${name(from)}`, type);

export async function selectMoveRows(
	tx: Transaction,
	moving: ColumnMove,
	rows: MoveRowFilter,
	stretch: IdRange,
): Promise<MoveRow[]> {
	const { rows: found } = await tx.execute(sql`
		select id, ${plainOf(moving)} as plain, ${name(moving.to)}::bytea as sealed, deleted_at is not null as "isDeleted" ${rowsOf(moving, rows, stretch)} order by id`);
	return found as unknown as MoveRow[];
}

/** Sample rows to search for in a table's files: short enough that PostgreSQL does not compress them. */
export async function selectSamples(tx: Transaction, moving: ColumnMove, most: number): Promise<MoveRow[]> {
	const { rows } = await tx.execute(sql`
		select id, null::bytea as plain, ${name(moving.to)}::bytea as sealed, false as "isDeleted" from public.${name(moving.table)}
		where firm_id = ${moving.firm} and octet_length(${name(moving.to)}) between 64 and 1024 order by id limit ${most}`);
	return rows as unknown as MoveRow[];
}

export interface MovedValue {
	readonly id: string;
	/** SHA-256 of the plaintext as it was read, to find out whether it has changed. */
	readonly hash: Uint8Array;
	/** Its envelope: the one to write, or the one that was read. */
	readonly sealed: Uint8Array;
}

const lists = (values: readonly MovedValue[], sealedOf: (value: MovedValue) => Uint8Array) =>
	sql`unnest(${sql.param(values.map(({ id }) => id))}::uuid[], ${sql.param(byteaArray(values.map(({ hash }) => hash)))}::bytea[],
		${sql.param(byteaArray(values.map(sealedOf)))}::bytea[]) as n (id, hash, sealed)`;

export const isUnchanged = (moving: ColumnMove) => sql`sha256(${plainOf(moving, sql.raw('t.'))}) = n.hash`;

/** Writes envelopes beside values that are unchanged and have none. Returns the ids of the written rows. */
export async function writeSealedValues(
	tx: Transaction,
	moving: ColumnMove,
	values: readonly MovedValue[],
): Promise<string[]> {
	if (values.length === 0) return [];
	const { rows } = await tx.execute(sql`
		update public.${name(moving.table)} t set ${name(moving.to)} = n.sealed from ${lists(values, ({ sealed }) => sealed)}
		where t.firm_id = ${moving.firm} and t.id = n.id and t.${name(moving.to)} is null and ${isUnchanged(moving)} returning t.id`);
	return rows.map(({ id }) => id as string);
}

/** Clears plaintext values if both the value and its envelope are unchanged since they were compared. Returns the ids of the cleared rows. */
export async function clearPlaintextValues(
	tx: Transaction,
	moving: ColumnMove,
	values: readonly MovedValue[],
): Promise<string[]> {
	if (values.length === 0) return [];
	const head = ({ sealed }: MovedValue) => sealed.subarray(0, ENVELOPE_HEAD_LENGTH);
	const { rows } = await tx.execute(sql`
		update public.${name(moving.table)} t set ${name(moving.from)} = null from ${lists(values, head)}
		where t.firm_id = ${moving.firm} and t.id = n.id and substring(t.${name(moving.to)} from 1 for ${ENVELOPE_HEAD_LENGTH}) = n.sealed
			and ${isUnchanged(moving)} returning t.id`);
	return rows.map(({ id }) => id as string);
}
