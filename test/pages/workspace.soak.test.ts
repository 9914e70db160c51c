import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { openPagesScene, type PagesScene } from './scene.ts';

const MEMBER = 'member@northgate.example';
const OWNER = 'owner@northgate.example';
const CLIENT = 'client@northgate.example';

describeInChromium('a day in the workspace', () => {
	let scene: PagesScene;
	/** The client that the portal's demo person belongs to. */
	let client: string;
	beforeAll(async () => {
		scene = await openPagesScene();
		const { data } = await scene.api.ask(scene.tokens[CLIENT] ?? '', '{ viewer { client { name } } }');
		client = data.viewer.client.name;
	});
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });
	const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

	it('a note is written, and the person who saves second keeps what they typed', async () => {
		const member = await scene.signIn(MEMBER, '/notes');
		await member.getByRole('link', { name: 'New note' }).click();
		await member.getByLabel('Title').fill('Call with the court');
		await member.getByLabel('Text').fill('They want the file by Friday.');
		await button(member, 'Save note').click();
		await heading(member, 'Call with the court').waitFor();
		const at = new URL(member.url()).hash.slice(1);

		const owner = await scene.signIn(OWNER, `${at}/edit`);
		await owner.getByLabel('Text').fill('They want the file by Thursday.');
		await member.getByRole('link', { name: 'Edit', exact: true }).click();
		await member.getByLabel('Text').fill('They want the file by noon.');
		await button(member, 'Save note').click();
		await member.getByRole('article').getByText('by noon').waitFor();

		await button(owner, 'Save note').or(button(owner, 'Replace with mine')).click();
		const changed = owner.getByRole('alert').filter({ hasText: 'Changed meanwhile.' });
		await changed.getByText('They want the file by noon.').waitFor();
		expect(await owner.getByLabel('Text').inputValue()).toBe('They want the file by Thursday.');
		await button(owner, 'Replace with mine').click();
		await owner.getByRole('article').getByText('by Thursday').waitFor();
		await member.getByRole('article').getByText('by Thursday').waitFor();
		expect(scene.complaints()).toEqual([]);
	});

	it('two people of the firm write in a thread, and comment on it', async () => {
		const member = await scene.signIn(MEMBER, '/threads/new');
		await member.getByLabel('Subject').fill('Hearing');
		await member.getByLabel('Message').fill('It is on the ninth.');
		await button(member, 'Start thread').click();
		await member.getByRole('listitem').getByText('It is on the ninth.').waitFor();

		const owner = await scene.signIn(OWNER, new URL(member.url()).hash.slice(1));
		await owner.getByRole('listitem').getByText('It is on the ninth.').waitFor();
		await owner.getByRole('textbox', { name: 'Message' }).fill('Then I come along.');
		await button(owner, 'Send message').click();
		await member.getByRole('listitem').getByText('Then I come along.').waitFor();
		await button(member, 'Comments').first().click();
		const comments = member.getByRole('region', { name: /^Comments/ });
		await comments.getByLabel('Write a comment').fill('Who drives?');
		await button(comments, 'Add comment').click();
		await comments.getByRole('listitem').getByText('Who drives?').waitFor();
		expect(scene.complaints()).toEqual([]);
	});

	it('a document is uploaded, looked at, downloaded and shared', async () => {
		const text = 'First line\nSecond line\n';
		const portal = await scene.signIn(CLIENT, '/documents');
		const member = await scene.signIn(MEMBER, '/documents');
		await member
			.locator('input[type=file]')
			.setInputFiles({ name: 'agreement.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });
		const dialog = member.getByRole('dialog', { name: 'Upload this file' });
		await dialog.getByLabel('Description').fill('As agreed on the phone');
		await button(dialog, 'Upload').click();
		await member.getByText(/^Uploaded, /).waitFor();
		await member.getByRole('link', { name: 'agreement.txt' }).first().click();
		await heading(member, 'agreement.txt').waitFor();
		await member.getByText('As agreed on the phone').waitFor();

		await button(member, 'Preview').click();
		await member.getByRole('region', { name: 'Text of the file' }).getByText('Second line').waitFor();
		const coming = member.waitForEvent('download');
		await button(member, 'Download').click();
		const download = await coming;
		expect(download.suggestedFilename()).toBe('agreement.txt');
		expect(await readFile(await download.path(), 'utf8')).toBe(text);

		expect(await portal.getByRole('link', { name: 'agreement.txt' }).count()).toBe(0);
		await button(member, 'Share with a client').click();
		const sharing = member.getByRole('dialog', { name: 'Share this document' });
		await sharing.getByLabel('Client').selectOption({ label: client });
		await button(sharing, 'Share').click();
		await member
			.getByText('Shared with', { exact: false })
			.filter({ hasText: `${client}.` })
			.first()
			.waitFor();
		// Without a reload.
		await portal.getByRole('link', { name: 'agreement.txt' }).click();
		await button(portal, 'Preview').click();
		await portal.getByRole('region', { name: 'Text of the file' }).getByText('First line').waitFor();

		await button(member.getByRole('region', { name: 'Shared with clients' }), `Stop sharing ${client}`).click();
		await button(member.getByRole('dialog'), 'Stop sharing').click();
		await member.getByText('Only people of your firm can see this document.').waitFor();
		await heading(portal, 'This document is not here').waitFor();
		expect(scene.complaints()).toEqual([]);
	});

	it('a colleague is invited by a link that is shown once', async () => {
		const owner = await scene.signIn(OWNER, '/members');
		await button(owner, 'Invite a person').click();
		const dialog = owner.getByRole('dialog', { name: 'Invite a person' });
		await dialog.getByLabel('Name').fill('Ada New');
		await dialog.getByLabel('E-mail address').fill('ada@northgate.example');
		await button(dialog, 'Make the link').click();
		const shown = owner.getByRole('dialog', { name: 'The link of the invitation' });
		const link = await shown.getByLabel('Link').inputValue();
		expect(link).toMatch(/^http:\/\/[^/]+\/#invitation=[\w-]{20,}$/);
		owner.once('dialog', (question) => void question.accept());
		await button(shown, 'Done').click();
		await owner.getByRole('row').filter({ hasText: 'ada@northgate.example' }).waitFor();
		await owner.reload();
		await owner.getByRole('row').filter({ hasText: 'ada@northgate.example' }).waitFor();
		expect(await owner.content()).not.toContain(link.split('=')[1]);
		expect(scene.complaints()).toEqual([]);
	});

	it('an invoice is written with its items, and adds up', async () => {
		const member = await scene.signIn(MEMBER, '/invoices/new');
		await member.getByLabel('Number').fill('2026-0815');
		await member.getByLabel('Client').selectOption({ label: client });
		await member.getByLabel('Currency').fill('EUR');
		await member.getByLabel('Description of line 1').fill('Advice');
		await member.getByLabel('Quantity of line 1').fill('1.5');
		await member.getByLabel('Price of line 1').fill('210.10');
		await button(member, 'Add a line').click();
		await member.getByLabel('Description of line 2').fill('Copies');
		await member.getByLabel('Quantity of line 2').fill('3');
		await member.getByLabel('Price of line 2').fill('0.1');
		await member.getByText('Sum of the lines: €315.45').waitFor();
		await button(member, 'Use as the total').click();
		await button(member, 'Save as a draft').click();
		await member.getByRole('table', { name: 'Line items' }).getByRole('row').filter({ hasText: 'Copies' }).waitFor();
		await member.locator('dd').filter({ hasText: '€315.45' }).first().waitFor();
		expect(await member.getByRole('heading', { level: 1 }).textContent()).toContain('2026-0815');
		expect(scene.complaints()).toEqual([]);
	});
});
