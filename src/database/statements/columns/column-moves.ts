import { eq, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { columnMoves, type MOVE_PHASES } from '../../tables/index.ts';

export type ColumnMoveRow = typeof columnMoves.$inferSelect;
export type MovePhase = (typeof MOVE_PHASES)[number];

export const selectColumnMoves = (tx: Transaction): Promise<ColumnMoveRow[]> =>
	tx.select().from(columnMoves).orderBy(columnMoves.coordinate);

export async function selectColumnMove(tx: Transaction, coordinate: string): Promise<ColumnMoveRow | null> {
	const [row] = await tx.select().from(columnMoves).where(eq(columnMoves.coordinate, coordinate));
	return row ?? null;
}

/** A column of plaintext and the one that takes it over. */
export type ColumnPair = Pick<ColumnMoveRow, 'coordinate' | 'table' | 'from' | 'to'>;

/**
 * To the next phase, when everybody who writes to the table is done (move_column() in drizzle/0014_column_moves.sql). `verified`: what
 * selectPlaintextOnlyWrites() counted while all was found the same.
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

/** Writes the files of its table again. Everyone waits meanwhile. */
export async function rewriteMovedTable(tx: Transaction, coordinate: string): Promise<void> {
	await tx.execute(sql`select public.rewrite_moved(${coordinate})`);
}

export async function setMoveReport(tx: Transaction, coordinate: string, report: string): Promise<void> {
	await tx.execute(sql`select public.report_move(${coordinate}, ${report})`);
}

/** Of all columns, since the installation is: rows written without ciphertext beside it, and writes that were refused for it. */
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

/** The files of a table, for anyone who is on the database's machine. */
export interface TableFiles {
	/** Of the database; null: the role may not know. */
	readonly directory: string | null;
	/** Relative to it. */
	readonly files: readonly string[];
	/** When the last whole checkpoint began: what was in the table by then is in its files. */
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

/** What besides the table may still hold what was in the clear. */
export interface PlaintextRemnants {
	/** Position in the write-ahead log; whatever is older than this may hold it. */
	readonly wal: string;
	/** Replicas that are connected, as far as the role sees them. */
	readonly replicas: number;
	readonly archiving: boolean;
	/** A replica, or a slot, keeps rows that are dead here, as far as the role sees them. */
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

/** What a plan is made of: about how many rows there are, and whether the database is prepared for the move. */
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

/** Who has a transaction open in this database now, but for this one: names that are never used again. Those that only read are among them. */
export async function selectOpenTransactions(tx: Transaction): Promise<ReadonlySet<string>> {
	const { rows } = await tx.execute(sql`
		select l.virtualtransaction as name from pg_locks l left join pg_stat_activity a on a.pid = l.pid
		where l.locktype = 'virtualxid' and l.granted and l.mode = 'ExclusiveLock' and l.pid <> pg_backend_pid()
			and coalesce(a.datid = (select oid from pg_database where datname = current_database()), true)
		union all
		select 'prepared ' || transaction::text from pg_prepared_xacts where database = current_database()`);
	return new Set(rows.map(({ name }) => name as string));
}
