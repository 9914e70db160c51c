import { type SQL, sql } from 'drizzle-orm';
import { byteaArray } from '../../bytea-array.ts';
import { plaintextBytes } from '../../plaintext-columns.ts';
import type { Transaction } from '../../plane.ts';
import { ENVELOPE_HEAD_LENGTH, type IdRange, withinIdRange } from './stale-values.ts';

/** A column of plaintext and the sealed one that takes it over, by their SQL names; rows of one firm. */
export interface ColumnMove {
	readonly table: string;
	readonly from: string;
	/** SQL type of `from`. */
	readonly type: string;
	readonly to: string;
	readonly firm: string;
}

/** Which rows: not sealed yet; in the clear still; or with a value of either kind. */
export type MoveRowFilter = 'UNSEALED' | 'CLEAR' | 'ANY';

const name = (column: string) => sql.identifier(column);

function areOf({ from, to }: ColumnMove, rows: MoveRowFilter): SQL {
	if (rows === 'CLEAR') return sql`${name(from)} is not null`;
	// Of a file that was removed it is only known where it lies in the clear, until that is gone too.
	if (rows === 'UNSEALED') return sql`deleted_at is null and ${name(to)} is null and ${name(from)} is not null`;
	return sql`deleted_at is null and num_nonnulls(${name(from)}, ${name(to)}) > 0`;
}

const rowsOf = (moving: ColumnMove, rows: MoveRowFilter, stretch: IdRange) =>
	sql`from public.${name(moving.table)} where ${sql.join(
		[sql`firm_id = ${moving.firm}`, ...withinIdRange(stretch), areOf(moving, rows)],
		sql` and `,
	)}`;

const WHOLE_TABLE: IdRange = { after: null, upto: null };

export async function countMoveRows(tx: Transaction, moving: ColumnMove, rows: MoveRowFilter): Promise<number> {
	const {
		rows: [row],
	} = await tx.execute(sql`select count(*)::text as count ${rowsOf(moving, rows, WHOLE_TABLE)}`);
	return Number(row?.count ?? 0);
}

/** Where the next page ends: so many rows, or so many bytes of them, but one row at least. null: there is none. */
export async function selectMovePageEnd(
	tx: Transaction,
	moving: ColumnMove,
	rows: MoveRowFilter,
	after: string | null,
	most: { readonly rows: number; readonly bytes: number },
): Promise<{ readonly upto: string; readonly rows: number } | null> {
	const bytes = sql`coalesce(octet_length(${name(moving.to)}), 0) + coalesce(pg_column_size(${name(moving.from)}), 0)`;
	const {
		rows: [row],
	} = await tx.execute(sql`
		select id as upto, number::int as rows from (
			select id, row_number() over w as number, sum(bytes) over w as bytes
			from (select id, ${bytes} as bytes ${rowsOf(moving, rows, { after, upto: null })} order by id limit ${most.rows}) found
			window w as (order by id)
		) counted where number = 1 or bytes <= ${most.bytes} order by id desc limit 1`);
	return row ? { upto: row.upto as string, rows: row.rows as number } : null;
}

export interface MoveRow {
	readonly id: string;
	readonly plain: Uint8Array | null;
	readonly sealed: Uint8Array | null;
	readonly isDeleted: boolean;
}

const plainOf = ({ from, type }: ColumnMove, of = sql.raw('')) => plaintextBytes(sql`${of}${name(from)}`, type);

/** In the order of their ids. */
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

/** Rows of a firm by which the files of a table are looked through: short enough that nothing of them is stored compressed. */
export async function selectSamples(tx: Transaction, moving: ColumnMove, most: number): Promise<MoveRow[]> {
	const { rows } = await tx.execute(sql`
		select id, null::bytea as plain, ${name(moving.to)}::bytea as sealed, false as "isDeleted" from public.${name(moving.table)}
		where firm_id = ${moving.firm} and octet_length(${name(moving.to)}) between 64 and 1024 order by id limit ${most}`);
	return rows as unknown as MoveRow[];
}

/** A value in the clear that was read: `hash`, SHA-256 of its bytes, says whether it is still the same. */
export interface MovedValue {
	readonly id: string;
	readonly hash: Uint8Array;
	/** Its envelope: to be written, or as it was read. */
	readonly sealed: Uint8Array;
}

const lists = (values: readonly MovedValue[], sealedOf: (value: MovedValue) => Uint8Array) =>
	sql`unnest(${sql.param(values.map(({ id }) => id))}::uuid[], ${sql.param(byteaArray(values.map(({ hash }) => hash)))}::bytea[],
		${sql.param(byteaArray(values.map(sealedOf)))}::bytea[]) as n (id, hash, sealed)`;

export const isUnchanged = (moving: ColumnMove) => sql`sha256(${plainOf(moving, sql.raw('t.'))}) = n.hash`;

/** Writes envelopes beside values that are still what was read and have none; answers the rows. */
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

/** Takes away values in the clear that are still what was compared with an envelope which is still there; answers the rows. */
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
