import { sql } from 'drizzle-orm';
import { check, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { createdAt } from './columns.ts';

export const firms = pgTable(
	'firms',
	{
		id: uuid('id').primaryKey(),
		slug: text('slug').notNull().unique(),
		name: text('name').notNull(),
		status: text('status', { enum: ['ACTIVE', 'SUSPENDED'] })
			.notNull()
			.default('ACTIVE'),
		revision: integer('revision').notNull().default(1),
		createdAt: createdAt(),
	},
	(t) => [
		check('firms_slug_form', sql`${t.slug} ~ '^[a-z][a-z0-9-]{1,39}$'`),
		check('firms_status_known', sql`${t.status} in ('ACTIVE', 'SUSPENDED')`),
	],
);
