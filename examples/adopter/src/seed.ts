import { randomUUID } from 'node:crypto';
import { type Person, signToken } from './context.ts';
import { db } from './database.ts';
import { createWorkspace } from './statements.ts';
import { boards, people } from './tables.ts';

type Role = Person['role'];

export interface Seed {
	readonly workspace: string;
	readonly board: string;
	/** A token for each role. */
	readonly tokens: Readonly<Record<Role, string>>;
}

/** Creates a workspace with a board and one person of each role. SUPPORT belongs to no workspace. */
export async function seedWorkspace(name: string): Promise<Seed> {
	const workspace = await createWorkspace(name);
	const board = { id: randomUUID(), workspaceId: workspace.id, name: 'Launch' };
	await db.insert(boards).values(board);
	const roles: Role[] = ['ADMIN', 'EDITOR', 'VIEWER', 'GUEST', 'SUPPORT'];
	const rows = roles.map((role) => ({
		id: randomUUID(),
		name: `${role} of ${name}`,
		role,
		workspaceId: role === 'SUPPORT' ? null : workspace.id,
	}));
	await db.insert(people).values(rows);
	const tokens = await Promise.all(rows.map(async (person) => [person.role, await signToken(person)] as const));
	return { workspace: workspace.id, board: board.id, tokens: Object.fromEntries(tokens) as Seed['tokens'] };
}
