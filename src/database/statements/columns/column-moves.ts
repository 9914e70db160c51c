import { eq, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow } from '../../single-row.ts';
import { columnMoves, type MOVE_PHASES } from '../../tables/index.ts';

export type ColumnMoveRow = typeof columnMoves.$inferSelect;
export type MovePhase = (typeof MOVE_PHASES)[number];

export const selectColumnMoves = (tx: Transaction): Promise<ColumnMoveRow[]> =>
	tx.select().from(columnMoves).orderBy(columnMoves.coordinate);

export const selectColumnMove = (tx: Transaction, coordinate: string): Promise<ColumnMoveRow | null> =>
	firstRow(tx.select().from(columnMoves).where(eq(columnMoves.coordinate, coordinate)));

/** A plaintext column and the sealed column that takes it over. */
export type ColumnPair = Pick<ColumnMoveRow, 'coordinate' | 'table' | 'from' | 'to'>;

/**
 * Moves a column to the next phase when no other transaction writes to the table (move_column() in drizzle/0014_column_moves.sql). `verified`: the
 * number of plaintext-only writes at the verification that found no difference.
 */
export async function setMovePhase(
	tx: Transaction,
	{ coordinate, table, from, to }: ColumnPair,
	phase: MovePhase,
	verified: number | null,
): Promise<void> {
	const writes = verified === null ? null : String(verified);
	await tx.execute(sql`select public.move_column(${coordinate}, ${table}, ${from}, ${to}, ${phase}, ${writes})`);
}

/** Rewrites the files of the table. Everyone who uses the table waits. */
export async function rewriteMovedTable(tx: Transaction, coordinate: string): Promise<void> {
	await tx.execute(sql`select public.rewrite_moved(${coordinate})`);
}

export async function setMoveReport(tx: Transaction, coordinate: string, report: string): Promise<void> {
	await tx.execute(sql`select public.report_move(${coordinate}, ${report})`);
}

/** Totals of all columns since the installation: rows written in plaintext without ciphertext, and writes refused for that reason. */
export async function selectPlaintextOnlyWrites(
	tx: Transaction,
): Promise<{ readonly plaintextOnly: number; readonly refused: number }> {
	const counted = (of: string) =>
		sql`(select case when is_called then last_value else 0 end from public.${sql.identifier(of)})::text`;
	const {
		rows: [row],
	} = await tx.execute(
		sql`select ${counted('plaintext_only_writes')} as "plaintextOnly", ${counted('refused_writes')} as refused`,
	);
	return { plaintextOnly: Number(row?.plaintextOnly ?? 0), refused: Number(row?.refused ?? 0) };
}

/** The files of a table on the database's machine. */
export interface TableFiles {
	/** The server's data directory; null if the role may not read it. */
	readonly directory: string | null;
	/** Paths relative to the data directory. */
	readonly files: readonly string[];
	/** Start of the last complete checkpoint: the files hold everything committed before. */
	readonly flushedAt: Date;
}

export async function selectTableFiles(tx: Transaction, table: string): Promise<TableFiles> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select case when pg_has_role('pg_read_all_settings', 'usage') then current_setting('data_directory') end as directory,
			extract(epoch from checkpoint_time)::float8 as flushed from pg_control_checkpoint()`);
	const { rows: files } = await tx.execute(sql`
		select pg_relation_filepath(r.oid) as file from pg_class c
		cross join lateral (select c.oid union all select c.reltoastrelid where c.reltoastrelid <> 0
			union all select i.indexrelid from pg_index i where i.indrelid = c.oid) r (oid)
		where c.oid = to_regclass('public.' || quote_ident(${table}))`);
	return {
		directory: (row?.directory as string | undefined) ?? null,
		files: files.map(({ file }) => file as string),
		flushedAt: new Date(Number(row?.flushed) * 1000),
	};
}

/** Other places that may still hold plaintext. */
export interface PlaintextRemnants {
	/** Current position in the write-ahead log. Older parts may hold plaintext. */
	readonly wal: string;
	/** Connected replicas that the role can see. */
	readonly replicas: number;
	readonly archiving: boolean;
	/** Whether a replica or a slot that the role can see keeps dead rows. */
	readonly isHeldBack: boolean;
}

export async function selectPlaintextRemnants(tx: Transaction): Promise<PlaintextRemnants> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select pg_current_wal_lsn()::text as wal, (select count(*)::int from pg_stat_replication) as replicas,
			current_setting('archive_mode') <> 'off' as archiving,
			exists (select from pg_replication_slots where xmin is not null)
				or exists (select from pg_stat_replication where backend_xmin is not null) as "isHeldBack"`);
	return row as unknown as PlaintextRemnants;
}

/** For a plan: approximate number of rows, and whether the database is prepared for the move. */
export async function selectMovePlan(
	tx: Transaction,
	{ table, from }: Pick<ColumnPair, 'table' | 'from'>,
): Promise<{ readonly rows: number; readonly bytes: number; readonly isPrepared: boolean }> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select greatest(c.reltuples, 0)::float8 as rows, pg_table_size(c.oid)::float8 as bytes, exists (
			select from pg_trigger t where t.tgrelid = c.oid and t.tgname = ${`move_from_${from}`} and t.tgenabled = 'A') as "isPrepared"
		from pg_class c where c.oid = to_regclass('public.' || quote_ident(${table}))`);
	return (row as never) ?? { rows: 0, bytes: 0, isPrepared: false };
}

/** Names of all other open transactions in this database, also of read-only ones. A name is never reused. */
export async function selectOpenTransactions(tx: Transaction): Promise<ReadonlySet<string>> {
	const { rows } = await tx.execute(sql`
		select l.virtualtransaction as name from pg_locks l left join pg_stat_activity a on a.pid = l.pid
		where l.locktype = 'virtualxid' and l.granted and l.mode = 'ExclusiveLock' and l.pid <> pg_backend_pid()
			and coalesce(a.datid = (select oid from pg_database where datname = current_database()), true)
		union all
		select 'prepared ' || transaction::text from pg_prepared_xacts where database = current_database()`);
	return new Set(rows.map(({ name }) => name as string));
}
