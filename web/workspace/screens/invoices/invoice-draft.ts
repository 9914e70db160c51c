import type { CreateInvoiceInput, InvoiceLineItemInput } from '../../../kit/api/workspace.generated.ts';
import { dayOf, noonOf } from '../../../kit/text/local-time.ts';
import { isAmount, isDecimal, multiply, sum } from './decimal.ts';
import type { Invoice } from './invoice-words.ts';

/** A line item in the form. The key tells lines apart while they are moved. */
export interface DraftLine {
	readonly key: string;
	readonly description: string;
	readonly quantity: string;
	readonly unitAmount: string;
}

/** An invoice in the form. */
export interface InvoiceDraft {
	readonly number: string;
	readonly clientId: string;
	readonly currency: string;
	readonly issuedOn: string;
	readonly dueOn: string;
	/** Empty: the sum of the lines. */
	readonly total: string;
	/** Empty: as the total. */
	readonly amountDue: string;
	readonly memo: string;
	readonly lines: readonly DraftLine[];
}

export const EMPTY_DRAFT: InvoiceDraft = {
	number: '',
	clientId: '',
	currency: 'EUR',
	issuedOn: '',
	dueOn: '',
	total: '',
	amountDue: '',
	memo: '',
	lines: [],
};

export const newLine = (): DraftLine => ({
	key: crypto.randomUUID(),
	description: '',
	quantity: '1',
	unitAmount: '',
});

export const draftOf = (invoice: Invoice): InvoiceDraft => ({
	number: invoice.number,
	clientId: invoice.client?.id ?? '',
	currency: invoice.currency,
	issuedOn: dayOf(invoice.issuedAt),
	dueOn: dayOf(invoice.dueAt),
	total: invoice.total ?? '',
	amountDue: invoice.amountDue ?? '',
	memo: invoice.memo ?? '',
	lines: invoice.lineItems.map((item) => ({
		key: item.id,
		description: item.description ?? '',
		quantity: item.quantity ?? '',
		unitAmount: item.unitAmount ?? '',
	})),
});

/** The sum of the lines; null without lines, or if one of them has no amount. */
export const sumOf = ({ lines }: InvoiceDraft): string | null =>
	lines.length === 0 ? null : sum(lines.map(({ quantity, unitAmount }) => multiply(quantity, unitAmount)));

/** What the invoice will state as its total. */
const totalOf = (draft: InvoiceDraft): string => draft.total || (sumOf(draft) ?? '');

export type Mistakes = Readonly<Partial<Record<'number' | 'currency' | 'total' | 'amountDue' | 'lines', string>>>;

const AMOUNT_FORM =
	'Write the amount with a point and no other signs, such as 1250.00: at most 4 digits after the point.';

const NO_TOTAL = 'Write the total: not every line has a quantity and a price, so that the lines have no sum to use.';

/** What the API would refuse, by field. */
export function mistakesIn(draft: InvoiceDraft): Mistakes {
	const wrongLine = draft.lines.findIndex(
		({ quantity, unitAmount }) =>
			(quantity !== '' && !isDecimal(quantity)) || (unitAmount !== '' && !isDecimal(unitAmount)),
	);
	return {
		...(draft.number.trim() === '' && { number: 'An invoice needs a number.' }),
		...(!/^[A-Z]{3}$/.test(draft.currency) && { currency: 'Three capitals, such as EUR or USD.' }),
		...(!isAmount(totalOf(draft)) && { total: sumOf(draft) === null && draft.total === '' ? NO_TOTAL : AMOUNT_FORM }),
		...(draft.amountDue !== '' && !isAmount(draft.amountDue) && { amountDue: AMOUNT_FORM }),
		...(wrongLine >= 0 && {
			lines: `Line ${wrongLine + 1}: write quantity and price with a point and no other signs, such as 1.5 or 180.00.`,
		}),
	};
}

const linesOf = (draft: InvoiceDraft): InvoiceLineItemInput[] =>
	draft.lines.map(({ description, quantity, unitAmount }) => ({
		description: description || null,
		quantity: quantity || null,
		unitAmount: unitAmount || null,
	}));

/** A day that was not changed keeps its moment. */
const momentOf = (day: string, before: string | null): string | null => (day === dayOf(before) ? before : noonOf(day));

/** The fields of a create or an update. `before`: the invoice that is changed. */
export function inputOf(draft: InvoiceDraft, before: Invoice | null): Omit<CreateInvoiceInput, 'id' | 'status'> {
	return {
		number: draft.number.trim(),
		clientId: draft.clientId || null,
		currency: draft.currency,
		issuedAt: momentOf(draft.issuedOn, before?.issuedAt ?? null),
		dueAt: momentOf(draft.dueOn, before?.dueAt ?? null),
		total: totalOf(draft),
		...((draft.amountDue !== '' || before !== null) && { amountDue: draft.amountDue || totalOf(draft) }),
		memo: draft.memo || null,
		lineItems: linesOf(draft),
	};
}

/** The draft without what only the form knows, for comparing. */
export const textOf = (draft: InvoiceDraft): string =>
	JSON.stringify({ ...draft, lines: draft.lines.map(({ key: _, ...line }) => line) });
