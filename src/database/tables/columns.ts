import { integer, timestamp, uuid } from 'drizzle-orm/pg-core';

/** Milliseconds, as JavaScript's Date and the cursors have them. */
export const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const createdAt = () => time('created_at').notNull().defaultNow();

/** What every firm-owned row carries besides its own columns. */
export const firmOwned = () => ({
	firmId: uuid('firm_id').notNull(),
	/** UUIDv7, known before the row is written: it is part of every sealed value's context. */
	id: uuid('id').notNull().unique(),
	/** Grows by one with each change; writers name the one they have seen. */
	revision: integer('revision').notNull().default(1),
	createdAt: createdAt(),
	updatedAt: time('updated_at').notNull().defaultNow(),
	/** Set when the content is gone and only the tombstone is left. */
	deletedAt: time('deleted_at'),
});
