import { foreignKey, index, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core';
import { sealed, sealedChecks } from '../sealed.ts';
import { firmOwned } from './columns.ts';
import { firms } from './firms.ts';
import { memberships } from './users.ts';

export const notes = pgTable(
	'notes',
	{
		...firmOwned(),
		authorId: uuid('author_id').notNull(),
		title: sealed('title'),
		body: sealed('body'),
	},
	(t) => [
		primaryKey({ columns: [t.firmId, t.id] }),
		foreignKey({ columns: [t.firmId], foreignColumns: [firms.id] }),
		foreignKey({ columns: [t.firmId, t.authorId], foreignColumns: [memberships.firmId, memberships.userId] }),
		index('notes_by_creation').on(t.firmId, t.createdAt, t.id),
		index('notes_by_update').on(t.firmId, t.updatedAt, t.id),
		...sealedChecks('notes', t),
	],
);
