import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea, thisTransaction, time } from './columns.ts';
import { users } from './users.ts';

/** `Client.<id>`, or the type and id of a record; null: the firm itself. */
const SUBJECT = sql.raw(`'^[A-Z][A-Za-z]{1,39}\\.[0-9a-f-]{36}$'`);

/**
 * What was erased, or is to be: ids alone. Never deleted: from its commit on nothing of an erased firm opens, and what a restored backup
 * brings back is erased again.
 */
export const erasures = pgTable(
	'erasures',
	{
		/** The job that began it. */
		id: uuid('id').primaryKey(),
		/** No foreign key: what a restored database has no firm for was erased all the same. */
		firmId: uuid('firm_id').notNull(),
		subject: text('subject'),
		/** Of its erasure record outside of the database; null: there is none yet. */
		number: bigint('number', { mode: 'number' }).unique('erasures_number'),
		/** Of all that is above but the number, under the platform's RIGHTS key: a row that was put in by SQL erases nothing. */
		mac: bytea('mac').notNull(),
		begunAt: time('begun_at').notNull().default(sql`clock_timestamp()`),
		/** The transaction that made the row: in that one it is a reason for nothing. */
		begunIn: thisTransaction('begun_in'),
		/** What there was when it began: counts, as JSON. */
		inventory: text('inventory'),
		/** Files of which the row did not say where they lie, because it did not open; and those of them that no tag names either. */
		unopened: bigint('unopened', { mode: 'number' }).notNull().default(0),
		unnamed: bigint('unnamed', { mode: 'number' }).notNull().default(0),
		/** null: it is not done. */
		erasedAt: time('erased_at'),
		/** JSON; its SHA-256 is in the log. */
		certificate: text('certificate'),
	},
	(t) => [
		uniqueIndex('erasures_of_subject').on(t.firmId, sql`coalesce(${t.subject}, '')`),
		check('erasures_subject_form', sql`${t.subject} ~ ${SUBJECT}`),
		check('erasures_number_range', sql`${t.number} between 0 and 9007199254740991`),
		check('erasures_mac_size', sql`octet_length(${t.mac}) = 36`),
		check('erasures_inventory_size', sql`octet_length(${t.inventory}) <= 65536`),
		// It names each version of the firm's keys.
		check('erasures_certificate_size', sql`octet_length(${t.certificate}) <= 8388608`),
		check('erasures_counts', sql`least(${t.unopened}, ${t.unnamed}) >= 0`),
		check('erasures_certified', sql`(${t.erasedAt} is null) = (${t.certificate} is null)`),
	],
);

/**
 * The deletion list of an erasure: where each file lies, sealed under the firm's JOB key, so that the deletion goes on when the rows and keys
 * that say so are gone. A row goes when its object is gone.
 */
export const erasureObjects = pgTable(
	'erasure_objects',
	{
		/** Of the file's version. */
		id: uuid('id').primaryKey(),
		erasureId: uuid('erasure_id')
			.notNull()
			.references(() => erasures.id, { onUpdate: 'cascade' }),
		firmId: uuid('firm_id').notNull(),
		/** An envelope; its own table, column and row are what it is bound to. */
		location: bytea('location').notNull(),
	},
	(t) => [
		index('erasure_objects_of').on(t.erasureId, t.id),
		check('erasure_objects_location_size', sql`octet_length(${t.location}) between 1 and 4096`),
	],
);

/** What must not be erased, for as long as someone with a right to say so says so. Why is no text of ours: a number of a file elsewhere. */
export const legalHolds = pgTable(
	'legal_holds',
	{
		id: uuid('id').primaryKey(),
		firmId: uuid('firm_id').notNull(),
		subject: text('subject'),
		/** Number of the matter, in the words of the one who keeps it. */
		ticket: text('ticket').notNull(),
		setBy: uuid('set_by')
			.notNull()
			.references(() => users.id),
		setAt: time('set_at').notNull(),
		/** Of all that is above, under the platform's RIGHTS key. */
		mac: bytea('mac').notNull(),
		releasedBy: uuid('released_by').references(() => users.id),
		releasedAt: time('released_at'),
		/** Without it the hold holds on. */
		releaseMac: bytea('release_mac'),
	},
	(t) => [
		index('legal_holds_of_firm').on(t.firmId),
		check('legal_holds_subject_form', sql`${t.subject} ~ ${SUBJECT}`),
		check('legal_holds_ticket_form', sql`${t.ticket} ~ '^[A-Za-z0-9][A-Za-z0-9_.:/#-]{0,63}$'`),
		check('legal_holds_mac_sizes', sql`octet_length(${t.mac}) = 36 and octet_length(${t.releaseMac}) = 36`),
		check('legal_holds_release_whole', sql`num_nonnulls(${t.releasedBy}, ${t.releasedAt}, ${t.releaseMac}) in (0, 3)`),
	],
);
