import postgres, { type Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import type { TestInstallation } from './installation.ts';
import { leafText } from './leaf-text.ts';

/**
 * Inserts entries of a firm past the program, and returns their ids. The firm plane's login inserts a valid entry. A superuser inserts
 * those that the database refuses to a login: one with a skipped number, one with a falling number, one that isn't canonical, one that
 * begins like the end of a bundle, one of the year 12345, and one whose plane is no text.
 */
export async function putPastProgram(
	{ env, admin }: Pick<TestInstallation, 'env' | 'admin'>,
	firm: string,
): Promise<string[]> {
	const sql = postgres(env.DATABASE_URL as string, { max: 1 });
	const boot = uuidv7();
	const ids: string[] = [];
	const put = (sequence: number, written: (leaf: string) => string = (leaf) => leaf, by: Sql = admin) =>
		by.begin(async (tx) => {
			const id = uuidv7();
			ids.push(id);
			const at = new Date().toISOString();
			const leaf = written(leafText({ action: 'content.deny', at, boot, firm, id, plane: 'firm', sequence }));
			const row = { id, firm_id: firm, boot, sequence, leaf };
			if (by === sql) await tx`set local role firmseal_firm`;
			await tx`insert into audit_entries ${tx(by === sql ? row : { ...row, role: 'firmseal_firm' })}`;
		});
	try {
		await put(1, undefined, sql);
		await put(7);
		await put(3);
		await put(8, (leaf) => leaf.replace(':', ': '));
		await put(9, (leaf) => leaf.replace('{', '{"checkpoint":1,'));
		await put(10, (leaf) => leaf.replace(/"at":"[^"]*"/, '"at":"12345"'));
		await put(11, (leaf) => leaf.replace('"plane":"firm"', '"plane":{"toString":1}'));
		return ids;
	} finally {
		await sql.end();
	}
}

/** The verifier's reason for each entry that a tree may not have, in their order. */
export const PAST_PROGRAM: readonly RegExp[] = [
	/not greater than the one before/,
	/not canonical/,
	/not canonical/,
	/A time does not have the form/,
	/The plane of an entry/,
];
