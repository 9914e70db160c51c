import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, name, quotedNameList, time, xid8 } from './columns.ts';

const whole = (column: string) => bigint(column, { mode: 'number' });
/** Number.MAX_SAFE_INTEGER */
const MOST = sql.raw('9007199254740991');

/** Hashes of the leaf and of each complete subtree that ends with it, lowest first; 32 bytes each. */
const hashes = () => bytea('hashes').notNull();

/** The leaves of firms' trees. Append-only. */
export const auditLeaves = pgTable(
	'audit_leaves',
	{
		/** Firm id; the nil UUID for the tree of entries of no firm. */
		tree: uuid('tree').notNull(),
		index: whole('index').notNull(),
		/** No foreign key, so that the leaf stays if its entry is removed. */
		entryId: uuid('entry_id').notNull().unique('audit_leaves_entry'),
		hashes: hashes(),
	},
	(t) => [
		primaryKey({ name: 'audit_leaves_pkey', columns: [t.tree, t.index] }),
		check('audit_leaves_index_range', sql`${t.index} between 0 and ${MOST}`),
		check('audit_leaves_hashes_size', sql`octet_length(${t.hashes}) % 32 = 0 and octet_length(${t.hashes}) >= 32`),
	],
);

export const ROOT_LEAF_KINDS = ['CHECKPOINT', 'HEARTBEAT', 'SIGNER', 'INCARNATION'] as const;

/** The root tree: checkpoints of the firms' trees, and records of the log about itself (src/audit/FORMAT.md "Root tree"). Append-only. */
export const auditRootLeaves = pgTable(
	'audit_root_leaves',
	{
		index: whole('index').primaryKey(),
		kind: text('kind', { enum: ROOT_LEAF_KINDS }).notNull(),
		/** Tree and size of a checkpoint; null for other kinds. */
		tree: uuid('tree'),
		size: whole('size'),
		leaf: text('leaf').notNull(),
		hashes: hashes(),
		createdAt: time('created_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		index('audit_root_leaves_by_tree').on(t.tree, t.size, t.index),
		/** The few leaves that name signing keys and restores. */
		index('audit_root_leaves_of_log').on(t.kind, t.index).where(sql`${t.kind} in ('SIGNER', 'INCARNATION')`),
		check('audit_root_leaves_kind_known', sql`${t.kind} in (${quotedNameList(ROOT_LEAF_KINDS)})`),
		check(
			'audit_root_leaves_range',
			sql`${t.index} between 0 and ${MOST} and (${t.size} is null or ${t.size} between 0 and ${MOST})`,
		),
		check('audit_root_leaves_of_tree', sql`(${t.kind} = 'CHECKPOINT') = (num_nonnulls(${t.tree}, ${t.size}) = 2)`),
		check('audit_root_leaves_leaf_size', sql`octet_length(${t.leaf}) between 2 and 65536`),
		check('audit_root_leaves_hashes_size', sql`octet_length(${t.hashes}) % 32 = 0 and octet_length(${t.hashes}) >= 32`),
	],
);

/** Signed checkpoints of the root tree, which publish what they cover. Only the signer writes them. Append-only. */
export const auditRootCheckpoints = pgTable(
	'audit_root_checkpoints',
	{
		size: whole('size').primaryKey(),
		note: text('note').notNull(),
		createdAt: time('created_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		check('audit_root_checkpoints_range', sql`${t.size} between 0 and ${MOST}`),
		check('audit_root_checkpoints_note_size', sql`octet_length(${t.note}) between 1 and 65536`),
	],
);

/** Size of each firm's tree, and size of its last checkpoint, so that the sequencer need not count. */
export const auditTrees = pgTable(
	'audit_trees',
	{
		tree: uuid('tree').primaryKey(),
		size: whole('size').notNull(),
		signed: whole('signed').notNull().default(0),
	},
	(t) => [
		check('audit_trees_sizes', sql`${t.signed} between 0 and ${t.size}`),
		check('audit_trees_range', sql`${t.size} <= ${MOST}`),
	],
);

/** One row: the sequencer's position and the epoch of its leader. */
export const auditState = pgTable(
	'audit_state',
	{
		id: integer('id').primaryKey().default(1),
		/** Rises with each leader, so that an earlier leader can write nothing more. */
		epoch: whole('epoch').notNull().default(0),
		/** The installation's name in every checkpoint; null before the first. */
		installation: text('installation'),
		/** 1, plus one for each restore. */
		incarnation: integer('incarnation').notNull().default(1),
		/** The last entry that is a leaf, by (transaction, id). */
		afterTransaction: xid8('after_transaction').notNull().default(sql`'0'::xid8`),
		afterEntry: uuid('after_entry').notNull().default(sql`'00000000-0000-0000-0000-000000000000'::uuid`),
	},
	(t) => [
		check('audit_state_one', sql`${t.id} = 1`),
		check('audit_state_installation_size', sql`octet_length(${t.installation}) between 1 and 100`),
	],
);

/** The greatest sequence number that the leader has seen of each process run. */
export const auditBoots = pgTable(
	'audit_boots',
	{
		role: name('role').notNull(),
		boot: uuid('boot').notNull(),
		last: whole('last').notNull(),
	},
	(t) => [
		primaryKey({ name: 'audit_boots_pkey', columns: [t.role, t.boot] }),
		check('audit_boots_range', sql`${t.last} between 0 and ${MOST}`),
	],
);

/**
 * The last entry of each process run, at the time of appending. Only a trigger writes it, so no login can skip a sequence number.
 */
export const auditRuns = pgTable(
	'audit_runs',
	{
		boot: uuid('boot').notNull(),
		role: name('role').notNull(),
		last: whole('last').notNull(),
		lastId: uuid('last_id').notNull(),
		transaction: xid8('transaction').notNull().default(sql`pg_current_xact_id()`),
	},
	(t) => [primaryKey({ name: 'audit_runs_pkey', columns: [t.boot] })],
);

/** Missing sequence numbers of a boot, which mean removed entries. Append-only. */
export const auditGaps = pgTable(
	'audit_gaps',
	{
		role: name('role').notNull(),
		boot: uuid('boot').notNull(),
		first: whole('first').notNull(),
		last: whole('last').notNull(),
		seenAt: time('seen_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		primaryKey({ name: 'audit_gaps_pkey', columns: [t.role, t.boot, t.first] }),
		check('audit_gaps_range', sql`${t.last} >= ${t.first}`),
		check('audit_gaps_numbers', sql`${t.first} >= 1 and ${t.last} <= ${MOST}`),
	],
);

/** The anchors outside the database, in their order. Append-only. */
export const auditAnchors = pgTable(
	'audit_anchors',
	{
		number: whole('number').primaryKey(),
		/** Size of the root tree. */
		size: whole('size').notNull(),
		/** SHA-256 of the anchor's bytes. */
		sha256: bytea('sha256').notNull(),
		createdAt: time('created_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		check('audit_anchors_range', sql`${t.number} between 0 and ${MOST} and ${t.size} between 0 and ${MOST}`),
		check('audit_anchors_sha256_size', sql`octet_length(${t.sha256}) = 32`),
	],
);
