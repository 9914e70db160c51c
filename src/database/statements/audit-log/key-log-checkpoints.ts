import { asc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { firstRow } from '../../single-row.ts';
import { keyLogCheckpoints } from '../../tables/index.ts';

/** The newest signed checkpoint of a firm's key log. */
export type KeyLogCheckpointRow = typeof keyLogCheckpoints.$inferSelect;

export const selectKeyLogCheckpoint = (tx: Transaction, firm: string): Promise<KeyLogCheckpointRow | null> =>
	firstRow(tx.select().from(keyLogCheckpoints).where(eq(keyLogCheckpoints.firmId, firm)));

export const selectKeyLogCheckpoints = (tx: Transaction, firms: readonly string[]): Promise<KeyLogCheckpointRow[]> =>
	tx
		.select()
		.from(keyLogCheckpoints)
		.where(inArray(keyLogCheckpoints.firmId, [...firms]))
		.orderBy(asc(keyLogCheckpoints.firmId));

/** Records that a client of the firm waits for a fresh checkpoint. Writes only if the signer has answered the last request. */
export async function insertKeyLogWish(tx: Transaction, firm: string): Promise<void> {
	await tx.execute(sql`
		insert into public.key_log_wishes as w (firm_id) values (${firm})
		on conflict (firm_id) do update set wanted_at = clock_timestamp()
		where exists (select from public.key_log_checkpoints c where c.firm_id = w.firm_id and c.signed_at >= w.wanted_at)`);
}

/** A key log that needs a checkpoint. */
export interface DueKeyLog {
	readonly firm: string;
	/** Number of entries. */
	readonly size: number;
}

/** Firms with entries of a key log, by one look into the index for each firm, and firms with a checkpoint; with the present size. */
const KEY_LOGS = sql`
	with recursive with_entries (firm) as (
		(select firm_id from public.key_log_entries order by firm_id limit 1)
		union all
		select (select e.firm_id from public.key_log_entries e where e.firm_id > w.firm order by e.firm_id limit 1)
		from with_entries w where w.firm is not null
	),
	logs as (
		select f.firm, coalesce((
			select e.seq + 1 from public.key_log_entries e where e.firm_id = f.firm order by e.seq desc limit 1
		), 0) as size
		from (select firm from with_entries where firm is not null union select firm_id from public.key_log_checkpoints) f
	)`;

/** Seconds: a signature that is not older answers a new request, and one that is further ahead of the clock is made again. */
const YOUNG = 240;
const AHEAD = 30;

/**
 * Key logs of which the size is not that of their checkpoint, or whose checkpoint a client waits for and is older than four minutes, in the
 * order of the firms. `now` is the signer's clock. `except`: firms that are left out.
 */
export async function selectDueKeyLogs(
	tx: Transaction,
	{ now, except, most }: { readonly now: Date; readonly except: readonly string[]; readonly most: number },
): Promise<DueKeyLog[]> {
	const second = sql`interval '1 second'`;
	const { rows } = await tx.execute(sql`
		${KEY_LOGS}
		select l.firm, l.size from logs l
		left join public.key_log_checkpoints c on c.firm_id = l.firm
		left join public.key_log_wishes w on w.firm_id = l.firm
		where l.firm <> all (${sql.param([...except])}::uuid[]) and (
			c.size is distinct from l.size or c.signed_at > ${now}::timestamptz + ${AHEAD} * ${second}
			or (w.wanted_at > c.signed_at and c.signed_at <= ${now}::timestamptz - ${YOUNG} * ${second})
		)
		order by l.firm limit ${most}`);
	return rows.map(toDueKeyLog);
}

/** Key logs whose checkpoint was signed before `before`, of firms after `after`, in the order of the firms. */
export async function selectKeyLogsSignedBefore(
	tx: Transaction,
	{ before, after, most }: { readonly before: Date; readonly after: string; readonly most: number },
): Promise<DueKeyLog[]> {
	const { rows } = await tx.execute(sql`
		select c.firm_id as firm, coalesce((
			select e.seq + 1 from public.key_log_entries e where e.firm_id = c.firm_id order by e.seq desc limit 1
		), 0) as size
		from public.key_log_checkpoints c where c.firm_id > ${after}::uuid and c.signed_at < ${before}::timestamptz
		order by c.firm_id limit ${most}`);
	return rows.map(toDueKeyLog);
}

const toDueKeyLog = ({ firm, size }: Record<string, unknown>): DueKeyLog => ({
	firm: String(firm),
	size: Number(size),
});

export interface KeyLogPosition {
	readonly firm: string;
	/** `seq` of the entry. */
	readonly index: number;
}

/** The stored hashes of entries, in the order of `positions`; null for an entry that does not exist. */
export async function selectKeyLogHashes(
	tx: Transaction,
	positions: readonly KeyLogPosition[],
): Promise<(Uint8Array | null)[]> {
	if (positions.length === 0) return [];
	const { rows } = await tx.execute(sql`
		select e.hashes from unnest(
			${sql.param(positions.map(({ firm }) => firm))}::uuid[], ${sql.param(positions.map(({ index }) => index))}::bigint[]
		) with ordinality asked (firm, index, at)
		left join public.key_log_entries e on e.firm_id = asked.firm and e.seq = asked.index
		order by asked.at`);
	return rows.map(({ hashes }) => (hashes as Uint8Array | null) ?? null);
}

export interface NewKeyLogCheckpoint {
	readonly firm: string;
	readonly size: number;
	readonly note: string;
}

/** `at`: the time in the cosignatures of the notes. */
export async function saveKeyLogCheckpoints(
	tx: Transaction,
	checkpoints: readonly NewKeyLogCheckpoint[],
	at: Date,
): Promise<void> {
	const column = <T>(pick: (checkpoint: NewKeyLogCheckpoint) => T) => sql.param(checkpoints.map(pick));
	await tx.execute(sql`
		insert into public.key_log_checkpoints (firm_id, size, note, signed_at)
		select n.firm, n.size, n.note, ${at}::timestamptz from unnest(
			${column(({ firm }) => firm)}::uuid[], ${column(({ size }) => size)}::integer[], ${column(({ note }) => note)}::text[]
		) n (firm, size, note)
		on conflict (firm_id) do update set size = excluded.size, note = excluded.note, signed_at = excluded.signed_at`);
}

/** An entry of the audit log about an entry of a key log. The index audit_entries_of_key_logs has this condition. */
const OF_KEY_LOG = sql`starts_with(a.leaf, '{"action":"key-log.append"')`;

/** The least UUIDv7 of a time. */
function leastIdOf(time: Date): string {
	const hex = time.getTime().toString(16).padStart(12, '0');
	return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/**
 * The firms among these whose key log lacks the entry that the newest entry of the audit log about it names, of those made before `before`:
 * by their ids, because a restored entry has a new row.
 */
export async function selectCutKeyLogs(tx: Transaction, firms: readonly string[], before: Date): Promise<string[]> {
	const { rows } = await tx.execute(sql`
		select f.firm from unnest(${sql.param([...firms])}::uuid[]) f (firm)
		cross join lateral (
			select a.leaf::jsonb ->> 'hash' as hash from public.audit_entries a
			where a.firm_id = f.firm and ${OF_KEY_LOG} and a.id < ${leastIdOf(before)}::uuid
			order by a.id desc limit 1
		) named
		where not exists (select from public.key_log_entries e where e.firm_id = f.firm and e.hash = named.hash)
		order by f.firm`);
	return rows.map(({ firm }) => String(firm));
}

/** An entry of a key log. */
export interface WalkedKeyLogRow extends KeyLogPosition {
	readonly leaf: string;
	readonly hash: string;
	readonly hashes: Uint8Array;
	/** Whether an entry of the firm's audit log names it. */
	readonly isRecorded: boolean;
	/** Appended more than a minute before. */
	readonly isOld: boolean;
	/** Note and size of the log's checkpoint, from one snapshot with entry 0; null with other entries. */
	readonly note: string | null;
	readonly signed: number | null;
}

/** Entries of key logs after a position, in the order of firms and `seq`. */
export async function selectKeyLogRows(
	tx: Transaction,
	after: KeyLogPosition,
	most: number,
): Promise<WalkedKeyLogRow[]> {
	const { rows } = await tx.execute(sql`
		select e.firm_id as firm, e.seq as index, e.leaf, e.hash, e.hashes, c.note, c.size as signed,
			e.appended_at < clock_timestamp() - interval '1 minute' as "isOld",
			exists (
				select from public.audit_entries a
				where a.firm_id = e.firm_id and ${OF_KEY_LOG} and a.leaf::jsonb ->> 'hash' = e.hash
			) as "isRecorded"
		from public.key_log_entries e left join public.key_log_checkpoints c on c.firm_id = e.firm_id and e.seq = 0
		where (e.firm_id, e.seq) > (${after.firm}::uuid, ${after.index}) order by e.firm_id, e.seq limit ${most}`);
	return rows as unknown as WalkedKeyLogRow[];
}

/** Firms with a checkpoint of a key log that has no entries. */
export async function selectEmptyKeyLogs(tx: Transaction, most: number): Promise<string[]> {
	const { rows } = await tx.execute(sql`
		select c.firm_id as firm from public.key_log_checkpoints c
		where not exists (select from public.key_log_entries e where e.firm_id = c.firm_id) order by c.firm_id limit ${most}`);
	return rows.map(({ firm }) => String(firm));
}

/** Firms after `after` whose audit log names entries of a key log, in order. */
export async function selectFirmsWithKeyLog(tx: Transaction, after: string, most: number): Promise<string[]> {
	const next = (firm: SQL) =>
		sql`(select a.firm_id from public.audit_entries a where ${OF_KEY_LOG} and a.firm_id > ${firm} order by a.firm_id limit 1)`;
	const { rows } = await tx.execute(sql`
		with recursive named (firm) as (
			${next(sql`${after}::uuid`)}
			union all
			select ${next(sql`n.firm`)} from named n where n.firm is not null
		)
		select firm from named where firm is not null limit ${most}`);
	return rows.map(({ firm }) => String(firm));
}
