import type { Locator, Page, Request, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { openPagesScene, type PagesScene, untilShown } from './scene.ts';

const MEMBER = 'member@northgate.example';
const OWNER = 'owner@northgate.example';
const OPERATOR = 'operator@platform.example';
const APPROVER = 'approver@platform.example';

describeInChromium('a lost connection', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });
	const bar = (page: Page) => page.getByRole('status').filter({ hasText: 'No connection to the server.' });
	const noAnswer = (page: Page | Locator) => page.getByRole('alert').filter({ hasText: 'The server does not answer.' });
	const ask = async (email: string, query: string, variables: Record<string, unknown> = {}) => {
		const { data, text } = await scene.api.ask(scene.tokens[email] ?? '', query, variables);
		if (!data) throw new Error(text);
		return data;
	};

	/** Whether the page sends this operation: the workspace by its text, the console by its hash and name. */
	const isOf = (request: Request, operation: string): boolean =>
		request.method() === 'POST' && JSON.parse(request.postData() ?? '{}').operationName === operation;

	/** The answer to the next request of this operation is lost: the server has done what it asks for. Returns the ids that were sent so far. */
	async function loseAnswer(page: Page, operation: string): Promise<string[]> {
		const sent: string[] = [];
		await page.route('**/graphql', async (route: Route) => {
			const request = route.request();
			if (!isOf(request, operation)) return route.fallback();
			sent.push(request.postData() ?? '');
			if (sent.length > 1) return route.fallback();
			await route.fetch();
			return route.abort('connectionreset');
		});
		return sent;
	}

	/** What the browser itself complains of is not the page's fault. */
	const expectNoComplaint = () =>
		expect(
			scene.complaints().filter((each) => !/net::ERR_(INTERNET_DISCONNECTED|CONNECTION_RESET)/.test(each)),
		).toEqual([]);

	it('keeps a note that cannot be saved, says so, and saves it once when it is back', async () => {
		const page = await scene.signIn(MEMBER, '/notes/new');
		await page.getByLabel('Title').fill('Written on the train');
		await page.getByLabel('Text').fill('The tunnel is long.');
		await page.context().setOffline(true);
		await button(page, 'Save note').click();
		await noAnswer(page).getByText('Check your connection; what you typed stays here.').waitFor();
		await bar(page).waitFor();
		expect(await bar(page).count()).toBe(1);
		expect(await page.getByLabel('Title').inputValue()).toBe('Written on the train');
		expect(await page.getByLabel('Text').inputValue()).toBe('The tunnel is long.');
		// Leaving would lose it.
		page.once('dialog', (question) => void question.dismiss());
		await page.getByRole('link', { name: 'Cancel' }).click();
		expect(await page.getByLabel('Text').inputValue()).toBe('The tunnel is long.');

		await page.context().setOffline(false);
		await bar(page).waitFor({ state: 'detached' });
		await button(page, 'Save note').click();
		await page.getByRole('heading', { level: 1, name: 'Written on the train' }).waitFor();
		const { notes } = await ask(MEMBER, '{ notes(first: 100) { nodes { title } } }');
		expect(notes.nodes.filter(({ title }: { title: string }) => title === 'Written on the train')).toHaveLength(1);
		expectNoComplaint();
	});

	it('lets lists catch up with what happened meanwhile', async () => {
		const page = await scene.signIn(MEMBER, '/notes');
		await untilShown(page);
		await page.context().setOffline(true);
		await bar(page).waitFor();
		const input = { title: 'While you were away', body: '' };
		await ask(OWNER, 'mutation($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }', { input });
		expect(await page.getByRole('link', { name: input.title }).count()).toBe(0);
		await page.context().setOffline(false);
		await page.getByRole('link', { name: input.title }).waitFor();
		await bar(page).waitFor({ state: 'detached' });
		expectNoComplaint();
	});

	it('after the answer to a note is lost, saving again makes no second one', async () => {
		const page = await scene.signIn(MEMBER, '/notes/new');
		const sent = await loseAnswer(page, 'CreateNote');
		await page.getByLabel('Title').fill('Saved and not told');
		await button(page, 'Save note').click();
		await noAnswer(page).waitFor();
		await button(page, 'Save note').click();
		await page.getByRole('heading', { level: 1, name: 'Saved and not told' }).waitFor();
		expect(sent).toHaveLength(2);
		expect(sent[1]).toBe(sent[0]);
		const { notes } = await ask(MEMBER, '{ notes(first: 100) { nodes { title } } }');
		expect(notes.nodes.filter(({ title }: { title: string }) => title === 'Saved and not told')).toHaveLength(1);
		expectNoComplaint();
	});

	it('after the answer to a change is lost, the page finds that it is saved', async () => {
		const { createNote } = await ask(
			MEMBER,
			'mutation($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }',
			{ input: { title: 'To be changed', body: 'before' } },
		);
		const page = await scene.signIn(MEMBER, `/notes/${createNote.note.id}/edit`);
		await loseAnswer(page, 'UpdateNote');
		await page.getByLabel('Text').fill('after');
		await button(page, 'Save note').click();
		// The events tell, or else the next attempt.
		await page.getByRole('article').getByText('after').waitFor();
		expect(await page.getByText('Changed meanwhile.').count()).toBe(0);
		expectNoComplaint();
	});

	it('after the answer to a message is lost, sending again sends it once', async () => {
		const { createThread } = await ask(MEMBER, 'mutation { createThread(input: {}) { thread { id } } }');
		const threadId = createThread.thread.id;
		await ask(MEMBER, 'mutation($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }', {
			input: { threadId, subject: 'First', body: 'The first one.' },
		});
		const page = await scene.signIn(MEMBER, `/threads/${threadId}`);
		const sent = await loseAnswer(page, 'CreateMessage');
		const text = page.getByRole('textbox', { name: 'Message' });
		await text.fill('Are you there?');
		await button(page, 'Send message').click();
		await noAnswer(page).waitFor();
		expect(await text.inputValue()).toBe('Are you there?');
		await button(page, 'Send message').click();
		await page.getByText('Your message is sent.').waitFor();
		expect(await text.inputValue()).toBe('');
		expect(sent[1]).toBe(sent[0]);
		const { messages } = await ask(MEMBER, 'query($threadId: ID!) { messages(threadId: $threadId) { totalCount } }', {
			threadId,
		});
		expect(messages.totalCount).toBe(2);
		expectNoComplaint();
	});

	interface Form {
		readonly what: string;
		readonly operation: string;
		/** Opens it. */
		readonly open: () => Promise<Page>;
		readonly fill: (page: Page, text: string) => Promise<void>;
		readonly save: string;
		/** Where the text is typed. */
		readonly field: string;
		readonly done: (page: Page, text: string) => Promise<void>;
		readonly query: string;
	}

	const FORMS: readonly Form[] = [
		{
			what: 'a comment',
			operation: 'CreateComment',
			async open() {
				const { notes } = await ask(MEMBER, '{ notes(first: 1) { nodes { id } } }');
				return scene.signIn(MEMBER, `/notes/${notes.nodes[0].id}`);
			},
			fill: (page, text) => page.getByLabel('Write a comment').fill(text),
			save: 'Add comment',
			field: 'Write a comment',
			done: (page, text) => page.getByRole('listitem').getByText(text, { exact: true }).waitFor(),
			query: '{ notes(first: 1) { nodes { comments(first: 100) { nodes { text } } } } }',
		},
		{
			what: 'a client',
			operation: 'CreateClient',
			async open() {
				const page = await scene.signIn(MEMBER, '/clients');
				await button(page, 'New client').click();
				return page;
			},
			fill: (page, text) => page.getByRole('dialog').getByLabel('Name').fill(text),
			save: 'Create client',
			field: 'Name',
			done: (page, text) => page.getByRole('heading', { level: 1, name: text, exact: true }).waitFor(),
			query: '{ clients(first: 1000) { nodes { name } } }',
		},
		{
			what: 'a time entry',
			operation: 'CreateTimeEntry',
			async open() {
				const page = await scene.signIn(MEMBER, '/time');
				await button(page, 'New entry').click();
				await page.getByLabel('Hours').fill('2');
				return page;
			},
			fill: (page, text) => page.getByLabel('What was done').fill(text),
			save: 'Save entry',
			field: 'What was done',
			done: async (page, text) => {
				await page.getByRole('dialog').waitFor({ state: 'detached' });
				await page.getByRole('table').getByText(text, { exact: true }).first().waitFor();
			},
			query: '{ timeEntries(first: 1000) { nodes { description } } }',
		},
		{
			what: 'an invoice',
			operation: 'CreateInvoice',
			async open() {
				const page = await scene.signIn(MEMBER, '/invoices/new');
				await page.getByLabel('Description of line 1').fill('Advice');
				await page.getByLabel('Quantity of line 1').fill('1');
				await page.getByLabel('Price of line 1').fill('100');
				return page;
			},
			fill: (page, text) => page.getByLabel('Number').fill(text),
			save: 'Save as a draft',
			field: 'Number',
			done: (page, text) => page.getByRole('heading', { level: 1, name: `Invoice ${text}`, exact: true }).waitFor(),
			query: '{ invoices(first: 1000) { nodes { number } } }',
		},
	];

	it.each(FORMS)(
		'after the answer to $what is lost, saving again makes no second one, or says what was saved',
		{
			timeout: 120_000,
		},
		async ({ operation, open, fill, save, field, done, query }) => {
			/** How often the API has the text. */
			const count = async (text: string) => JSON.stringify(await ask(MEMBER, query)).split(`"${text}"`).length - 1;
			const [same, first, then] = [`${operation} A`, `${operation} B`, `${operation} C`];
			const page = await open();
			const sent = await loseAnswer(page, operation);
			await fill(page, same);
			await button(page, save).click();
			await noAnswer(page).waitFor();
			expect(await page.getByLabel(field, { exact: true }).first().inputValue()).toBe(same);
			await button(page, save).click();
			await done(page, same);
			expect(sent).toHaveLength(2);
			expect(sent[1]).toBe(sent[0]);
			expect(await count(same)).toBe(1);

			// Another text, typed after the first attempt, is not lost and does not replace what was saved.
			const other = await open();
			await loseAnswer(other, operation);
			await fill(other, first);
			await button(other, save).click();
			await noAnswer(other).waitFor();
			await fill(other, then);
			await button(other, save).click();
			await other.getByRole('alert').getByText('An earlier attempt was saved after all').waitFor();
			expect(await other.getByLabel(field, { exact: true }).first().inputValue()).toBe(then);
			await button(other, save).click();
			await done(other, then);
			expect([await count(first), await count(then)]).toEqual([1, 1]);
			expectNoComplaint();
		},
	);

	it('after the answer to a change of a client or a document, or the issue of an invoice is lost, the page finds that it is done', {
		timeout: 120_000,
	}, async () => {
		const page = await scene.signIn(MEMBER, '/clients');
		await page.getByRole('table').getByRole('link').first().click();
		await button(page, 'Edit').click();
		const dialog = page.getByRole('dialog', { name: 'Edit client' });
		await loseAnswer(page, 'UpdateClient');
		await dialog.getByLabel('Name').fill('Renamed and not told');
		await button(dialog, 'Save').click();
		await page.getByRole('heading', { level: 1, name: 'Renamed and not told' }).waitFor();
		await dialog.waitFor({ state: 'detached' });

		const { createDocument } = await ask(
			MEMBER,
			'mutation($input: CreateDocumentInput!) { createDocument(input: $input) { document { id } } }',
			{ input: { name: 'deed.txt', mimeType: 'text/plain' } },
		);
		await page.goto(`${scene.api.url}/#/documents/${createDocument.document.id}`);
		await button(page, 'Edit').click();
		const details = page.getByRole('dialog', { name: 'Edit document' });
		await loseAnswer(page, 'UpdateDocument');
		await details.getByLabel('Name').fill('deed-signed.txt');
		await button(details, 'Save').click();
		await page.getByRole('heading', { level: 1, name: 'deed-signed.txt' }).waitFor();
		await details.waitFor({ state: 'detached' });

		const { createInvoice } = await ask(
			MEMBER,
			'mutation($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } } }',
			{ input: { number: 'LOST-1', currency: 'EUR', total: '100', lineItems: [] } },
		);
		await page.goto(`${scene.api.url}/#/invoices/${createInvoice.invoice.id}`);
		await loseAnswer(page, 'UpdateInvoice');
		await button(page, 'Issue').click();
		await button(page.getByRole('dialog'), 'Issue').click();
		await button(page, 'Mark as paid').waitFor();
		expect(await page.getByRole('dialog').count()).toBe(0);
		expectNoComplaint();
	});

	it('after the answer to sharing or to its end is lost, the page finds that it is done', {
		timeout: 120_000,
	}, async () => {
		const { createThread } = await ask(MEMBER, 'mutation { createThread(input: {}) { thread { id } } }');
		const page = await scene.signIn(MEMBER, `/threads/${createThread.thread.id}`);
		const shared = page.getByRole('region', { name: 'Shared with clients' });
		await loseAnswer(page, 'ShareWithClient');
		await button(page, 'Share with a client').click();
		const dialog = page.getByRole('dialog', { name: 'Share this thread' });
		await dialog.getByLabel('Client').selectOption({ index: 1 });
		await button(dialog, 'Share').click();
		await page.getByText(/^Shared with .+\.$/).waitFor();
		await dialog.waitFor({ state: 'detached' });
		expect(await shared.getByRole('listitem').count()).toBe(1);

		await loseAnswer(page, 'UnshareWithClient');
		await shared.getByRole('button', { name: /^Stop sharing/ }).click();
		await button(page.getByRole('dialog'), 'Stop sharing').click();
		await shared.getByText('Only people of your firm can see this thread.').waitFor();
		expect(await page.getByRole('dialog').count()).toBe(0);
		expectNoComplaint();
	});

	it('after the answer to an invitation is lost, no one has its link, and the owner learns how to get another', {
		timeout: 120_000,
	}, async () => {
		const page = await scene.signIn(OWNER, '/members');
		await loseAnswer(page, 'InviteMember');
		await button(page, 'Invite a person').click();
		const dialog = page.getByRole('dialog', { name: 'Invite a person' });
		await dialog.getByLabel('Name').fill('Ida Lost');
		await dialog.getByLabel('E-mail address').fill('ida@northgate.example');
		await button(dialog, 'Make the link').click();
		await noAnswer(dialog).waitFor();
		await button(dialog, 'Make the link').click();
		await dialog.getByText('This address already has an open invitation: revoke it, then invite again.').waitFor();
		expect(await dialog.getByLabel('Name').inputValue()).toBe('Ida Lost');
		page.once('dialog', (question) => void question.accept());
		await button(dialog, 'Cancel').click();
		const row = page.getByRole('row').filter({ hasText: 'ida@northgate.example' });
		await row.getByRole('button', { name: /^Revoke/ }).click();
		await button(page.getByRole('dialog'), 'Revoke').click();
		await row.waitFor({ state: 'detached' });
		await button(page, 'Invite a person').click();
		await dialog.getByLabel('Name').fill('Ida Lost');
		await dialog.getByLabel('E-mail address').fill('ida@northgate.example');
		await button(dialog, 'Make the link').click();
		await page.getByRole('dialog', { name: 'The link of the invitation' }).getByLabel('Link').waitFor();
		page.once('dialog', (question) => void question.accept());
		await button(page, 'Done').click();
		expectNoComplaint();
	});

	it('after the answer to a request for a lease is lost, the request is found and not sent twice', {
		timeout: 120_000,
	}, async () => {
		const operator = await scene.signIn(OPERATOR, '/firms');
		await operator.getByRole('link', { name: 'Northgate Legal', exact: true }).first().click();
		await operator.getByRole('navigation', { name: 'Of this firm' }).getByRole('link', { name: 'Notes' }).click();
		await operator.getByRole('table', { name: 'Notes' }).getByRole('link').first().click();
		await button(operator, 'Ask for a lease').first().click();
		const dialog = operator.getByRole('dialog');
		await dialog.getByLabel('Purpose').selectOption('CUSTOMER_SUPPORT');
		await dialog.getByLabel('Reason').fill('The owner cannot open this note since Monday.');
		await dialog.getByLabel('Ticket').fill('SUP-1');
		// Without a connection first: nothing is lost, and the dialog says why it waits.
		await operator.context().setOffline(true);
		await button(dialog, 'Send the request').click();
		await dialog.getByText('No connection to the server.').waitFor();
		expect(await dialog.getByLabel('Reason').inputValue()).toContain('since Monday');
		const sent = await loseAnswer(operator, 'RequestBreakGlass');
		await operator.context().setOffline(false);
		await dialog.getByText('Nothing can be read yet.').waitFor();
		expect(sent).toHaveLength(1);
		const { breakGlassLeases } = await ask(OPERATOR, '{ breakGlassLeases(first: 10) { nodes { id ticket } } }');
		expect(breakGlassLeases.nodes.filter(({ ticket }: { ticket: string }) => ticket === 'SUP-1')).toHaveLength(1);
		await button(dialog, 'Close').click();
		expectNoComplaint();

		// Owner and approver lose the answer to their approval.
		const { id } = breakGlassLeases.nodes[0];
		const owner = await scene.signIn(OWNER, `/access/${id}`);
		await loseAnswer(owner, 'ApproveBreakGlass');
		await button(owner, 'Approve').click();
		await owner.getByLabel('Your reason (optional)').fill('We asked for it.');
		await button(owner.getByRole('dialog'), 'Approve exactly this').click();
		await owner.getByText('Your firm has approved this request. It waits for the platform.').waitFor();
		await owner.getByText('We asked for it.').first().waitFor();
		expect(await owner.getByText('your decision was not taken').count()).toBe(0);

		const approver = await scene.signIn(APPROVER, `/leases/${id}`);
		await button(approver, 'Approve …').click();
		await approver.getByLabel('Your reason (optional)').fill('Seen in the ticket.');
		await approver.context().setOffline(true);
		await button(approver.getByRole('dialog'), 'Approve exactly this request').click();
		await noAnswer(approver.getByRole('dialog')).waitFor();
		expect(await approver.getByLabel('Your reason (optional)').inputValue()).toBe('Seen in the ticket.');
		await approver.context().setOffline(false);
		await button(approver.getByRole('dialog'), 'Approve exactly this request').click();
		await approver.getByText('You approved the request for the platform.').waitFor();
		const { breakGlassLease } = await ask(
			OPERATOR,
			'query($id: ID!) { breakGlassLease(id: $id) { state approvals { side reason } } }',
			{ id },
		);
		expect(breakGlassLease.approvals).toHaveLength(2);
		expect(breakGlassLease.state).toBe('APPROVED');
		expectNoComplaint();
	});
});
