import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { sealed, sealedChecks, stamp } from '../sealed.ts';
import { clients } from './clients.ts';
import { firmOwned, foreignKeyInFirm, foreignKeyToMember, time, uniqueByFirmAndId } from './columns.ts';
import { memberships } from './users.ts';

export const invoices = pgTable(
	'invoices',
	{
		...firmOwned(),
		authorId: uuid('author_id').notNull(),
		clientId: uuid('client_id'),
		number: text('number').notNull(),
		status: text('status', { enum: ['DRAFT', 'ISSUED', 'PAID', 'VOID'] })
			.notNull()
			.default('DRAFT'),
		currency: text('currency').notNull(),
		issuedAt: time('issued_at'),
		dueAt: time('due_at'),
		memo: sealed('memo'),
		total: sealed('total'),
		amountDue: sealed('amount_due'),
		stamp: stamp(),
	},
	(t) => [
		...uniqueByFirmAndId(t),
		foreignKeyToMember(t, t.authorId, memberships),
		foreignKeyInFirm(t, t.clientId, clients),
		uniqueIndex('invoices_number_free').on(t.firmId, t.number).where(sql`deleted_at is null`),
		index('invoices_by_number').on(t.firmId, t.number, t.id),
		index('invoices_by_creation').on(t.firmId, t.createdAt, t.id),
		index('invoices_by_update').on(t.firmId, t.updatedAt, t.id),
		check('invoices_number_size', sql`char_length(${t.number}) between 1 and 64`),
		check('invoices_status_known', sql`${t.status} in ('DRAFT', 'ISSUED', 'PAID', 'VOID')`),
		check('invoices_currency_form', sql`${t.currency} ~ '^[A-Z]{3}$'`),
		...sealedChecks('invoices', t),
	],
);

export const invoiceLineItems = pgTable(
	'invoice_line_items',
	{
		...firmOwned(),
		invoiceId: uuid('invoice_id').notNull(),
		position: integer('position').notNull(),
		description: sealed('description'),
		quantity: sealed('quantity'),
		unitAmount: sealed('unit_amount'),
		stamp: stamp(),
	},
	(t) => [
		...uniqueByFirmAndId(t),
		foreignKeyInFirm(t, t.invoiceId, invoices),
		uniqueIndex('invoice_line_items_position').on(t.firmId, t.invoiceId, t.position).where(sql`deleted_at is null`),
		check('invoice_line_items_position_range', sql`${t.position} between 1 and 200`),
		...sealedChecks('invoice_line_items', t),
	],
);
