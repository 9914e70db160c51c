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
import { time } from './columns.ts';
import { users } from './users.ts';

const xid8 = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' });
const snapshot = customType<{ data: string; driverData: string }>({ dataType: () => 'pg_snapshot' });

/** Capitals and underscores: src/audit/alert-rules.ts has them. */
const RULE = sql.raw(`'^[A-Z_]{1,40}$'`);
/** Ids, and words of ours. */
const SUBJECT = sql.raw(`'^[A-Za-z0-9_:-]{1,200}$'`);

/**
 * What someone of the platform is to look at. One is open for a rule and a subject at a time, and further occurrences are counted;
 * once it is acknowledged nothing of it changes, and the next occurrence opens another.
 */
export const alerts = pgTable(
	'alerts',
	{
		id: uuid('id').primaryKey(),
		rule: text('rule').notNull(),
		severity: text('severity', { enum: ['ALERT', 'PAGE'] }).notNull(),
		/** null: it is about no one firm. */
		firmId: uuid('firm_id'),
		/** By what occurrences belong together: ids. */
		subject: text('subject').notNull(),
		/** Who did it, who may not acknowledge it; null: no one, or many. No foreign key: an entry of the log says who. */
		actorId: uuid('actor_id'),
		leaseId: uuid('lease_id'),
		count: integer('count').notNull(),
		openedAt: time('opened_at').notNull().default(sql`clock_timestamp()`),
		/** When it last happened. */
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

/** What was counted for a rule, by subject and time, so that a window survives a restart. Deleted once no window reaches it. */
export const alertTallies = pgTable(
	'alert_tallies',
	{
		rule: text('rule').notNull(),
		subject: text('subject').notNull(),
		/** The beginning of a part of a window. */
		bucket: time('bucket').notNull(),
		/** The record, firm or lease that is counted once; '' for what is only summed up. */
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

/** What is wrong now and was told: a state is told when it begins, and not each time that someone looks. */
export const alertStates = pgTable(
	'alert_states',
	{
		rule: text('rule').notNull(),
		subject: text('subject').notNull(),
		/** Which state of several: when it changes, it is told again. */
		mark: text('mark').notNull(),
		toldAt: time('told_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		primaryKey({ name: 'alert_states_pkey', columns: [t.rule, t.subject] }),
		check('alert_states_forms', sql`${t.rule} ~ ${RULE} and ${t.subject} ~ ${SUBJECT}`),
		check('alert_states_mark_size', sql`octet_length(${t.mark}) <= 200`),
	],
);

/** One row: which entries of the log were looked at. */
export const alertWatch = pgTable(
	'alert_watch',
	{
		id: integer('id').primaryKey().default(1),
		/** Everything that was committed before it. */
		seen: snapshot('seen').notNull(),
		/** What is being looked at goes up to it; null: nothing is. */
		until: snapshot('until'),
		/** The last entry between the two that was looked at, by (transaction, id). */
		afterTransaction: xid8('after_transaction').notNull().default(sql`'0'::xid8`),
		afterEntry: uuid('after_entry').notNull().default(sql`'00000000-0000-0000-0000-000000000000'::uuid`),
		/** When everything up to `seen` had been looked at, or that was said again; null: before the first look. */
		lookedAt: time('looked_at'),
	},
	(t) => [
		check('alert_watch_one', sql`${t.id} = 1`),
		// Each holds what is under way, some twenty bytes for a transaction.
		check('alert_watch_size', sql`greatest(octet_length(${t.seen}::text), octet_length(${t.until}::text)) <= 65536`),
	],
);
