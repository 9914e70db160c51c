import { type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { SetupError } from '../../errors.ts';
import { openConnection } from '../connection.ts';
import { DatabaseError, withoutParameters } from '../database-error.ts';
import type { Transaction } from '../plane.ts';

/** A leaf of a firm's tree in an anchor, with fields of its entry. */
export interface AnchoredEntry {
	readonly tree: string;
	readonly index: number;
	readonly entry: string;
	/** The entry's own field: in the tree of no firm, null or the nil UUID. */
	readonly firm: string | null;
	readonly boot: string;
	readonly sequence: number;
	/** The entry's own field; null if it is not a valid time. */
	readonly at: string | null;
	readonly leaf: string;
	readonly hashes: Uint8Array;
}

/**
 * Temporary tables that hold the anchored rows, so that SQL can compare them with the log. They end with the connection.
 */
const STAGED = [
	`create temporary table anchored_leaves (tree uuid, index bigint, entry uuid not null unique, firm uuid, boot uuid not null,
		sequence bigint not null, at timestamptz, leaf text not null, hashes bytea not null, role name, primary key (tree, index))`,
	`create temporary table anchored_root_leaves (index bigint primary key, kind text not null, tree uuid, size bigint,
		leaf text not null, hashes bytea not null)`,
	'create temporary table anchored_root_checkpoints (size bigint primary key, note text not null)',
	'create temporary table anchored_anchors (number bigint primary key, size bigint not null, sha256 bytea not null)',
	'create temporary table removed_entries (id uuid primary key)',
] as const;
const GRANT = `grant all on anchored_leaves, anchored_root_leaves, anchored_root_checkpoints, anchored_anchors, removed_entries
	to firmseal_owner`;

/** insufficient_privilege */
const FORBIDDEN = '42501';

/**
 * Runs `work` on one connection of the administrator as the tables' owner, the only role that may change the log.
 * @throws SetupError if the URL's login cannot become the owner
 */
export async function withLogRestore<T>(url: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
	return withoutParameters(async () => {
		const connection = await openConnection(url);
		try {
			const tx = drizzle(connection);
			await asOwner(tx);
			return await work(tx);
		} finally {
			await connection.end().catch(() => {});
		}
	}, url);
}

async function asOwner(tx: Transaction): Promise<void> {
	try {
		await withoutParameters(async () => {
			await tx.execute(sql`select set_config('idle_in_transaction_session_timeout', '0', false)`);
			for (const statement of [...STAGED, GRANT, 'set role firmseal_owner']) await tx.execute(sql.raw(statement));
		});
	} catch (error) {
		if (!(error instanceof DatabaseError) || error.code !== FORBIDDEN) throw error;
		throw new SetupError(
			'Set FIRMSEAL_ADMIN_DATABASE_URL to the URL of the administrator who prepared the database: none of the program’s own logins may change the log.',
		);
	}
}

const column = <Row, T>(rows: readonly Row[], pick: (row: Row) => T): SQL => sql`${sql.param(rows.map(pick))}`;

export async function stageLeaves(tx: Transaction, rows: readonly AnchoredEntry[]): Promise<void> {
	await tx.execute(sql`
		insert into pg_temp.anchored_leaves (tree, index, entry, firm, boot, sequence, at, leaf, hashes)
		select * from unnest(
			${column(rows, ({ tree }) => tree)}::uuid[], ${column(rows, ({ index }) => index)}::bigint[],
			${column(rows, ({ entry }) => entry)}::uuid[], ${column(rows, ({ firm }) => firm)}::uuid[], ${column(rows, ({ boot }) => boot)}::uuid[],
			${column(rows, ({ sequence }) => sequence)}::bigint[], ${column(rows, ({ at }) => at)}::timestamptz[], ${column(rows, ({ leaf }) => leaf)}::text[],
			${column(rows, ({ hashes }) => Buffer.from(hashes))}::bytea[])`);
}

/** A leaf of the root tree in an anchor. */
export interface AnchoredRootLeaf {
	readonly index: number;
	readonly kind: 'CHECKPOINT' | 'HEARTBEAT' | 'SIGNER' | 'INCARNATION';
	/** Tree and size of a checkpoint; null for other kinds. */
	readonly tree: string | null;
	readonly size: number | null;
	readonly leaf: string;
	readonly hashes: Uint8Array;
}

export async function stageRootLeaves(tx: Transaction, rows: readonly AnchoredRootLeaf[]): Promise<void> {
	await tx.execute(sql`
		insert into pg_temp.anchored_root_leaves (index, kind, tree, size, leaf, hashes)
		select * from unnest(
			${column(rows, ({ index }) => index)}::bigint[], ${column(rows, ({ kind }) => kind)}::text[],
			${column(rows, ({ tree }) => tree)}::uuid[], ${column(rows, ({ size }) => size)}::bigint[],
			${column(rows, ({ leaf }) => leaf)}::text[], ${column(rows, ({ hashes }) => Buffer.from(hashes))}::bytea[])`);
}

/** Of several checkpoints of one size, the last one stays. */
export async function stageRootCheckpoints(
	tx: Transaction,
	rows: readonly { readonly size: number; readonly note: string }[],
): Promise<void> {
	await tx.execute(sql`
		insert into pg_temp.anchored_root_checkpoints (size, note)
		select * from unnest(${column(rows, ({ size }) => size)}::bigint[], ${column(rows, ({ note }) => note)}::text[])
		on conflict (size) do update set note = excluded.note`);
}

export async function stageAnchors(
	tx: Transaction,
	rows: readonly { readonly number: number; readonly size: number; readonly sha256: Uint8Array }[],
): Promise<void> {
	await tx.execute(sql`
		insert into pg_temp.anchored_anchors (number, size, sha256)
		select * from unnest(
			${column(rows, ({ number }) => number)}::bigint[], ${column(rows, ({ size }) => size)}::bigint[],
			${column(rows, ({ sha256 }) => Buffer.from(sha256))}::bytea[])`);
}
