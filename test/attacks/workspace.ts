import { v7 as uuidv7 } from 'uuid';
import type { TestFirm } from '../support/installation.ts';
import type { Scene } from './scene.ts';

/** One object of every type of a firm, written through the API by a member. Each content field holds the marker. */
export interface Workspace {
	readonly marker: string;
	readonly ids: Readonly<Record<WorkspaceName, string>>;
}

type WorkspaceName =
	| 'client'
	| 'thread'
	| 'message'
	| 'document'
	| 'documentVersion'
	| 'note'
	| 'invoice'
	| 'invoiceLineItem'
	| 'timeEntry'
	| 'comment';

export async function makeWorkspace(scene: Scene, firm: TestFirm): Promise<Workspace> {
	const marker = `marker-${uuidv7()}`;
	const create = async (type: string, input: Record<string, unknown>): Promise<string> => {
		const field = type.charAt(0).toLowerCase() + type.slice(1);
		const id = uuidv7();
		const { data, text } = await scene.api.ask(
			firm.member,
			`mutation ($input: Create${type}Input!) { create${type}(input: $input) { ${field} { id } } }`,
			{ input: { id, ...input } },
		);
		if (!data?.[`create${type}`]) throw new Error(text);
		return id;
	};
	const client = await create('Client', { name: 'A client' });
	const thread = await create('Thread', { clientId: client });
	const message = await create('Message', {
		threadId: thread,
		subject: `${marker} subject`,
		body: `${marker} message`,
	});
	const document = await create('Document', {
		clientId: client,
		name: 'will.pdf',
		mimeType: 'application/pdf',
		description: `${marker} document`,
	});
	const documentVersion = await create('DocumentVersion', {
		documentId: document,
		changeSummary: `${marker} version`,
	});
	const note = await create('Note', { title: `${marker} title`, body: `${marker} note` });
	const invoice = await create('Invoice', {
		clientId: client,
		number: uuidv7(),
		status: 'ISSUED',
		currency: 'EUR',
		total: '21.00',
		memo: `${marker} invoice`,
		lineItems: [{ description: `${marker} item`, quantity: '2', unitAmount: '10.50' }],
	});
	const [item] = await scene.admin`select id from invoice_line_items where invoice_id = ${invoice}`;
	const timeEntry = await create('TimeEntry', {
		clientId: client,
		minutes: 30,
		startedAt: '2026-03-01T09:00:00.000Z',
		description: `${marker} time`,
	});
	const comment = await create('Comment', { about: { documentId: document }, text: `${marker} comment` });
	const ids = { client, thread, message, document, documentVersion, note, invoice, timeEntry, comment };
	return { marker, ids: { ...ids, invoiceLineItem: item?.id } };
}

/** Shares the document, the thread and the invoice with the firm's client. */
export async function shareAll(scene: Scene, firm: TestFirm, { ids }: Workspace): Promise<void> {
	const subjects = [{ documentId: ids.document }, { threadId: ids.thread }, { invoiceId: ids.invoice }];
	for (const subject of subjects) {
		const { errors, text } = await scene.api.ask(
			firm.member,
			'mutation ($input: ShareWithClientInput!) { shareWithClient(input: $input) { client { id } } }',
			{ input: { clientId: firm.clientId, subject } },
		);
		if (errors.length > 0) throw new Error(text);
	}
}
