import { eq } from 'drizzle-orm';
import { type Context, signedIn } from './context.ts';
import { db } from './database.ts';
import { Mutation } from './mutations.ts';
import {
	boardsOf,
	type CardRow,
	type CardsArguments,
	cardsOf,
	pageOfCards,
	personOf,
	type RemarkRow,
	remarksOf,
	workspacesOf,
} from './statements.ts';
import { boards, cards, people, remarks } from './tables.ts';

interface Id {
	readonly id: string;
}

const author = ({ authorId }: Pick<CardRow, 'authorId'>) => personOf(authorId);

export const resolvers = {
	Query: {
		me: (_: unknown, _none: unknown, { person }: Context) => person,
		workspaces: (_: unknown, _none: unknown, context: Context) => workspacesOf(context),
		board: async (_: unknown, { id }: Id, context: Context) => (await boardsOf(context, eq(boards.id, id)))[0],
		card: async (_: unknown, { id }: Id, context: Context) => (await cardsOf(context, eq(cards.id, id)))[0],
		async item(_: unknown, { id }: Id, context: Context) {
			const [card] = await cardsOf(context, eq(cards.id, id));
			return card ?? (await remarksOf(context, eq(remarks.id, id)))[0];
		},
		async recent(_: unknown, _none: unknown, context: Context) {
			const posts = [...(await cardsOf(context)), ...(await remarksOf(context))];
			return posts.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
		},
	},
	Mutation,
	Workspace: {
		people: ({ id }: Id, _: unknown, context: Context) =>
			signedIn(context) && db.select().from(people).where(eq(people.workspaceId, id)),
		boards: ({ id }: Id, _: unknown, context: Context) => boardsOf(context, eq(boards.workspaceId, id)),
	},
	Board: {
		cards: ({ id }: Id, page: CardsArguments, context: Context) => pageOfCards(context, id, page),
	},
	Card: {
		author,
		board: async ({ boardId }: CardRow, _: unknown, context: Context) =>
			(await boardsOf(context, eq(boards.id, boardId)))[0],
		remarks: ({ id }: CardRow, _: unknown, context: Context) => remarksOf(context, eq(remarks.cardId, id)),
	},
	Remark: {
		author,
		card: async ({ cardId }: RemarkRow, _: unknown, context: Context) =>
			(await cardsOf(context, eq(cards.id, cardId)))[0],
	},
};
