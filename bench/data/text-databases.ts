import { copyDatabase, nameOfDatabase } from './copies.ts';
import { CONTENT, writeDocuments } from './documents.ts';
import type { BenchInstallation } from './installation.ts';

/** The columns of documents, which are read, and of notes, which are written. */
const TEXT_COLUMNS: readonly (readonly [table: string, columns: readonly string[]])[] = [
	['documents', CONTENT.map(([column]) => column)],
	['notes', ['title', 'body']],
];

/**
 * Writes the same documents several times: sealed into the installation's database, and into copies of it whose sealed columns are text.
 * @param toText by the name of the copy, what its columns store of a value
 */
export async function writeDocumentsAlsoAsText(
	installation: BenchInstallation,
	toText: Readonly<Record<string, (value: string) => Promise<string>>>,
): Promise<void> {
	const { adminUrl } = installation;
	const documents = await writeDocuments(installation);
	for (const [name, store] of Object.entries(toText))
		await copyDatabase(adminUrl, nameOfDatabase(adminUrl), name, async (sql) => {
			// The trigger refers to an upload, and no measured row has one.
			await sql`drop trigger forget_file_copy on documents`;
			for (const [table, columns] of TEXT_COLUMNS) {
				await sql`alter table ${sql(table)} drop constraint ${sql(`${table}_stamped`)}`;
				for (const column of columns) {
					await sql`alter table ${sql(table)} drop constraint ${sql(`${table}_${column}_firm_tag`)}`;
					await sql`alter table ${sql(table)} alter ${sql(column)} type text using null`;
				}
			}
			// Triggers would refuse a change of the file, or change the metadata, which all servers must answer alike.
			await sql`alter table documents disable trigger user`;
			for (const document of documents) {
				const texts = CONTENT.map(async ([column, field]) => [column, await store(document[field])] as const);
				await sql`update documents set ${sql(Object.fromEntries(await Promise.all(texts)))} where id = ${document.id}`;
			}
			await sql`vacuum full analyze`;
		});
}
