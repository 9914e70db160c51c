import { randomUUID } from 'node:crypto';
import { and, eq, gt, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { type Context, type Person, signedIn } from './context.ts';
import { db } from './database.ts';
import { encryption } from './encryption.ts';
import { boards, cards, people, remarks, workspaces } from './tables.ts';

/** SUPPORT sees all workspaces, and other people see their own. */
export function inSight(context: Context, workspaceId: AnyPgColumn): SQL | undefined {
	const person = signedIn(context);
	return person.role === 'SUPPORT' ? undefined : eq(workspaceId, person.workspaceId ?? '');
}

export const workspacesOf = (context: Context) => db.select().from(workspaces).where(inSight(context, workspaces.id));

export async function createWorkspace(name: string): Promise<typeof workspaces.$inferSelect> {
	const workspace = { id: randomUUID(), name };
	await encryption.keyring.createKey(workspace.id);
	await db.insert(workspaces).values(workspace);
	return workspace;
}

export const boardsOf = (context: Context, where?: SQL) =>
	db
		.select()
		.from(boards)
		.where(and(inSight(context, boards.workspaceId), where));

export async function cardsOf(context: Context, where?: SQL, limit = 200) {
	const rows = await db
		.select(encryption.readable(context, cards))
		.from(cards)
		.where(and(inSight(context, cards.workspaceId), where))
		.orderBy(cards.id)
		.limit(limit);
	return rows.map((row) => ({ __typename: 'Card' as const, ...row }));
}

export async function remarksOf(context: Context, where?: SQL, limit = 200) {
	const rows = await db
		.select(encryption.readable(context, remarks))
		.from(remarks)
		.where(and(inSight(context, remarks.workspaceId), where))
		.orderBy(remarks.id)
		.limit(limit);
	return rows.map((row) => ({ __typename: 'Remark' as const, ...row }));
}

export type CardRow = Awaited<ReturnType<typeof cardsOf>>[number];
export type RemarkRow = Awaited<ReturnType<typeof remarksOf>>[number];

export async function personOf(id: string): Promise<Person | undefined> {
	const [person] = await db.select().from(people).where(eq(people.id, id));
	return person;
}

export interface CardsArguments {
	readonly first: number;
	readonly after?: string | null;
	readonly state?: CardRow['state'] | null;
}

export async function pageOfCards(context: Context, board: string, { first, after, state }: CardsArguments) {
	const size = Math.max(0, Math.min(first, 100));
	const where = [
		eq(cards.boardId, board),
		after ? gt(cards.id, after) : undefined,
		state ? eq(cards.state, state) : undefined,
	];
	const found = await cardsOf(context, and(...where), size + 1);
	const nodes = found.slice(0, size);
	return {
		edges: nodes.map((node) => ({ cursor: node.id, node })),
		pageInfo: { endCursor: nodes.at(-1)?.id ?? null, hasNextPage: found.length > size },
	};
}
