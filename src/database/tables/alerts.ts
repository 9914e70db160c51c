import { sql } from 'drizzle-orm';
import {
	bigint,
	check,
	customType,
	index,
	integer,
	pgTable,
	primaryKey,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core';
import { time, xid8 } from './columns.ts';
import { users } from './users.ts';

const snapshot = customType<{ data: string; driverData: string }>({ dataType: () => 'pg_snapshot' });

/** The names of rules in src/audit/alert-rules.ts. */
const RULE = sql.raw(`'^[A-Z_]{1,40}$'`);
const SUBJECT = sql.raw(`'^[A-Za-z0-9_:-]{1,200}$'`);

/**
 * What the platform's people should look at. At most one alert is open for a rule and a subject, and counts further occurrences. After its
 * acknowledgement it never changes, and the next occurrence opens a new alert.
 */
export const alerts = pgTable(
	'alerts',
	{
		id: uuid('id').primaryKey(),
		rule: text('rule').notNull(),
		severity: text('severity', { enum: ['ALERT', 'PAGE'] }).notNull(),
		/** Null if the alert is not about a single firm. */
		firmId: uuid('firm_id'),
		/** Ids that group occurrences. */
		subject: text('subject').notNull(),
		/** The person who caused the alert and may not acknowledge it; null for no one or several. No foreign key, because the id comes from a log entry. */
		actorId: uuid('actor_id'),
		leaseId: uuid('lease_id'),
		count: integer('count').notNull(),
		openedAt: time('opened_at').notNull().default(sql`clock_timestamp()`),
		/** Time of the last occurrence. */
		lastAt: time('last_at').notNull(),
		acknowledgedBy: uuid('acknowledged_by').references(() => users.id),
		acknowledgedAt: time('acknowledged_at'),
	},
	(t) => [
		uniqueIndex('alerts_open').on(t.rule, t.subject).where(sql`acknowledged_at is null`),
		index('alerts_by_opening').on(t.openedAt, t.id),
		check('alerts_rule_form', sql`${t.rule} ~ ${RULE}`),
		check('alerts_severity_known', sql`${t.severity} in ('ALERT', 'PAGE')`),
		check('alerts_subject_form', sql`${t.subject} ~ ${SUBJECT}`),
		check('alerts_count_positive', sql`${t.count} >= 1`),
		check('alerts_acknowledged_whole', sql`(${t.acknowledgedBy} is null) = (${t.acknowledgedAt} is null)`),
	],
);

/** Counts for a rule by subject and time, so that windows survive a restart. Deleted when no window reaches them. */
export const alertTallies = pgTable(
	'alert_tallies',
	{
		rule: text('rule').notNull(),
		subject: text('subject').notNull(),
		/** Start of a part of a window. */
		bucket: time('bucket').notNull(),
		/** The record, firm or lease, which counts once; '' if only amounts are summed. */
		item: text('item').notNull(),
		amount: bigint('amount', { mode: 'number' }).notNull(),
	},
	(t) => [
		check('alert_tallies_forms', sql`${t.rule} ~ ${RULE} and ${t.subject} ~ ${SUBJECT}`),
		check('alert_tallies_item_size', sql`octet_length(${t.item}) <= 200`),
		primaryKey({ name: 'alert_tallies_pkey', columns: [t.rule, t.subject, t.bucket, t.item] }),
		index('alert_tallies_by_bucket').on(t.bucket),
	],
);

/** Bad states that were reported. A state is reported when it begins, not at each check. */
export const alertStates = pgTable(
	'alert_states',
	{
		rule: text('rule').notNull(),
		subject: text('subject').notNull(),
		/** Distinguishes states. When it changes, the state is reported again. */
		mark: text('mark').notNull(),
		reportedAt: time('reported_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		primaryKey({ name: 'alert_states_pkey', columns: [t.rule, t.subject] }),
		check('alert_states_forms', sql`${t.rule} ~ ${RULE} and ${t.subject} ~ ${SUBJECT}`),
		check('alert_states_mark_size', sql`octet_length(${t.mark}) <= 200`),
	],
);

/** One row: which entries of the log the alert rules have checked. */
export const alertWatch = pgTable(
	'alert_watch',
	{
		id: integer('id').primaryKey().default(1),
		/** Everything committed before this snapshot is checked. */
		seen: snapshot('seen').notNull(),
		/** End of the range that is being checked; null if none is. */
		until: snapshot('until'),
		/** The last checked entry of the range, by (transaction, id). */
		afterTransaction: xid8('after_transaction').notNull().default(sql`'0'::xid8`),
		afterEntry: uuid('after_entry').notNull().default(sql`'00000000-0000-0000-0000-000000000000'::uuid`),
		/** When everything up to `seen` was last known to be checked; null before the first check. */
		lookedAt: time('looked_at'),
	},
	(t) => [
		check('alert_watch_one', sql`${t.id} = 1`),
		// Each lists the running transactions, with some twenty bytes each.
		check('alert_watch_size', sql`greatest(octet_length(${t.seen}::text), octet_length(${t.until}::text)) <= 65536`),
	],
);
