import { sql } from 'drizzle-orm';
import { check, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { createdAt } from './time.ts';
import { visibleLineCheck } from './visible-text-checks.ts';

export const firms = pgTable(
	'firms',
	{
		id: uuid('id').primaryKey(),
		slug: text('slug').notNull(),
		name: text('name').notNull(),
		status: text('status', { enum: ['ACTIVE', 'SUSPENDED', 'ERASED'] })
			.notNull()
			.default('ACTIVE'),
		revision: integer('revision').notNull().default(1),
		createdAt: createdAt(),
	},
	(t) => [
		// Partial, although it covers every row: a foreign key cannot use it, so a change of the slug does not wait for rows that refer to the firm.
		uniqueIndex('firms_slug_unique').on(t.slug).where(sql`slug is not null`),
		check('firms_slug_form', sql`${t.slug} ~ '^[a-z][a-z0-9-]{1,39}$'`),
		check('firms_name_size', sql`octet_length(${t.name}) <= 2000`),
		check('firms_name_shown', visibleLineCheck(t.name)),
		check('firms_status_known', sql`${t.status} in ('ACTIVE', 'SUSPENDED', 'ERASED')`),
	],
);
