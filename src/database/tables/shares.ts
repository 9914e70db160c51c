import { sql } from 'drizzle-orm';
import { check, index, pgTable, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { clients } from './clients.ts';
import { createdAt, foreignKeyInFirm, foreignKeyToMember } from './columns.ts';
import { documents } from './documents.ts';
import { invoices } from './invoices.ts';
import { threads } from './threads.ts';
import { memberships } from './users.ts';

/**
 * What a client's portal users see; each share names exactly one row. Row policies read this table, so that the end of a share takes effect with
 * the next statement. The audit log records who shared what, and when a share ended.
 */
export const shares = pgTable(
	'shares',
	{
		id: uuid('id').primaryKey(),
		firmId: uuid('firm_id').notNull(),
		clientId: uuid('client_id').notNull(),
		documentId: uuid('document_id'),
		threadId: uuid('thread_id'),
		invoiceId: uuid('invoice_id'),
		authorId: uuid('author_id').notNull(),
		createdAt: createdAt(),
	},
	(t) => [
		foreignKeyInFirm(t, t.clientId, clients),
		foreignKeyInFirm(t, t.documentId, documents),
		foreignKeyInFirm(t, t.threadId, threads),
		foreignKeyInFirm(t, t.invoiceId, invoices),
		foreignKeyToMember(t, t.authorId, memberships),
		uniqueIndex('shares_of_document').on(t.firmId, t.documentId, t.clientId).where(sql`document_id is not null`),
		uniqueIndex('shares_of_thread').on(t.firmId, t.threadId, t.clientId).where(sql`thread_id is not null`),
		uniqueIndex('shares_of_invoice').on(t.firmId, t.invoiceId, t.clientId).where(sql`invoice_id is not null`),
		index('shares_with_client').on(t.firmId, t.clientId),
		check('shares_of_one', sql`num_nonnulls(${t.documentId}, ${t.threadId}, ${t.invoiceId}) = 1`),
	],
);
