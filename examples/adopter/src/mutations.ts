import { randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { allowed, type Context, refused } from './context.ts';
import { db } from './database.ts';
import { encryption } from './encryption.ts';
import { boardsOf, type CardRow, cardsOf, createWorkspace, inSight, remarksOf } from './statements.ts';
import { boards, cards, remarks } from './tables.ts';

interface Given<Input> {
	readonly input: Input;
}

interface CardContent {
	readonly title?: string | null;
	readonly body?: string | null;
	readonly estimate?: number | null;
	readonly tags?: readonly string[] | null;
}

interface CardChanges extends CardContent {
	readonly id: string;
	readonly state?: CardRow['state'];
}

export const Mutation = {
	async createWorkspace(_: unknown, { input }: Given<{ name: string }>, context: Context) {
		allowed(context, 'SUPPORT');
		return { workspace: await createWorkspace(input.name) };
	},

	async createCard(_: unknown, { input }: Given<CardContent & { boardId: string }>, context: Context) {
		const person = allowed(context, 'ADMIN', 'EDITOR');
		const board = first(await boardsOf(context, eq(boards.id, input.boardId)));
		const row = { ...input, id: randomUUID(), workspaceId: board.workspaceId, authorId: person.id };
		await db.insert(cards).values(await encryption.seal(context, 'content.create', cards, row));
		return { card: first(await cardsOf(context, eq(cards.id, row.id))) };
	},

	async updateCard(_: unknown, { input }: Given<CardChanges>, context: Context) {
		allowed(context, 'ADMIN', 'EDITOR');
		const { id } = first(await cardsOf(context, eq(cards.id, input.id)));
		const row = await encryption.seal(context, 'content.update', cards, input);
		await db
			.update(cards)
			.set(row)
			.where(and(eq(cards.id, id), inSight(context, cards.workspaceId)));
		return { card: first(await cardsOf(context, eq(cards.id, id))) };
	},

	async addRemark(_: unknown, { input }: Given<{ cardId: string; body: string }>, context: Context) {
		const person = allowed(context, 'ADMIN', 'EDITOR');
		const card = first(await cardsOf(context, eq(cards.id, input.cardId)));
		const row = { ...input, id: randomUUID(), workspaceId: card.workspaceId, authorId: person.id };
		await db.insert(remarks).values(await encryption.seal(context, 'content.create', remarks, row));
		return { remark: first(await remarksOf(context, eq(remarks.id, row.id))) };
	},
};

function first<Row>([row]: readonly Row[]): Row {
	if (!row) throw refused('NOT_FOUND', 'It is not there.');
	return row;
}
