import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';
import { name, xid8 } from './columns.ts';

/** The audit log, append-only by privileges and by a trigger. `leaf` is the entry itself; the other columns find it. */
export const auditEntries = pgTable(
	'audit_entries',
	{
		id: uuid('id').primaryKey(),
		/** Null if the entry concerns the installation and no firm. */
		firmId: uuid('firm_id'),
		/** The plane of the login that appended the entry. No login can choose it, so each plane has its own boots and sequence numbers. */
		role: name('role').notNull().default(sql`session_plane()`),
		boot: uuid('boot').notNull(),
		sequence: bigint('sequence', { mode: 'number' }).notNull(),
		leaf: text('leaf').notNull(),
		/** The inserting transaction. Entries commit out of order, so readers page by this column, below the snapshot's xmin. */
		transaction: xid8('transaction').notNull().default(sql`pg_current_xact_id()`),
		appendedAt: timestamp('appended_at', { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		unique('audit_entries_boot_sequence').on(t.role, t.boot, t.sequence),
		index('audit_entries_by_firm').on(t.firmId, t.transaction, t.id),
		index('audit_entries_by_transaction').on(t.transaction, t.id),
		// The rows are in the order of time, so a BRIN index costs an append nothing and finds entries of any past time.
		index('audit_entries_by_time').using('brin', t.appendedAt).with({ autosummarize: true }),
		// The next four conditions first search the text, which canonical JSON (RFC 8785) allows. Parsing a leaf costs as much as all other work
		// for an entry, and few entries match.
		/** Values opened under a lease. */
		index('audit_entries_by_lease')
			.on(sql`(leaf::jsonb ->> 'lease')`)
			.where(sql`strpos(leaf, '"lease":"') > 0 and leaf::jsonb ->> 'lease' is not null`),
		/** Legal holds, which are checked before every erasure. */
		index('audit_entries_of_holds')
			.on(t.firmId)
			.where(sql`starts_with(leaf, '{"action":"hold.') and leaf::jsonb ->> 'action' in ('hold.set', 'hold.release')`),
		/** Ended jobs, which are checked before every page of a job. */
		index('audit_entries_of_ended_jobs')
			.on(sql`(leaf::jsonb -> 'records' ->> 0)`)
			.where(sql`starts_with(leaf, '{"action":"job.') and leaf::jsonb ->> 'action' in ('job.cancel', 'job.end')`),
		/** Entries about key logs, by the hash of the entry of the key log. */
		index('audit_entries_of_key_logs')
			.on(t.firmId, sql`(leaf::jsonb ->> 'hash')`)
			.where(sql`starts_with(leaf, '{"action":"key-log.append"')`),
		check(
			'audit_entries_role_known',
			sql`${t.role} in ('firmseal_firm', 'firmseal_operator', 'firmseal_worker', 'firmseal_broker')`,
		),
		check('audit_entries_leaf_size', sql`octet_length(${t.leaf}) between 2 and 65536`),
		/** An entry is one line of an anchor and of an export, and holds no control sequence for a terminal. */
		check('audit_entries_leaf_printable', sql`${t.leaf} collate "C" !~ '[^ -~]'`),
		check('audit_entries_sequence_range', sql`${t.sequence} between 1 and 9007199254740991`),
		check(
			'audit_entries_leaf_names_row',
			sql`${t.leaf}::jsonb @> jsonb_build_object('id', ${t.id}, 'boot', ${t.boot}, 'sequence', ${t.sequence}, 'firm', ${t.firmId})`,
		),
	],
);
