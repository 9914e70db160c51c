import { actAsPerson } from '../../examples/demo/act-as-person.ts';
import { readMail } from '../../examples/demo/mail.ts';
import { insertRows, tables } from '../../src/database/index.ts';
import type { Cloak } from '../cloak.ts';
import { asAdministrator, type BenchInstallation, type Settings, urlOfDatabase } from '../installation.ts';
import { withRequestServices } from '../request-services.ts';
import { type BenchDocument, CONTENT, documentsOf } from './documents.ts';
import { CLOAK_KEY } from './text-schema.ts';

export const DOCUMENTS = 1_000;

/** Of a server on a database with text columns: the text as it is, or as the peer stores it. */
interface TextSettings {
	readonly plain: Settings;
	readonly cloak: Settings;
}

/**
 * Writes the same documents three times: sealed, by a member, and into copies of the database whose columns are
 * text.
 */
export async function loadDocuments(installation: BenchInstallation, cloak: Cloak): Promise<TextSettings> {
	const documents = documentsOf(await readMail(), installation.firm, DOCUMENTS);
	const texts = { plain: async (text: string) => text, cloak: cloak.encrypt };
	for (const name of Object.keys(texts)) await makeTextDatabase(installation, name);
	await writeSealed(installation, documents);
	for (const [name, toText] of Object.entries(texts)) await writeText(installation, name, documents, toText);
	const { settings } = installation;
	const on = (name: string) => ({ ...settings, DATABASE_URL: urlOfDatabase(settings.DATABASE_URL ?? '', name) });
	return { plain: on('plain'), cloak: { ...on('cloak'), [CLOAK_KEY]: cloak.key } };
}

/** The sealed ones alone. */
export const writeSealedDocuments = async (installation: BenchInstallation): Promise<void> =>
	writeSealed(installation, documentsOf(await readMail(), installation.firm, DOCUMENTS));

const adminUrl = ({ settings }: BenchInstallation): string => settings.FIRMSEAL_ADMIN_DATABASE_URL ?? '';

/** Of documents, which are read, and of notes, which are written. */
const TEXT_COLUMNS: readonly (readonly [table: string, columns: readonly string[]])[] = [
	['documents', CONTENT.map(([column]) => column)],
	['notes', ['title', 'body']],
];

/** The same tables, indexes, roles and row policies; only the sealed columns are text, and what checks them is gone. */
async function makeTextDatabase(installation: BenchInstallation, name: string): Promise<void> {
	const admin = adminUrl(installation);
	await asAdministrator(urlOfDatabase(admin, 'postgres'), async (sql) => {
		const source = new URL(admin).pathname.slice(1);
		// A template must have no connections: what the set-up opened may take a moment to be gone.
		await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${source}`;
		await sql`create database ${sql(name)} template ${sql(source)}`;
	});
	await asAdministrator(urlOfDatabase(admin, name), async (sql) => {
		// Of files on their way into a store, and of no row that is measured.
		await sql`drop trigger forget_file_copy on documents`;
		for (const [table, columns] of TEXT_COLUMNS) {
			for (const column of columns) {
				await sql`alter table ${sql(table)} drop constraint ${sql(`${table}_${column}_firm_tag`)}`;
				await sql`alter table ${sql(table)} alter ${sql(column)} type text using null`;
			}
		}
	});
}

/** Sealed as every value is, but inserted here: no use case writes where a document's file lies. */
async function writeSealed(installation: BenchInstallation, documents: readonly BenchDocument[]): Promise<void> {
	const { config, database, member: principal, firm } = installation;
	await withRequestServices(config, database, (services) =>
		actAsPerson({ services, principal }, async ({ content, fieldsOf, plane }, { session, user }) => {
			const fields = fieldsOf('Document');
			const seal = async (document: BenchDocument) => {
				const values = CONTENT.map(([, name]) => ({ field: encrypted(fields, name), value: document[name] }));
				const envelopes = await content.sealValues(session, document.id, values);
				return Object.fromEntries(CONTENT.map(([, name], index) => [name, envelopes[index]]));
			};
			const rows: Record<string, unknown>[] = [];
			for (const document of documents) {
				const { id, createdAt, name, byteSize, versionId } = document;
				const metadata = { id, firmId: firm, authorId: user, createdAt, updatedAt: createdAt, name };
				rows.push({
					...metadata,
					byteSize,
					versionId,
					mimeType: 'text/plain',
					status: 'AVAILABLE',
					...(await seal(document)),
				});
			}
			await plane.write(firm, (tx) => insertRows(tx, tables.documents, rows));
		}),
	);
	await asAdministrator(adminUrl(installation), (sql) => sql`vacuum analyze`);
}

/** What is not encrypted must not be measured as if it were. */
function encrypted<Field>(fields: Readonly<Record<string, Field>>, name: string): Field {
	const field = fields[name];
	if (!field) throw new Error(`Document.${name} is not encrypted any more: measure another field.`);
	return field;
}

/** Metadata as the sealed rows have it, so that all servers answer the same bytes. */
async function writeText(
	installation: BenchInstallation,
	database: string,
	documents: readonly BenchDocument[],
	toText: (value: string) => Promise<string>,
): Promise<void> {
	const admin = adminUrl(installation);
	const byId = new Map(documents.map((document) => [document.id, document]));
	const rows = await asAdministrator(
		admin,
		(sql) =>
			sql`select firm_id, id, author_id, created_at, updated_at, name, mime_type, byte_size, version_id, status from documents`,
	);
	const filled: Record<string, unknown>[] = [];
	for (const row of rows) {
		const document = byId.get(row.id);
		if (!document) throw new Error('A document of the benchmark is not to be found.');
		const content = await Promise.all(
			CONTENT.map(async ([column, name]) => [column, await toText(document[name])] as const),
		);
		filled.push({ ...row, ...Object.fromEntries(content) });
	}
	await asAdministrator(urlOfDatabase(admin, database), async (sql) => {
		await sql`insert into documents ${sql(filled)}`;
		await sql`vacuum analyze`;
	});
}
