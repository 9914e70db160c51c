import { hash } from 'node:crypto';
import { actAsPerson } from '../../examples/demo/act-as-person.ts';
import { deriveId, type Mail, readMail } from '../../examples/demo/mail.ts';
import { insertRows, tables } from '../../src/database/index.ts';
import { asAdministrator, type BenchInstallation } from './installation.ts';
import { withPeople } from './people.ts';

export const DOCUMENTS = 1_000;
/** Bytes of a description; about 400 on average. */
const SHORTEST = 200;
const LONGEST = 700;

/** The sealed columns of a document and their fields. */
export const CONTENT = [
	['description', 'description'],
	['bucket', 'bucket'],
	['object_key', 'objectKey'],
	['sha256', 'sha256'],
] as const;

/** A document whose description is a real e-mail. The other values are as long as those of an object store. */
export interface BenchDocument extends Readonly<Record<(typeof CONTENT)[number][1], string>> {
	readonly id: string;
	readonly createdAt: Date;
	readonly name: string;
	readonly byteSize: number;
	readonly versionId: string;
}

/** The first `count` e-mails of a fitting size, as documents of a firm. @throws Error if there are fewer */
export function documentsOf(
	mails: readonly Pick<Mail, 'subject' | 'body' | 'time'>[],
	firm: string,
	count: number,
): BenchDocument[] {
	const fitting = mails
		.map((mail) => ({ ...mail, byteSize: Buffer.byteLength(mail.body) }))
		.filter(({ byteSize }) => byteSize >= SHORTEST && byteSize <= LONGEST)
		.slice(0, count);
	if (fitting.length < count) throw new Error(`The corpus has only ${fitting.length} e-mails of a fitting size.`);
	return fitting.map(({ subject, body, time, byteSize }) => {
		const id = deriveId(`bench${subject}${body}`, time);
		return {
			id,
			createdAt: new Date(time),
			name: subject.slice(0, 200).toWellFormed(),
			byteSize,
			versionId: deriveId(`bench version${subject}${body}`, time),
			description: body,
			bucket: 'firm-documents-eu-central-1',
			objectKey: `${firm}/${id}/1`,
			sha256: hash('sha256', body),
		};
	});
}

/**
 * Writes the documents, sealed by a member as every value is. The rows are inserted here, because no use case writes the location of a
 * document's file.
 */
export async function writeDocuments(installation: BenchInstallation): Promise<readonly BenchDocument[]> {
	const { member: principal, firm, adminUrl } = installation;
	const documents = documentsOf(await readMail(), firm, DOCUMENTS);
	await withPeople(installation, ({ services }) =>
		actAsPerson({ services, principal }, async ({ content, fieldsOf, plane }, { session, user }) => {
			const fields = fieldsOf('Document');
			const rows: Record<string, unknown>[] = [];
			for (const document of documents) {
				const { id, createdAt, name, byteSize, versionId } = document;
				const values = CONTENT.map(([, field]) => ({ field: encrypted(fields, field), value: document[field] }));
				const envelopes = await content.sealValues(session, id, values);
				rows.push({
					id,
					firmId: firm,
					authorId: user,
					createdAt,
					updatedAt: createdAt,
					name,
					byteSize,
					versionId,
					mimeType: 'text/plain',
					status: 'AVAILABLE',
					...Object.fromEntries(CONTENT.map(([, field], index) => [field, envelopes[index]])),
				});
			}
			await plane.write(firm, (tx) => insertRows(tx, tables.documents, rows));
		}),
	);
	await asAdministrator(adminUrl, (sql) => sql`vacuum analyze`);
	return documents;
}

function encrypted<Field>(fields: Readonly<Record<string, Field>>, name: string): Field {
	const field = fields[name];
	if (!field) throw new Error(`Document.${name} is no longer encrypted: measure another field.`);
	return field;
}
