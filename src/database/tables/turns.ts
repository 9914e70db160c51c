import { pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';

/**
 * One of these acts for one person runs at a time, by a lock on a row here. Only functions of the owner can take this lock; any login could hold an
 * advisory lock forever.
 */
export const turns = pgTable(
	'turns',
	{
		act: text('act', {
			enum: [
				'SIDE_OF_PERSON',
				'LEASE_REQUEST',
				'JOB_REQUEST',
				'FIRST_APPROVERS',
				'KEY_LOG',
				'KEY_VERSION',
				'DEVICE_REQUEST',
			],
		}).notNull(),
		/** A person, or a firm for its key log, keys and devices; the nil UUID for acts that concern neither. */
		whose: uuid('whose').notNull(),
	},
	(t) => [primaryKey({ columns: [t.act, t.whose] })],
);
