import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, makeScene, type Scene } from './scene.ts';
import { makeWorkspace, shareAll, type Workspace } from './workspace.ts';

let scene: Scene;
let work: Workspace;
beforeAll(async () => {
	scene = await makeScene();
	work = await makeWorkspace(scene, scene.north);
});
afterAll(() => scene?.installation.close());

const ask = (query: string, variables?: Record<string, unknown>) => scene.api.ask(scene.north.client, query, variables);
const share = (subject: object, clientId = scene.north.clientId, verb = 'share') =>
	scene.api.ask(
		scene.north.member,
		`mutation ($input: ${verb === 'share' ? 'Share' : 'Unshare'}WithClientInput!) { ${verb}WithClient(input: $input) { client { id } } }`,
		{ input: { clientId, subject } },
	);

const EVERYTHING = `{
	clients { nodes { id name } }
	documents(first: 20) { totalCount nodes { id name description versions { id changeSummary } comments { nodes { text } } sharedWith { id } } }
	threads(first: 20) { totalCount nodes { id messages(first: 20) { totalCount nodes { id subject body comments { nodes { text } } author { name } } } } }
	invoices(first: 20) { totalCount nodes { id number memo lineItems { description quantity unitAmount } comments { nodes { text } } } }
}`;

describe('a portal client without shares', () => {
	it('sees only its own client through every list', async () => {
		const { data, errors, text } = await ask(EVERYTHING);
		expect(errors).toEqual([]);
		expect(data.clients.nodes.map(({ id }: { id: string }) => id)).toEqual([scene.north.clientId]);
		for (const list of ['documents', 'threads', 'invoices']) expect(data[list]).toEqual({ totalCount: 0, nodes: [] });
		expect(text).not.toContain(work.marker);
	});

	it('finds no record by id, as if none existed', async () => {
		const ids = Object.entries(work.ids);
		for (const [type, id] of ids) {
			const node = await ask('query ($id: ID!) { node(id: $id) { __typename id } }', { id });
			expect([type, node.data?.node, node.errors]).toEqual([type, null, []]);
		}
		const { document, thread, message, invoice, note } = work.ids;
		const single = await ask(
			`{ document(id: "${document}") { id } thread(id: "${thread}") { id } message(id: "${message}") { id } invoice(id: "${invoice}") { id } note(id: "${note}") { id } }`,
		);
		expect(single.data).toEqual({ document: null, thread: null, message: null, invoice: null, note: null });
		expect((await ask(`{ messages(threadId: "${thread}") { totalCount nodes { id } } }`)).data.messages).toEqual({
			totalCount: 0,
			nodes: [],
		});
	});

	it('cannot write anywhere', async () => {
		const message = await ask(
			'mutation ($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }',
			{
				input: { threadId: work.ids.thread, body: 'x' },
			},
		);
		expect(message.errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
		const version = await ask(
			'mutation ($input: CreateDocumentVersionInput!) { createDocumentVersion(input: $input) { documentVersion { id } } }',
			{ input: { documentId: work.ids.document } },
		);
		expect(version.errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
	});
});

describe('a record shared with the client', () => {
	it('is visible from the next request, with its parts, and gone with the next after the share is revoked', async () => {
		const subjects = [
			{ documentId: work.ids.document },
			{ threadId: work.ids.thread },
			{ invoiceId: work.ids.invoice },
		];
		for (const subject of subjects) expect((await share(subject)).errors).toEqual([]);
		const { data, errors, text, sealed } = await ask(EVERYTHING);
		expect(errors).toEqual([]);
		expect(sealed).toEqual([]);
		expect(data.documents).toMatchObject({
			totalCount: 1,
			nodes: [
				{
					id: work.ids.document,
					description: `${work.marker} document`,
					versions: [{ id: work.ids.documentVersion, changeSummary: `${work.marker} version` }],
					comments: null,
					sharedWith: [{ id: scene.north.clientId }],
				},
			],
		});
		expect(data.threads.nodes[0].messages).toMatchObject({
			totalCount: 1,
			nodes: [{ id: work.ids.message, body: `${work.marker} message`, comments: null, author: { name: 'Member' } }],
		});
		expect(data.invoices.nodes[0]).toMatchObject({
			id: work.ids.invoice,
			memo: `${work.marker} invoice`,
			lineItems: [{ description: `${work.marker} item`, quantity: '2', unitAmount: '10.50' }],
			comments: null,
		});
		expect(text).not.toContain(`${work.marker} comment`);

		for (const subject of subjects) expect((await share(subject, scene.north.clientId, 'unshare')).errors).toEqual([]);
		const after = await ask(EVERYTHING);
		expect(after.text).not.toContain(work.marker);
		for (const list of ['documents', 'threads', 'invoices']) expect(after.data[list].totalCount).toBe(0);
	});

	it('is invisible to another client of the firm', async () => {
		const other = await scene.api.ask(
			scene.north.member,
			'mutation { createClient(input: { name: "Other" }) { client { id } } }',
		);
		const clientId = other.data.createClient.client.id;
		await share({ documentId: work.ids.document }, clientId);
		expect((await ask(EVERYTHING)).data.documents.totalCount).toBe(0);
		const filtered = await ask(`{ documents(filter: { sharedWithId: "${clientId}" }) { totalCount } }`);
		expect(filtered.data.documents.totalCount).toBe(0);
		await share({ documentId: work.ids.document });
		const both = await ask('{ documents { nodes { sharedWith { id } } clients: totalCount } }');
		expect(both.data.documents.nodes).toEqual([{ sharedWith: [{ id: scene.north.clientId }] }]);
		await share({ documentId: work.ids.document }, scene.north.clientId, 'unshare');
	});

	it('is visible from ISSUED on if it is an invoice', async () => {
		const draft = await scene.api.ask(
			scene.north.member,
			'mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id revision } } }',
			{
				input: {
					number: uuidv7(),
					currency: 'EUR',
					total: '1.00',
					memo: work.marker,
					lineItems: [{ description: 'x' }],
				},
			},
		);
		const { id, revision } = draft.data.createInvoice.invoice;
		await share({ invoiceId: id });
		expect((await ask(EVERYTHING)).data.invoices.totalCount).toBe(0);
		const issue = await scene.api.ask(
			scene.north.member,
			`mutation { updateInvoice(input: { id: "${id}", expectedRevision: ${revision}, status: ISSUED }) { invoice { status memo } } }`,
		);
		expect(issue.data.updateInvoice.invoice).toEqual({ status: 'ISSUED', memo: work.marker });
		expect((await ask(EVERYTHING)).data.invoices).toMatchObject({ totalCount: 1, nodes: [{ id, memo: work.marker }] });
	});

	it('is not found by a filter for another client', async () => {
		// The document belongs to another client than the portal's.
		await share({ documentId: work.ids.document });
		const { data } = await ask(
			`{ documents(filter: { clientId: "${work.ids.client}" }) { totalCount nodes { id } } own: documents { nodes { id client { id } } } }`,
		);
		expect(data.documents).toEqual({ totalCount: 0, nodes: [] });
		expect(data.own.nodes).toEqual([{ id: work.ids.document, client: null }]);
		await share({ documentId: work.ids.document }, scene.north.clientId, 'unshare');
	});

	it('lets a thread’s client write messages that the firm sees, and change none', async () => {
		await share({ threadId: work.ids.thread });
		const sent = await ask(
			'mutation ($input: CreateMessageInput!) { createMessage(input: $input) { message { id revision body author { email } } } }',
			{ input: { threadId: work.ids.thread, body: 'from the client' } },
		);
		expect(sent.errors).toEqual([]);
		const { message } = sent.data.createMessage;
		expect(message).toMatchObject({ body: 'from the client', author: { email: 'client@north.example' } });
		const seen = await scene.api.ask(scene.north.member, `{ message(id: "${message.id}") { body author { role } } }`);
		expect(seen.data.message).toEqual({ body: 'from the client', author: { role: 'CLIENT' } });
		for (const mutation of [
			`updateMessage(input: { id: "${message.id}", expectedRevision: 1, body: "y" }) { message { id } }`,
			`deleteMessage(input: { id: "${message.id}", expectedRevision: 1 }) { id }`,
			`updateDocument(input: { id: "${work.ids.document}", expectedRevision: 1, name: "y" }) { document { id } }`,
			`createComment(input: { about: { messageId: "${message.id}" }, text: "y" }) { comment { id } }`,
			`createThread(input: {}) { thread { id } }`,
			`shareWithClient(input: { clientId: "${scene.north.clientId}", subject: { documentId: "${work.ids.document}" } }) { client { id } }`,
		]) {
			const { errors } = await ask(`mutation { ${mutation} }`);
			expect(errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
		}
		await share({ threadId: work.ids.thread }, scene.north.clientId, 'unshare');
		expect((await ask(`{ message(id: "${message.id}") { body } }`)).data.message).toBeNull();
	});

	it('lets a document’s client add versions', async () => {
		await share({ documentId: work.ids.document });
		const made = await ask(
			'mutation ($input: CreateDocumentVersionInput!) { createDocumentVersion(input: $input) { documentVersion { number changeSummary document { id name } } } }',
			{ input: { documentId: work.ids.document, changeSummary: 'signed' } },
		);
		expect(made.errors).toEqual([]);
		expect(made.data.createDocumentVersion.documentVersion).toMatchObject({ number: 2, changeSummary: 'signed' });
		await share({ documentId: work.ids.document }, scene.north.clientId, 'unshare');
	});

	it('is logged when it is shared and when the share is revoked', async () => {
		const shared = await scene.entriesOf(await share({ documentId: work.ids.document }));
		expect(shared.map(({ action, coordinates, records }) => [action, coordinates, records])).toEqual([
			['share.add', ['Document.sharedWith'], [work.ids.document, scene.north.clientId]],
		]);
		const again = await scene.entriesOf(await share({ documentId: work.ids.document }));
		expect(again).toEqual([]);
		const back = await share({ documentId: work.ids.document }, scene.north.clientId, 'unshare');
		expect((await scene.entriesOf(back)).map(({ action }) => action)).toEqual(['share.remove']);
		const twice = await share({ documentId: work.ids.document }, scene.north.clientId, 'unshare');
		expect(twice.errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
	});

	it('is no longer shared after it is deleted', async () => {
		const made = await scene.api.ask(
			scene.north.member,
			'mutation { createDocument(input: { name: "a", mimeType: "text/plain" }) { document { id } } }',
		);
		const { id } = made.data.createDocument.document;
		await share({ documentId: id });
		await scene.api.ask(
			scene.north.member,
			`mutation { deleteDocument(input: { id: "${id}", expectedRevision: 1 }) { id } }`,
		);
		expect(await scene.admin`select 1 from shares where document_id = ${id}`).toHaveLength(0);
		expect((await ask(`{ document(id: "${id}") { id } node(id: "${id}") { id } }`)).data).toEqual({
			document: null,
			node: null,
		});
	});
});

describe('records of another firm', () => {
	it('cannot be shared, nor with a client of another firm', async () => {
		const foreign = await makeWorkspace(scene, scene.harbour);
		for (const answer of [
			await share({ documentId: foreign.ids.document }),
			await share({ threadId: foreign.ids.thread }),
			await share({ invoiceId: foreign.ids.invoice }),
			await share({ documentId: work.ids.document }, scene.harbour.clientId),
		])
			expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
		expect(await scene.admin`select 1 from shares where firm_id = ${scene.harbour.id}`).toHaveLength(0);
	});
});

describe('a message with the id of another record that the client sees', () => {
	beforeAll(() => shareAll(scene, scene.north, work));

	it.each(['Document', 'Invoice', 'Firm', 'User'])('does not replace a %s', async (type) => {
		const id = {
			Document: work.ids.document,
			Invoice: work.ids.invoice,
			Firm: scene.north.id,
			User: claimsOf(scene.north.member).sub,
		}[type];
		await ask('mutation ($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }', {
			input: { id, threadId: work.ids.thread, body: 'mine' },
		});
		const { data } = await scene.api.ask(scene.north.member, `{ node(id: "${id}") { __typename } }`);
		expect(data.node.__typename).toBe(type);
	});
});
