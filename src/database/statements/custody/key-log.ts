import { and, asc, eq, gte, inArray, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow, selectBoolean, selectNumber } from '../../single-row.ts';
import { keyLogEntries, keyLogNames } from '../../tables/index.ts';

/** Lets only this transaction append to the firm's key log until it ends. Take it before the log is read. */
export async function holdKeyLog(tx: Transaction): Promise<void> {
	await tx.execute(sql`select public.hold_key_log()`);
}

/** The texts of the entries from `from` on, in their order, at most `most`. */
export async function selectKeyLogTexts(tx: Transaction, firm: string, from: number, most: number): Promise<string[]> {
	const rows = await tx
		.select({ leaf: keyLogEntries.leaf })
		.from(keyLogEntries)
		.where(and(eq(keyLogEntries.firmId, firm), gte(keyLogEntries.seq, from)))
		.orderBy(asc(keyLogEntries.seq))
		.limit(most);
	return rows.map(({ leaf }) => leaf);
}

/** selectKeyLogTexts() of at most `bytes` bytes together, but at least one entry. */
export async function selectKeyLogPage(
	tx: Transaction,
	firm: string,
	{ from, most, bytes }: { readonly from: number; readonly most: number; readonly bytes: number },
): Promise<string[]> {
	const { rows } = await tx.execute(sql`
		select leaf from (
			select seq, leaf, sum(octet_length(leaf)) over (order by seq) as total from (
				select seq, leaf from public.key_log_entries where firm_id = ${firm} and seq >= ${from} order by seq limit ${most}) page
		) counted where total <= ${bytes} or seq = ${from} order by seq`);
	return rows.map(({ leaf }) => leaf as string);
}

export interface KeyLogEnd {
	readonly size: number;
	readonly head: string;
	/** Hash of entry 0. */
	readonly genesis: string;
}

/** Null if the firm has no key log. */
export async function selectKeyLogEnd(tx: Transaction, firm: string): Promise<KeyLogEnd | null> {
	const { rows } = await tx.execute(sql`
		select newest.seq + 1 as size, newest.hash as head, first.hash as genesis
		from public.key_log_entries newest join public.key_log_entries first on first.firm_id = newest.firm_id and first.seq = 0
		where newest.firm_id = ${firm} order by newest.seq desc limit 1`);
	return (rows[0] as unknown as KeyLogEnd | undefined) ?? null;
}

/** Null if the log does not have the entry. */
export async function selectKeyLogHash(tx: Transaction, firm: string, seq: number): Promise<string | null> {
	const at = and(eq(keyLogEntries.firmId, firm), eq(keyLogEntries.seq, seq));
	const row = await firstRow(tx.select({ hash: keyLogEntries.hash }).from(keyLogEntries).where(at));
	return row?.hash ?? null;
}

/** The database accepts it only as the next entry of the log, and sets the hashes and the time. */
export async function insertKeyLogEntry(
	tx: Transaction,
	{ firm, seq, text }: { readonly firm: string; readonly seq: number; readonly text: string },
): Promise<void> {
	await tx.execute(sql`insert into public.key_log_entries (firm_id, seq, leaf) values (${firm}, ${seq}, ${text})`);
}

/** Whether the entry was appended at least so many hours ago, by the database's clock. */
export const isKeyLogEntryOlder = (tx: Transaction, firm: string, seq: number, hours: number): Promise<boolean> =>
	selectBoolean(
		tx,
		sql`select appended_at <= clock_timestamp() - make_interval(hours => ${hours}) as yes
			from public.key_log_entries where firm_id = ${firm} and seq = ${seq}`,
	);

/** The highest version of a firm's data key of a class, in either custody; 0 if there is none. */
export const selectLatestKeyVersion = (tx: Transaction, firm: string, className: string): Promise<number> =>
	selectNumber(tx, sql`select public.latest_key_version(${firm}, ${className})::float8 as version`);

export type KeyLogNameRow = typeof keyLogNames.$inferSelect;

export async function insertKeyLogNames(tx: Transaction, names: readonly KeyLogNameRow[]): Promise<void> {
	if (names.length > 0)
		await tx
			.insert(keyLogNames)
			.values([...names])
			.onConflictDoNothing();
}

export const selectKeyLogNames = (tx: Transaction, firm: string, hashes: readonly string[]): Promise<KeyLogNameRow[]> =>
	tx
		.select()
		.from(keyLogNames)
		.where(and(eq(keyLogNames.firmId, firm), inArray(keyLogNames.nameHash, [...hashes])))
		.orderBy(asc(keyLogNames.person), asc(keyLogNames.nameHash));
