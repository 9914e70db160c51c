import { index, pgTable, uuid } from 'drizzle-orm/pg-core';
import { clients } from './clients.ts';
import { firmOwned, foreignKeyInFirm, foreignKeyToMember, uniqueByFirmAndId } from './columns.ts';
import { memberships } from './users.ts';

/** `updated_at` moves with each message, so that the order by it is that of the last word. */
export const threads = pgTable(
	'threads',
	{
		...firmOwned(),
		authorId: uuid('author_id').notNull(),
		clientId: uuid('client_id'),
	},
	(t) => [
		...uniqueByFirmAndId(t),
		foreignKeyToMember(t, t.authorId, memberships),
		foreignKeyInFirm(t, t.clientId, clients),
		index('threads_by_creation').on(t.firmId, t.createdAt, t.id),
		index('threads_by_update').on(t.firmId, t.updatedAt, t.id),
	],
);
