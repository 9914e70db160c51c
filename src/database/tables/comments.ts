import { sql } from 'drizzle-orm';
import { check, index, pgTable, uuid } from 'drizzle-orm/pg-core';
import { sealed, sealedChecks, stamp } from '../sealed.ts';
import { firmOwned, foreignKeyInFirm, foreignKeyToMember, uniqueByFirmAndId } from './columns.ts';
import { documents } from './documents.ts';
import { invoices } from './invoices.ts';
import { messages } from './messages.ts';
import { notes } from './notes.ts';
import { memberships } from './users.ts';

/** A comment is about exactly one row. */
export const comments = pgTable(
	'comments',
	{
		...firmOwned(),
		authorId: uuid('author_id').notNull(),
		documentId: uuid('document_id'),
		messageId: uuid('message_id'),
		noteId: uuid('note_id'),
		invoiceId: uuid('invoice_id'),
		text: sealed('text'),
		stamp: stamp(),
	},
	(t) => [
		...uniqueByFirmAndId(t),
		foreignKeyToMember(t, t.authorId, memberships),
		foreignKeyInFirm(t, t.documentId, documents),
		foreignKeyInFirm(t, t.messageId, messages),
		foreignKeyInFirm(t, t.noteId, notes),
		foreignKeyInFirm(t, t.invoiceId, invoices),
		index('comments_of_document').on(t.firmId, t.documentId, t.createdAt, t.id),
		index('comments_of_message').on(t.firmId, t.messageId, t.createdAt, t.id),
		index('comments_of_note').on(t.firmId, t.noteId, t.createdAt, t.id),
		index('comments_of_invoice').on(t.firmId, t.invoiceId, t.createdAt, t.id),
		check('comments_about_one', sql`num_nonnulls(${t.documentId}, ${t.messageId}, ${t.noteId}, ${t.invoiceId}) = 1`),
		...sealedChecks('comments', t),
	],
);
