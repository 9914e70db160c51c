import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { sealed, sealedChecks, stamp } from '../sealed.ts';
import { clients } from './clients.ts';
import { firmOwned, foreignKeyInFirm, foreignKeyToMember, uniqueByFirmAndId } from './columns.ts';
import { memberships } from './users.ts';

/** The location of the latest file is content. */
export const documents = pgTable(
	'documents',
	{
		...firmOwned(),
		authorId: uuid('author_id').notNull(),
		clientId: uuid('client_id'),
		name: text('name').notNull(),
		mimeType: text('mime_type').notNull(),
		byteSize: bigint('byte_size', { mode: 'number' }),
		/** The version with the latest file; null if there is none. */
		versionId: uuid('version_id'),
		status: text('status', { enum: ['PENDING', 'AVAILABLE'] })
			.notNull()
			.default('PENDING'),
		description: sealed('description'),
		bucket: sealed('bucket'),
		objectKey: sealed('object_key'),
		sha256: sealed('sha256'),
		stamp: stamp(),
	},
	(t) => [
		...uniqueByFirmAndId(t),
		foreignKeyToMember(t, t.authorId, memberships),
		foreignKeyInFirm(t, t.clientId, clients),
		index('documents_by_name').on(t.firmId, t.name, t.id),
		index('documents_by_creation').on(t.firmId, t.createdAt, t.id),
		index('documents_by_update').on(t.firmId, t.updatedAt, t.id),
		check('documents_name_size', sql`char_length(${t.name}) between 1 and 200`),
		check('documents_mime_type_size', sql`char_length(${t.mimeType}) between 3 and 127`),
		check('documents_byte_size_range', sql`${t.byteSize} between 0 and 9007199254740991`),
		check('documents_file_whole', sql`num_nonnulls(${t.versionId}, ${t.byteSize}) in (0, 2)`),
		check('documents_status_known', sql`${t.status} in ('PENDING', 'AVAILABLE')`),
		...sealedChecks('documents', t),
	],
);

/**
 * The coordinate of the column with the location of a version's file, and the other columns about the same file. While this column takes over a
 * plaintext column, the objects named there are plaintext too.
 */
export const FILE_LOCATION_COLUMN = Object.freeze({
	coordinate: 'DocumentVersion.objectKey',
	beside: Object.freeze(['bucket', 'sha256']),
});

export const documentVersions = pgTable(
	'document_versions',
	{
		...firmOwned(),
		documentId: uuid('document_id').notNull(),
		authorId: uuid('author_id').notNull(),
		number: integer('number').notNull(),
		byteSize: bigint('byte_size', { mode: 'number' }),
		changeSummary: sealed('change_summary'),
		bucket: sealed('bucket'),
		objectKey: sealed('object_key'),
		sha256: sealed('sha256'),
		stamp: stamp(),
	},
	(t) => [
		...uniqueByFirmAndId(t),
		foreignKeyInFirm(t, t.documentId, documents),
		foreignKeyToMember(t, t.authorId, memberships),
		unique('document_versions_number').on(t.firmId, t.documentId, t.number),
		check('document_versions_number_range', sql`${t.number} between 1 and 200`),
		check('document_versions_byte_size_range', sql`${t.byteSize} between 0 and 9007199254740991`),
		...sealedChecks('document_versions', t),
	],
);
