import { sql } from 'drizzle-orm';
import { bigint, check, customType, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, name, quotedNameList, time } from './columns.ts';

const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' });
const whole = (column: string) => bigint(column, { mode: 'number' });
/** What a number of JavaScript can be, and one more of it in the database too. */
const MOST = sql.raw('9007199254740991');

/** `hashes`: of the leaf, and of each complete subtree that ends with it, lowest first; 32 bytes each. */
const hashes = () => bytea('hashes').notNull();

/** The trees of firms, leaf by leaf: which entry is the leaf at which index. Append only. */
export const auditLeaves = pgTable(
	'audit_leaves',
	{
		/** Firm id; the nil UUID for the tree of entries that are of no firm. */
		tree: uuid('tree').notNull(),
		index: whole('index').notNull(),
		/** No foreign key: what has happened to an entry must not keep anybody from saying so. */
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

/** The root tree: signed checkpoints of the firms' trees, and what the log says of itself (src/audit/FORMAT.md "Root tree"). Append only. */
export const auditRootLeaves = pgTable(
	'audit_root_leaves',
	{
		index: whole('index').primaryKey(),
		kind: text('kind', { enum: ROOT_LEAF_KINDS }).notNull(),
		/** The tree of a checkpoint, and its size; null for other kinds. */
		tree: uuid('tree'),
		size: whole('size'),
		leaf: text('leaf').notNull(),
		hashes: hashes(),
		createdAt: time('created_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		index('audit_root_leaves_by_tree').on(t.tree, t.size, t.index),
		/** Few among many: which keys have signed, and which restores there were. */
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

/** Signed checkpoints of the root tree: what they cover is published. Written by the signer alone. Append only. */
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

/** How large each firm's tree is, and how much of it has a checkpoint: what the sequencer would have to count otherwise. */
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

/** One row: where the sequencer goes on, and who it is. */
export const auditState = pgTable(
	'audit_state',
	{
		id: integer('id').primaryKey().default(1),
		/** Rises with each leader: an older one writes nothing more. */
		epoch: whole('epoch').notNull().default(0),
		/** Name of the installation in every checkpoint; null before the first. */
		installation: text('installation'),
		/** 1, and one more after each restore. */
		incarnation: integer('incarnation').notNull().default(1),
		/** The last entry that is a leaf; those after it, by (transaction, id), are none yet. */
		afterTransaction: xid8('after_transaction').notNull().default(sql`'0'::xid8`),
		afterEntry: uuid('after_entry').notNull().default(sql`'00000000-0000-0000-0000-000000000000'::uuid`),
	},
	(t) => [
		check('audit_state_one', sql`${t.id} = 1`),
		check('audit_state_installation_size', sql`octet_length(${t.installation}) between 1 and 100`),
	],
);

/** The latest number that was seen of each run of a process. */
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
 * What the database has taken last of each run of a process, as it was appended, which only its trigger writes: who has a login leaves no
 * number out.
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

/** Numbers of a boot that are missing below a greater one: entries that someone has removed. Append only. */
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

/** What is anchored outside of the database, in the order of the anchors. Append only. */
export const auditAnchors = pgTable(
	'audit_anchors',
	{
		number: whole('number').primaryKey(),
		/** Of the root tree. */
		size: whole('size').notNull(),
		/** SHA-256 of the anchor's bytes; 32 bytes. */
		sha256: bytea('sha256').notNull(),
		createdAt: time('created_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		check('audit_anchors_range', sql`${t.number} between 0 and ${MOST} and ${t.size} between 0 and ${MOST}`),
		check('audit_anchors_sha256_size', sql`octet_length(${t.sha256}) = 32`),
	],
);
