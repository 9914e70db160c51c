/** A demo firm and its data, except for e-mails and texts. */
export interface DemoFirm {
	readonly slug: 'northgate' | 'harbour';
	readonly name: string;
	/** Names. The portal user belongs to the first. */
	readonly clients: readonly string[];
	readonly documents: readonly DemoDocument[];
	/** Descriptions for time entries and invoice lines. */
	readonly work: readonly string[];
	readonly currency: string;
	/** Hourly rate, in whole units of the currency. */
	readonly hour: number;
}

interface DemoDocument {
	readonly name: string;
	readonly mimeType: string;
	readonly description: string;
	/** The change summary of each version. */
	readonly changes: readonly string[];
}

const PDF = 'application/pdf';
const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const SHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export const FIRMS: readonly [DemoFirm, DemoFirm] = [
	{
		slug: 'northgate',
		name: 'Northgate Legal',
		clients: ['Abbott Brewery', 'Castle Street Surgery', 'Ferrous Metalwork', 'Miriam Webb', 'Tidewater Shipping'],
		documents: [
			{
				name: 'Lease of the old malt house.docx',
				mimeType: WORD,
				description: 'Lease for fifteen years, with the option to buy in the tenth.',
				changes: ['First draft.', 'Rent review every five years instead of three.', 'Signed by both sides.'],
			},
			{
				name: 'Partnership agreement.docx',
				mimeType: WORD,
				description: 'Agreement of the three partners of the surgery, retirement of Dr Lowe included.',
				changes: ['Draft for the partners.', 'Non-compete clause limited to two years.'],
			},
			{
				name: 'Defects report.pdf',
				mimeType: PDF,
				description: 'The expert finds the welds of the second delivery below standard.',
				changes: ['As received from the expert.'],
			},
			{
				name: 'Will of M Webb.pdf',
				mimeType: PDF,
				description: 'Leaves the house to her niece and the rest in equal parts.',
				changes: ['Draft.', 'Executor changed.'],
			},
			{
				name: 'Charter party.pdf',
				mimeType: PDF,
				description: 'Time charter of two coasters; the laytime is in dispute.',
				changes: ['As signed.'],
			},
			{
				name: 'Opinion on the option.docx',
				mimeType: WORD,
				description: 'Why the option to buy is worth less than the other side says.',
				changes: ['For internal use.'],
			},
		],
		work: [
			'Call with the client about the other side’s offer',
			'Draft of the agreement',
			'Review of the expert’s report',
			'Hearing at the county court',
			'Letter before action',
			'Negotiation with the landlord',
		],
		currency: 'GBP',
		hour: 260,
	},
	{
		slug: 'harbour',
		name: 'Harbour Tax',
		clients: ['Lindqvist Bakeries', 'Delgado Family Trust', 'North Pier Hotel', 'Okafor Dental', 'Quayside Books'],
		documents: [
			{
				name: 'Annual accounts.xlsx',
				mimeType: SHEET,
				description: 'Accounts of the four bakeries; the second one makes a loss again.',
				changes: ['From the ledgers.', 'Stock valued at cost.', 'As filed.'],
			},
			{
				name: 'Trust return.pdf',
				mimeType: PDF,
				description: 'Return of the trust, with the sale of the vineyard.',
				changes: ['Draft.', 'Gain on the vineyard split over two years.'],
			},
			{
				name: 'Payroll review.xlsx',
				mimeType: SHEET,
				description: 'Seasonal staff were paid without deductions from May to July.',
				changes: ['First look.'],
			},
			{
				name: 'Letter to the tax office.docx',
				mimeType: WORD,
				description: 'Appeal against the estimate for the practice’s first year.',
				changes: ['Draft.', 'Receipts attached.'],
			},
			{
				name: 'Stock count.xlsx',
				mimeType: SHEET,
				description: 'Count of the antiquarian books, with what each might fetch.',
				changes: ['As counted.'],
			},
			{
				name: 'Plan for the loss.docx',
				mimeType: WORD,
				description: 'How the loss of the second bakery can be set off, and what to tell the bank.',
				changes: ['For internal use.'],
			},
		],
		work: [
			'Bookkeeping of the month',
			'Call with the tax office about the assessment',
			'Preparation of the annual return',
			'Review of payroll deductions',
			'Advice on the sale of the property',
			'Meeting with the client’s bank',
		],
		currency: 'EUR',
		hour: 180,
	},
];
