import type { Locator, Page } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { openPagesScene, type PagesScene } from './scene.ts';

const MEMBER = 'member@northgate.example';
const CLIENT = 'client@northgate.example';

describeInChromium('the workspace beside the portal and the console', () => {
	let scene: PagesScene;
	/** The client that the portal's demo person belongs to. */
	let client: string;
	beforeAll(async () => {
		scene = await openPagesScene();
		const { data } = await scene.api.ask(scene.tokens[CLIENT] ?? '', '{ viewer { client { name } } }');
		client = data.viewer.client.name;
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });

	it('a comment on each kind of record is read by the firm, and by the platform without its text', {
		timeout: 120_000,
	}, async () => {
		const create = `mutation($messageId: ID!, $threadId: ID!) {
			createNote(input: { title: "Commented", body: "" }) { note { firmId id } }
			createInvoice(input: { number: "C-1", currency: "EUR", total: "1" }) { invoice { id } }
			createDocument(input: { name: "c.txt", mimeType: "text/plain" }) { document { id } }
			createThread(input: { id: $threadId }) { thread { id } }
			createMessage(input: { id: $messageId, threadId: $threadId, body: "Hello" }) { message { id } }
		}`;
		const [threadId, messageId] = [uuidv7(), uuidv7()];
		const { data } = await scene.api.ask(scene.tokens[MEMBER] ?? '', create, { threadId, messageId });
		const { id: note, firmId } = data.createNote.note;
		const member = await scene.signIn(MEMBER);
		const operator = await scene.signIn('operator@platform.example');
		for (const [at, inConsole] of [
			[`/notes/${note}`, `notes/${note}`],
			[`/invoices/${data.createInvoice.invoice.id}`, `invoices/${data.createInvoice.invoice.id}`],
			[`/documents/${data.createDocument.document.id}`, `documents/${data.createDocument.document.id}`],
			[`/threads/${threadId}`, `messages/${threadId}/${messageId}`],
		]) {
			await member.evaluate(`location.hash = '#${at}'`);
			if (at?.startsWith('/threads')) await button(member, 'Comments').click();
			const comments = member.getByRole('region', { name: /^Comments/ });
			await comments.getByLabel('Write a comment').fill('Ask again on Monday.');
			await button(comments, 'Add comment').click();
			await comments.getByRole('listitem').getByText('Ask again on Monday.').waitFor();
			await operator.evaluate(`location.hash = '#/firms/${firmId}/${inConsole}'`);
			const seen = operator.getByRole('region', { name: 'Comments' }).getByRole('table', { name: 'Comments' });
			await seen.getByText('Sealed: reading it takes a lease').waitFor();
			expect(await seen.getByRole('row').count()).toBe(2);
		}
		expect(scene.complaints()).toEqual([]);
	});

	it('a client sees a message as soon as it is sent, and answers', async () => {
		const member = await scene.signIn(MEMBER, '/threads/new');
		await member.getByLabel('About client').selectOption({ label: client });
		await member.getByLabel(/^Share with/).check();
		await member.getByLabel('Subject').fill('Your papers');
		await member.getByLabel('Message').fill('The papers have arrived.');
		await member.getByText('Clients will read this:').waitFor();
		await button(member, 'Start thread').click();
		await member.getByRole('listitem').getByText('The papers have arrived.').waitFor();

		const portal = await scene.signIn(CLIENT, new URL(member.url()).hash.slice(1));
		await portal.getByText('The papers have arrived.').waitFor();
		await member.getByRole('textbox', { name: 'Message' }).fill('Please come on Monday.');
		await button(member, 'Send message').click();
		await portal.getByRole('listitem').getByText('Please come on Monday.').waitFor();
		await portal.getByRole('textbox', { name: 'Message' }).fill('I will be there.');
		await button(portal, 'Send message').click();
		await member.getByRole('listitem').getByText('I will be there.').waitFor();
		expect(scene.complaints()).toEqual([]);
	});
});
