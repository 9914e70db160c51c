import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea, createdAt, time } from './columns.ts';
import { firms } from './firms.ts';

/** RESEALING: what a job writes again under another key, beside the object that is still the file. */
export const OBJECT_STATES = ['UPLOADING', 'RESEALING', 'STORED', 'DELETING'] as const;

/**
 * One row for each object that may be in the store, written before the object is begun and deleted after the object is gone. Where it
 * lies is content; by its tag it can be deleted without any key.
 */
export const storedObjects = pgTable(
	'stored_objects',
	{
		/** Random; the first part of the object's name in the store. */
		tag: uuid('tag').primaryKey(),
		firmId: uuid('firm_id')
			.notNull()
			.references(() => firms.id),
		documentId: uuid('document_id').notNull(),
		versionId: uuid('version_id').notNull(),
		/** The client whose portal user uploads it; null: one of the firm's own people. */
		clientId: uuid('client_id'),
		state: text('state', { enum: OBJECT_STATES }).notNull().default('UPLOADING'),
		/** Bytes of the object as it is stored, and their SHA-256; null as long as it is not there whole. */
		size: bigint('size', { mode: 'number' }),
		sha256: bytea('sha256'),
		/** Version of the data key that it is sealed under; null: not known yet. */
		keyVersion: bigint('key_version', { mode: 'number' }),
		createdAt: createdAt(),
		/** While it is being uploaded: when its process last said so; while it is being deleted: when a worker last took it. */
		touchedAt: time('touched_at').notNull().default(sql`now()`),
	},
	(t) => [
		// One upload to a document at a time.
		uniqueIndex('stored_objects_one_upload').on(t.documentId).where(sql`state = 'UPLOADING'`),
		index('stored_objects_by_version').on(t.versionId),
		index('stored_objects_undone').on(t.state, t.touchedAt).where(sql`state <> 'STORED'`),
		check('stored_objects_state_known', sql`${t.state} in ('UPLOADING', 'RESEALING', 'STORED', 'DELETING')`),
		check(
			'stored_objects_whole',
			sql`num_nonnulls(${t.size}, ${t.sha256}) in (0, 2) and octet_length(${t.sha256}) = 32`,
		),
		check('stored_objects_stored_whole', sql`${t.state} <> 'STORED' or ${t.size} is not null`),
	],
);

/** A single-use path to a file for a browser's link, until it is used or its minute is over. The ticket itself is not stored. */
export const downloadTickets = pgTable(
	'download_tickets',
	{
		/** SHA-256 of the ticket. */
		hash: bytea('hash').primaryKey(),
		firmId: uuid('firm_id')
			.notNull()
			.references(() => firms.id),
		/** Who asked for it, as whom it is used. */
		userId: uuid('user_id').notNull(),
		documentId: uuid('document_id').notNull(),
		/** null: whichever is the latest. */
		versionId: uuid('version_id'),
		expiresAt: time('expires_at').notNull(),
		/** Of all of that, under the firm's RIGHTS key: a row that was put in by SQL gives nothing. */
		mac: bytea('mac').notNull(),
	},
	(t) => [
		index('download_tickets_by_expiry').on(t.expiresAt),
		check('download_tickets_sizes', sql`octet_length(${t.hash}) = 32 and octet_length(${t.mac}) = 36`),
	],
);
