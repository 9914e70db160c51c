import type { ContentClass, LeaseTermsFragment } from '../../kit/api/workspace.generated.ts';
import { showMinutes } from '../../kit/text/amounts.ts';

const CLASSES: Readonly<Record<ContentClass, string>> = {
	DOCUMENT: 'documents and their files',
	COMMUNICATION: 'messages and comments',
	BILLING: 'invoices and time entries',
	NOTE: 'notes',
};

const FIELDS: Readonly<Record<string, string>> = {
	'Document.content': 'latest file of a document',
	'Document.sha256': 'checksum of a document',
	'Document.objectKey': 'storage name of a document',
	'Document.bucket': 'storage place of a document',
	'DocumentVersion.content': 'file of a document',
	'DocumentVersion.changeSummary': 'change note of a document',
	'Message.body': 'text of a message',
	'Comment.text': 'text of a comment',
	'InvoiceLineItem.unitAmount': 'amount of an invoice line',
	'InvoiceLineItem.description': 'description of an invoice line',
	'InvoiceLineItem.quantity': 'quantity of an invoice line',
	'Invoice.amountDue': 'amount due of an invoice',
	'Note.body': 'text of a note',
};

const TYPES: Readonly<Record<string, string>> = {
	TimeEntry: 'a time entry',
	Invoice: 'an invoice',
	Document: 'a document',
	DocumentVersion: 'a version of a document',
};

/** Such as title of a note. */
export function fieldInWords(coordinate: string): string {
	const [type = '', field = ''] = coordinate.split('.');
	const name = field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
	return FIELDS[coordinate] ?? `${name} of ${TYPES[type] ?? `a ${type.toLowerCase()}`}`;
}

const LIST = new Intl.ListFormat('en', { style: 'long', type: 'conjunction' });

/** Such as All notes of your firm; only the title of a note; only in 3 records. */
export function scopeInWords({
	classes,
	coordinates,
	recordIds,
}: Pick<LeaseTermsFragment, 'classes' | 'coordinates' | 'recordIds'>): string {
	const what = LIST.format(classes.map((each) => CLASSES[each]));
	const where =
		recordIds === null
			? `All ${what} of your firm`
			: `${recordIds.length === 1 ? 'One record' : `${recordIds.length.toLocaleString()} records`} among the ${what} of your firm`;
	return coordinates === null
		? `${where}, every field.`
		: `${where}, only the ${LIST.format(coordinates.map(fieldInWords))}.`;
}

/** Such as At most 10 values, for 15 min once the operator begins. */
export const limitsInWords = ({ readBudget, minutes }: Pick<LeaseTermsFragment, 'readBudget' | 'minutes'>): string =>
	`${readBudget === null ? 'No limit on the number of values' : `At most ${readBudget.toLocaleString()} values`}, for ${showMinutes(minutes)} once the operator begins`;
