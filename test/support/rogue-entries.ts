import postgres, { type Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import type { TestInstallation } from './installation.ts';

/**
 * Entries of a firm that somebody puts in past the program, and ids of them: by the login of the members' plane two that are right, one with
 * a number below the one before it, one that isn't canonical, one that begins as the end of a bundle does, one of the year 12345; by a
 * superuser one whose plane is no text.
 */
export async function putPastProgram(
	{ env, admin }: Pick<TestInstallation, 'env' | 'admin'>,
	firm: string,
): Promise<string[]> {
	const sql = postgres(env.DATABASE_URL as string, { max: 1 });
	const boot = uuidv7();
	const ids: string[] = [];
	const put = (sequence: number, written: (leaf: string) => string = (leaf) => leaf, by: Sql = sql) =>
		by.begin(async (tx) => {
			const id = uuidv7();
			ids.push(id);
			const at = new Date().toISOString();
			// Keys in their order.
			const leaf = written(
				JSON.stringify({ action: 'content.deny', at, boot, firm, id, plane: 'firm', sequence, v: 1 }),
			);
			if (by === sql) await tx`set local role firmseal_firm`;
			await tx`insert into audit_entries (id, firm_id, boot, sequence, leaf) values (${id}, ${firm}, ${boot}, ${sequence}, ${leaf})`;
		});
	try {
		await put(1);
		await put(7);
		await put(3);
		await put(8, (leaf) => leaf.replace(':', ': '));
		await put(9, (leaf) => leaf.replace('{', '{"checkpoint":1,'));
		await put(10, (leaf) => leaf.replace(/"at":"[^"]*"/, '"at":"12345"'));
		await put(11, (leaf) => leaf.replace('"plane":"firm"', '"plane":{"toString":1}'), admin);
		return ids;
	} finally {
		await sql.end();
	}
}

/** Why each of them is refused that a tree may not have, in their order. */
export const PAST_PROGRAM: readonly RegExp[] = [
	/not above the one before/,
	/not canonical/,
	/not canonical/,
	/A time is not/,
	/The plane of an entry/,
];
