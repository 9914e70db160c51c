import { v7 as uuidv7 } from 'uuid';
import { joinFirm } from '../../examples/demo/act-as-person.ts';
import type { FirmPrincipal } from '../../src/access/index.ts';
import { createSchema } from '../../src/api/index.ts';
import { type ActingMember, createRow, type RequestServices, shareWithClient } from '../../src/firms/index.ts';
import { actAs } from '../support/act-as.ts';
import type { TestFirm, TestInstallation } from '../support/installation.ts';

/** Every content text below contains this marker. */
export const MARKER = 'kit-marker';

/** A firm in which every relation leads to an object and every encrypted field has a value. */
export interface KitFirm {
	readonly id: string;
	/** The user id. */
	readonly owner: string;
	/** The portal user's client. Every object that can be shared is shared with it. */
	readonly client: string;
	/** A client that has a portal user too, but nothing is shared with it. */
	readonly otherClient: { readonly id: string; readonly email: string };
	/** The client with which the mutations share, and from which they unshare. */
	readonly spareClient: string;
	readonly ids: Readonly<
		Record<
			'Document' | 'DocumentVersion' | 'Thread' | 'Message' | 'Note' | 'Invoice' | 'TimeEntry' | 'InvoiceLineItem',
			string
		>
	>;
	/** Ids of comments, by the object that they are about. */
	readonly comments: Readonly<Record<'document' | 'message' | 'note' | 'invoice', string>>;
}

const text = (what: string) => `${MARKER} ${what}`;

export const inputs = (clientId: string) => ({
	Document: { clientId, name: 'will.pdf', mimeType: 'application/pdf', description: text('description') },
	Message: { subject: text('subject'), body: text('body') },
	Note: { title: text('title'), body: text('body') },
	TimeEntry: { clientId, minutes: 30, startedAt: '2026-03-01T09:00:00.000Z', description: text('time') },
	Invoice: {
		clientId,
		status: 'ISSUED',
		currency: 'EUR',
		total: '21.00',
		memo: text('memo'),
		lineItems: [{ description: text('item'), quantity: '2', unitAmount: '10.50' }],
	},
});

export async function makeKitFirm(
	{ config, database, admin }: TestInstallation,
	firm: TestFirm,
	owner: FirmPrincipal,
): Promise<KitFirm> {
	const made = await actAs(config, database, owner, async (services, acting) => {
		const create = async (type: string, input: Record<string, unknown>) =>
			(await createRow(services, acting, type, input)).id;
		const given = inputs(firm.clientId);
		const document = await create('Document', given.Document);
		const version = await create('DocumentVersion', { documentId: document, changeSummary: text('summary') });
		const thread = await create('Thread', { clientId: firm.clientId });
		const message = await create('Message', { ...given.Message, threadId: thread });
		const note = await create('Note', given.Note);
		const invoice = await create('Invoice', { ...given.Invoice, number: uuidv7() });
		const timeEntry = await create('TimeEntry', { ...given.TimeEntry, startedAt: new Date(given.TimeEntry.startedAt) });
		const about = { document, message, note, invoice };
		const comments: Record<string, string> = {};
		for (const [name, id] of Object.entries(about))
			comments[name] = await create('Comment', { about: { [`${name}Id`]: id }, text: text('comment') });
		for (const subject of [{ documentId: document }, { threadId: thread }, { invoiceId: invoice }])
			await shareWithClient(services, acting, { clientId: firm.clientId, subject });
		const otherClient = await create('Client', { name: 'Another client' });
		const email = `other.client@${firm.slug}.example`;
		await joinFirm(services, acting, { email, name: 'Client', role: 'CLIENT', clientId: otherClient });
		await fillFileColumns(services, acting, admin, { documents: document, document_versions: version });
		return {
			comments,
			otherClient: { id: otherClient, email },
			spareClient: await create('Client', { name: 'A third client' }),
			ids: {
				Document: document,
				DocumentVersion: version,
				Thread: thread,
				Message: message,
				Note: note,
				Invoice: invoice,
				TimeEntry: timeEntry,
			},
		};
	});
	const [item] = await admin`select id from invoice_line_items where invoice_id = ${made.ids.Invoice}`;
	return {
		...made,
		id: firm.id,
		owner: owner.user,
		client: firm.clientId,
		ids: { ...made.ids, InvoiceLineItem: item?.id },
	} as KitFirm;
}

/** The location of a file, which only an upload writes, sealed as an upload would seal it. */
async function fillFileColumns(
	{ content }: RequestServices,
	{ session }: ActingMember,
	admin: TestInstallation['admin'],
	rows: Readonly<Record<'documents' | 'document_versions', string>>,
): Promise<void> {
	const { registry } = createSchema();
	for (const [table, id] of Object.entries(rows)) {
		const type = table === 'documents' ? 'Document' : 'DocumentVersion';
		const fields = ['bucket', 'objectKey', 'sha256'].map((name) => registry.get(`${type}.${name}`));
		const values = fields.map((field) => ({
			field: field as NonNullable<typeof field>,
			value: text(String(field?.fieldName)),
		}));
		const [bucket, objectKey, sha256] = await content.sealValues(session, id, values);
		await admin`update ${admin(table)} set ${admin({ bucket, object_key: objectKey, sha256 } as never)} where id = ${id}`;
	}
}
