import { pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';

/**
 * Anyone who does one of these acts for someone does it alone, by the lock of a row here, which only a function of the owner takes: an
 * advisory lock any login could hold, for ever.
 */
export const turns = pgTable(
	'turns',
	{
		act: text('act', { enum: ['SIDE_OF_PERSON', 'LEASE_REQUEST', 'FIRST_APPROVERS'] }).notNull(),
		/** A person; the nil UUID for what is no one's. */
		whose: uuid('whose').notNull(),
	},
	(t) => [primaryKey({ columns: [t.act, t.whose] })],
);
