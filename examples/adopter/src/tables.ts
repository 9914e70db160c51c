import { randomUUID } from 'node:crypto';
import { pgEnum, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { firmTagChecks, sealed } from 'firmseal';

export const roleOf = pgEnum('role', ['ADMIN', 'EDITOR', 'VIEWER', 'GUEST', 'SUPPORT']);
export const cardState = pgEnum('card_state', ['TODO', 'DOING', 'DONE']);

const id = () => uuid('id').primaryKey().$defaultFn(randomUUID);
const createdAt = () => timestamp('created_at', { withTimezone: true }).notNull().defaultNow();

export const workspaces = pgTable('workspaces', { id: id(), name: text('name').notNull() });
const workspaceId = () => uuid('workspace_id').references(() => workspaces.id);

/** People with the role SUPPORT belong to no workspace. */
export const people = pgTable('people', {
	id: id(),
	workspaceId: workspaceId(),
	name: text('name').notNull(),
	role: roleOf('role').notNull(),
});
const authorId = () =>
	uuid('author_id')
		.notNull()
		.references(() => people.id);

export const boards = pgTable('boards', {
	id: id(),
	workspaceId: workspaceId().notNull(),
	name: text('name').notNull(),
});

export const cards = pgTable(
	'cards',
	{
		id: id(),
		workspaceId: workspaceId().notNull(),
		boardId: uuid('board_id')
			.notNull()
			.references(() => boards.id),
		authorId: authorId(),
		createdAt: createdAt(),
		state: cardState('state').notNull().default('TODO'),
		title: sealed('title'),
		body: sealed('body'),
		estimate: sealed('estimate'),
		tags: sealed('tags'),
	},
	(t) => firmTagChecks('cards', t, t.workspaceId),
);

export const remarks = pgTable(
	'remarks',
	{
		id: id(),
		workspaceId: workspaceId().notNull(),
		cardId: uuid('card_id')
			.notNull()
			.references(() => cards.id),
		authorId: authorId(),
		createdAt: createdAt(),
		body: sealed('body'),
	},
	(t) => firmTagChecks('remarks', t, t.workspaceId),
);
