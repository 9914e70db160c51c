import { sql } from 'drizzle-orm';
import { bigint, check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea, createdAt, time } from './columns.ts';
import { firms } from './firms.ts';

/** RESEALING: a job writes a copy under another key, while the old object is still the file. */
export const OBJECT_STATES = ['UPLOADING', 'RESEALING', 'STORED', 'DELETING'] as const;

/**
 * A row for each object that may be in the store, inserted before its first byte and deleted after the object. The object's location is content;
 * the tag allows its deletion without a key.
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
		/** The client of the portal user who uploads it; null for the firm's own people. */
		clientId: uuid('client_id'),
		state: text('state', { enum: OBJECT_STATES }).notNull().default('UPLOADING'),
		/** Bytes of the stored object, and their SHA-256; null until the object is complete. */
		size: bigint('size', { mode: 'number' }),
		sha256: bytea('sha256'),
		/** Version of the data key; null if not known yet. */
		keyVersion: bigint('key_version', { mode: 'number' }),
		createdAt: createdAt(),
		/** During the upload, the last heartbeat of its process; during the deletion, the last claim of a worker. */
		touchedAt: time('touched_at').notNull().default(sql`now()`),
	},
	(t) => [
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

/** Single-use download tickets, until they are used or expire after a minute. The ticket itself is not stored. */
export const downloadTickets = pgTable(
	'download_tickets',
	{
		/** SHA-256 of the ticket. */
		hash: bytea('hash').primaryKey(),
		firmId: uuid('firm_id')
			.notNull()
			.references(() => firms.id),
		/** The requesting user, with whose rights the ticket is used. */
		userId: uuid('user_id').notNull(),
		documentId: uuid('document_id').notNull(),
		/** Null for the latest version. */
		versionId: uuid('version_id'),
		expiresAt: time('expires_at').notNull(),
		/** Over the columns above, under the firm's RIGHTS key: a row inserted by SQL gives no right. */
		mac: bytea('mac').notNull(),
	},
	(t) => [
		index('download_tickets_by_expiry').on(t.expiresAt),
		check('download_tickets_sizes', sql`octet_length(${t.hash}) = 32 and octet_length(${t.mac}) = 36`),
	],
);
