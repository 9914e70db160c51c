import { foreignKey, index, pgTable, uuid } from 'drizzle-orm/pg-core';
import { sealed, sealedChecks, stamp } from '../sealed.ts';
import { firmOwned, uniqueByFirmAndId } from './columns.ts';
import { memberships } from './users.ts';

export const notes = pgTable(
	'notes',
	{
		...firmOwned(),
		authorId: uuid('author_id').notNull(),
		title: sealed('title'),
		body: sealed('body'),
		stamp: stamp(),
	},
	(t) => [
		...uniqueByFirmAndId(t),
		foreignKey({ columns: [t.firmId, t.authorId], foreignColumns: [memberships.firmId, memberships.userId] }),
		index('notes_by_creation').on(t.firmId, t.createdAt, t.id),
		index('notes_by_update').on(t.firmId, t.updatedAt, t.id),
		...sealedChecks('notes', t),
	],
);
