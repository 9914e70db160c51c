import { sql } from 'drizzle-orm';
import { check, index, pgTable, text } from 'drizzle-orm/pg-core';
import { firmOwned, uniqueByFirmAndId } from './columns.ts';

/** Customers of firms. A client's portal users have memberships that name the client. */
export const clients = pgTable(
	'clients',
	{
		...firmOwned(),
		name: text('name').notNull(),
		email: text('email'),
		status: text('status', { enum: ['ACTIVE', 'ARCHIVED'] })
			.notNull()
			.default('ACTIVE'),
	},
	(t) => [
		...uniqueByFirmAndId(t),
		index('clients_by_name').on(t.firmId, t.name, t.id),
		index('clients_by_creation').on(t.firmId, t.createdAt, t.id),
		index('clients_by_update').on(t.firmId, t.updatedAt, t.id),
		check('clients_name_size', sql`char_length(${t.name}) between 1 and 200`),
		check('clients_email_size', sql`char_length(${t.email}) between 1 and 200`),
		check('clients_status_known', sql`${t.status} in ('ACTIVE', 'ARCHIVED')`),
	],
);
