import { sql } from 'drizzle-orm';
import { bigint, check, customType, index, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';
import { name } from './columns.ts';

const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' });

/** The audit log: append only, by privilege and by trigger. `leaf` is the entry; the rest finds it. */
export const auditEntries = pgTable(
	'audit_entries',
	{
		id: uuid('id').primaryKey(),
		/** null: an entry of the installation, of no firm. */
		firmId: uuid('firm_id'),
		/** The plane whose login appended it, which no login can choose: each has boots and numbers of its own. */
		role: name('role').notNull().default(sql`session_plane()`),
		boot: uuid('boot').notNull(),
		sequence: bigint('sequence', { mode: 'number' }).notNull(),
		leaf: text('leaf').notNull(),
		/** The inserting transaction: entries commit out of order, so readers page by this, below the snapshot's xmin. */
		transaction: xid8('transaction').notNull().default(sql`pg_current_xact_id()`),
		appendedAt: timestamp('appended_at', { withTimezone: true }).notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		unique('audit_entries_boot_sequence').on(t.role, t.boot, t.sequence),
		index('audit_entries_by_firm').on(t.firmId, t.transaction, t.id),
		index('audit_entries_by_transaction').on(t.transaction, t.id),
		/** Entries lie in the order of their times: this costs an append nothing, and finds the pages of a time that is long past. */
		index('audit_entries_by_time').using('brin', t.appendedAt).with({ autosummarize: true }),
		// Each begins with a look at the text, which canonical JSON (RFC 8785) allows: to make JSON of a leaf takes as long as all else that an
		// entry costs here, and few entries are of any of these.
		/** What was opened under a lease. */
		index('audit_entries_by_lease')
			.on(sql`(leaf::jsonb ->> 'lease')`)
			.where(sql`strpos(leaf, '"lease":"') > 0 and leaf::jsonb ->> 'lease' is not null`),
		/** Holds, of which each is asked about before anything is erased. */
		index('audit_entries_of_holds')
			.on(t.firmId)
			.where(sql`starts_with(leaf, '{"action":"hold.') and leaf::jsonb ->> 'action' in ('hold.set', 'hold.release')`),
		/** Jobs that have ended, each of which is asked about before a page of it. */
		index('audit_entries_of_ended_jobs')
			.on(sql`(leaf::jsonb -> 'records' ->> 0)`)
			.where(sql`starts_with(leaf, '{"action":"job.') and leaf::jsonb ->> 'action' in ('job.cancel', 'job.end')`),
		check(
			'audit_entries_role_known',
			sql`${t.role} in ('firmseal_firm', 'firmseal_operator', 'firmseal_worker', 'firmseal_broker')`,
		),
		check('audit_entries_leaf_size', sql`octet_length(${t.leaf}) between 2 and 65536`),
		/** So that it is one line of an anchor and of an export, and no order to a terminal. */
		check('audit_entries_leaf_printable', sql`${t.leaf} collate "C" !~ '[^ -~]'`),
		check('audit_entries_sequence_range', sql`${t.sequence} between 1 and 9007199254740991`),
		check(
			'audit_entries_leaf_names_row',
			sql`${t.leaf}::jsonb @> jsonb_build_object('id', ${t.id}, 'boot', ${t.boot}, 'sequence', ${t.sequence}, 'firm', ${t.firmId})`,
		),
	],
);
