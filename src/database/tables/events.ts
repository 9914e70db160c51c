import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { quotedNameList, xid8 } from './columns.ts';

/** RESYNC stands for events of the firm that are not listed one by one. */
export const EVENT_KINDS = ['NOTICE', 'LEASE', 'JOB', 'ALERT', 'MEMBER', 'RECORD', 'KEY_LOG', 'RESYNC'] as const;

/**
 * What changed in the last minutes, for the streams of GET /events: ids and kinds only. Triggers write the rows in the transaction of the change
 * (drizzle/0015_notices.sql), so no role inserts one. The worker deletes them after a minute.
 */
export const events = pgTable(
	'events',
	{
		/** Events commit out of order, so readers compare this column with their snapshots. */
		transaction: xid8('transaction').notNull().default(sql`pg_current_xact_id()`),
		/** The nil UUID for what belongs to the platform and no firm. */
		firmId: uuid('firm_id').notNull(),
		kind: text('kind', { enum: EVENT_KINDS }).notNull(),
		/** The table of a RECORD, the audience of a NOTICE, the type of a MEMBER or KEY_LOG; '' for other kinds. */
		subject: text('subject').notNull().default(''),
		/** Null for RESYNC. */
		recordId: uuid('record_id'),
	},
	(t) => [
		index('events_by_firm').on(t.firmId, t.transaction),
		index('events_by_transaction').on(t.transaction),
		check('events_kind_known', sql`${t.kind} in (${quotedNameList(EVENT_KINDS)})`),
		check('events_subject_form', sql`${t.subject} ~ '^[A-Za-z_]{0,63}$'`),
		check('events_name_records', sql`(${t.kind} = 'RESYNC') = (${t.recordId} is null)`),
	],
);
