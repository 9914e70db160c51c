import postgres from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import type { TestInstallation } from './installation.ts';

/**
 * Four entries of a firm that whoever has the login of the members' plane puts in past the program: the third has a number below the
 * second's, the last is not in canonical form. Answers their ids.
 */
export async function putPastProgram({ env }: Pick<TestInstallation, 'env'>, firm: string): Promise<string[]> {
	const sql = postgres(env.DATABASE_URL as string, { max: 1 });
	const boot = uuidv7();
	const ids: string[] = [];
	const put = (sequence: number, written: (leaf: string) => string = (leaf) => leaf) =>
		sql.begin(async (tx) => {
			const id = uuidv7();
			ids.push(id);
			const at = new Date().toISOString();
			// Keys in their order.
			const leaf = written(
				JSON.stringify({ action: 'content.deny', at, boot, firm, id, plane: 'firm', sequence, v: 1 }),
			);
			await tx`set local role firmseal_firm`;
			await tx`insert into audit_entries (id, firm_id, boot, sequence, leaf) values (${id}, ${firm}, ${boot}, ${sequence}, ${leaf})`;
		});
	try {
		await put(1);
		await put(7);
		await put(3);
		await put(8, (leaf) => leaf.replace(':', ': '));
		return ids;
	} finally {
		await sql.end();
	}
}
