import type { InvoiceQuery, InvoiceStatus, InvoicesQuery } from '../../../kit/api/workspace.generated.ts';
import { showMoney } from '../../../kit/text/amounts.ts';

export type InvoiceRow = InvoicesQuery['invoices']['nodes'][number];
export type Invoice = NonNullable<InvoiceQuery['invoice']>;

export const STATUS_WORDS: Readonly<Record<InvoiceStatus, string>> = {
	DRAFT: 'Draft',
	ISSUED: 'Issued',
	PAID: 'Paid',
	VOID: 'Void',
};

export const STATUS_BADGES: Readonly<Record<InvoiceStatus, string>> = {
	DRAFT: 'badge',
	ISSUED: 'badge warn',
	PAID: 'badge good',
	VOID: 'badge bad',
};

/** An amount as a person reads it; null stays null, so that Content says why it is missing. */
export const moneyOf = (amount: string | null, currency: string): string | null =>
	amount === null ? null : showMoney(amount, currency);

export const isOverdue = ({ status, dueAt }: Pick<InvoiceRow, 'status' | 'dueAt'>): boolean =>
	status === 'ISSUED' && dueAt !== null && Date.parse(dueAt) < Date.now();
