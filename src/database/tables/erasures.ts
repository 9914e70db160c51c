import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea, thisTransaction, time } from './columns.ts';
import { users } from './users.ts';

/** `Client.<id>`, or another type and id; null for the firm itself. */
const SUBJECT = sql.raw(`'^[A-Z][A-Za-z]{1,39}\\.[0-9a-f-]{36}$'`);

/**
 * Finished and pending erasures, by ids alone. Rows are never deleted: from the commit on nothing of an erased firm opens, and data that a
 * restored backup brings back is erased again.
 */
export const erasures = pgTable(
	'erasures',
	{
		/** The job that began it. */
		id: uuid('id').primaryKey(),
		/** No foreign key, because a restored database may lack the firm. */
		firmId: uuid('firm_id').notNull(),
		subject: text('subject'),
		/** Number of its erasure record outside the database; null before it has one. */
		number: bigint('number', { mode: 'number' }).unique('erasures_number'),
		/** Over the columns above except the number, under the platform's RIGHTS key: a row inserted by SQL erases nothing. */
		mac: bytea('mac').notNull(),
		begunAt: time('begun_at').notNull().default(sql`clock_timestamp()`),
		/** The inserting transaction, in which the row has no effect yet. */
		begunIn: thisTransaction('begun_in'),
		/** Counts at the start, as JSON. */
		inventory: text('inventory'),
		/** Files whose sealed location did not open; `unnamed`: those of them without a tag. */
		unopened: bigint('unopened', { mode: 'number' }).notNull().default(0),
		unnamed: bigint('unnamed', { mode: 'number' }).notNull().default(0),
		/** Null until the erasure is finished. */
		erasedAt: time('erased_at'),
		/** JSON. Its SHA-256 is in the log. */
		certificate: text('certificate'),
	},
	(t) => [
		uniqueIndex('erasures_of_subject').on(t.firmId, sql`coalesce(${t.subject}, '')`),
		check('erasures_subject_form', sql`${t.subject} ~ ${SUBJECT}`),
		check('erasures_number_range', sql`${t.number} between 0 and 9007199254740991`),
		check('erasures_mac_size', sql`octet_length(${t.mac}) = 36`),
		check('erasures_inventory_size', sql`octet_length(${t.inventory}) <= 65536`),
		// The certificate names each version of the firm's keys.
		check('erasures_certificate_size', sql`octet_length(${t.certificate}) <= 8388608`),
		check('erasures_counts', sql`least(${t.unopened}, ${t.unnamed}) >= 0`),
		check('erasures_certified', sql`(${t.erasedAt} is null) = (${t.certificate} is null)`),
	],
);

/**
 * The deletion list of an erasure: the location of each file, sealed under the firm's JOB key, so that the deletion can continue after the rows and
 * keys that name the files are gone. A row is deleted after its object.
 */
export const erasureObjects = pgTable(
	'erasure_objects',
	{
		/** Id of the file's version. */
		id: uuid('id').primaryKey(),
		erasureId: uuid('erasure_id')
			.notNull()
			.references(() => erasures.id, { onUpdate: 'cascade' }),
		firmId: uuid('firm_id').notNull(),
		/** An envelope, bound to this table, column and row. */
		location: bytea('location').notNull(),
	},
	(t) => [
		index('erasure_objects_of').on(t.erasureId, t.id),
		check('erasure_objects_location_size', sql`octet_length(${t.location}) between 1 and 4096`),
	],
);

/** Legal holds, which forbid an erasure until they are released. The reason is only a number of a matter elsewhere. */
export const legalHolds = pgTable(
	'legal_holds',
	{
		id: uuid('id').primaryKey(),
		firmId: uuid('firm_id').notNull(),
		subject: text('subject'),
		/** Number of the matter in the platform's own files. */
		ticket: text('ticket').notNull(),
		setBy: uuid('set_by')
			.notNull()
			.references(() => users.id),
		setAt: time('set_at').notNull(),
		/** Over the columns above, under the platform's RIGHTS key. */
		mac: bytea('mac').notNull(),
		releasedBy: uuid('released_by').references(() => users.id),
		releasedAt: time('released_at'),
		/** Without it the hold stays in force. */
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
