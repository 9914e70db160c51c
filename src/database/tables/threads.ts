import { index, pgTable, uuid } from 'drizzle-orm/pg-core';
import { clients } from './clients.ts';
import { firmOwned, foreignKeyInFirm, foreignKeyToMember, uniqueByFirmAndId } from './columns.ts';
import { memberships } from './users.ts';

/** Each message updates `updated_at`, so that threads can be ordered by their last message. */
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
