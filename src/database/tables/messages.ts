import { index, pgTable, uuid } from 'drizzle-orm/pg-core';
import { sealed, sealedChecks, stamp } from '../sealed.ts';
import { firmOwned, foreignKeyInFirm, foreignKeyToMember, uniqueByFirmAndId } from './columns.ts';
import { threads } from './threads.ts';
import { memberships } from './users.ts';

export const messages = pgTable(
	'messages',
	{
		...firmOwned(),
		threadId: uuid('thread_id').notNull(),
		authorId: uuid('author_id').notNull(),
		subject: sealed('subject'),
		body: sealed('body'),
		stamp: stamp(),
	},
	(t) => [
		...uniqueByFirmAndId(t),
		foreignKeyInFirm(t, t.threadId, threads),
		foreignKeyToMember(t, t.authorId, memberships),
		index('messages_by_creation').on(t.firmId, t.threadId, t.createdAt, t.id),
		index('messages_by_update').on(t.firmId, t.threadId, t.updatedAt, t.id),
		...sealedChecks('messages', t),
	],
);
