import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { expectAccessible, expectToFit, openPagesScene, type PagesScene, untilShown } from './scene.ts';

const MEMBER = 'member@northgate.example';
const OWNER = 'owner@northgate.example';
const CLIENT = 'client@northgate.example';

/** What someone stumbled over who had never seen the workspace. */
describeInChromium('the workspace, to someone who sees it for the first time', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });
	const places = (page: Page) => page.getByRole('navigation', { name: 'Screens' });

	it('a screen begins at its top, and a narrow one shows where one is', async () => {
		const page = await scene.signIn(OWNER, '/notes');
		await untilShown(page);
		await page.getByRole('table', { name: 'Notes' }).getByRole('row').last().scrollIntoViewIfNeeded();
		expect(await page.evaluate<number>('scrollY')).toBeGreaterThan(100);
		await page.setViewportSize({ width: 320, height: 640 });
		await page.evaluate("location.hash = '#/settings'");
		await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
		expect(await page.evaluate<number>('scrollY')).toBe(0);
		const box = await places(page).getByRole('link', { name: 'Settings' }).boundingBox();
		expect(box?.x).toBeGreaterThanOrEqual(0);
		expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(320);
		await expectToFit(page);
		expect(scene.complaints()).toEqual([]);
	});

	it('a client finds what is new under the same words', async () => {
		const page = await scene.signIn(CLIENT);
		await page.getByRole('heading', { level: 1, name: 'What is new' }).waitFor();
		await places(page).getByRole('link', { name: 'What is new' }).waitFor();
		expect(await places(page).getByText('What needs me').count()).toBe(0);
	});

	it('the settings say what each key is for, and count nothing that no one needs', async () => {
		const page = await scene.signIn(OWNER, '/settings');
		const keys = page.getByRole('table', { name: 'Versions of your firm’s keys' });
		await keys.getByRole('row').filter({ hasText: 'Roles and sharing' }).getByText('In use', { exact: true }).waitFor();
		expect(await keys.getByRole('columnheader').allInnerTexts()).toEqual([
			'Keys of',
			'Version',
			'State',
			'Made',
			'New version',
		]);
		expect(scene.complaints()).toEqual([]);
	});

	it('an invoice without a stated total has the sum of its lines, in the currency of the last', async () => {
		const page = await scene.signIn(MEMBER, '/invoices/new');
		await expect.poll(() => page.getByLabel('Currency').inputValue()).toBe('GBP');
		await page.getByLabel('Number').fill('2026-0900');
		await page.getByLabel('Description of line 1').fill('Advice');
		await button(page, 'Save as a draft').click();
		await page.getByRole('alert').getByText('Write the total:', { exact: false }).waitFor();
		await page.getByLabel('Quantity of line 1').fill('2.5');
		await page.getByLabel('Price of line 1').fill('180');
		await button(page, 'Save as a draft').click();
		await page.getByRole('heading', { level: 1, name: 'Invoice 2026-0900' }).waitFor();
		expect(await page.locator('dt', { hasText: 'Total' }).locator('+ dd').textContent()).toBe('£450.00');
		expect(scene.complaints()).toEqual([]);
	});

	it('what the platform can read is said where it is written', async () => {
		const page = await scene.signIn(MEMBER, '/documents');
		await page
			.locator('input[type=file]')
			.setInputFiles({ name: 'divorce-of-ms-webb.txt', mimeType: 'text/plain', buffer: Buffer.from('text') });
		const dialog = page.getByRole('dialog', { name: 'Upload this file' });
		await dialog.getByText('Its name is not: the platform can read it.', { exact: false }).waitFor();
		await button(dialog, 'Cancel').click();
		await page.evaluate("location.hash = '#/clients'");
		await button(page, 'New client').click();
		await page.getByRole('dialog').getByText('The platform can read names and addresses of clients.').waitFor();
		// It is true: an operator reads both without a lease.
		const { data } = await scene.api.ask(
			scene.tokens['operator@platform.example'] ?? '',
			'query($firm: ID!) { clients(firmId: $firm, first: 1) { nodes { name email } } }',
			{ firm: await firmOf(scene) },
		);
		expect(data?.clients.nodes[0]?.email).toContain('@clients.example');
	});

	it('a long name or title pushes nothing out of sight', { timeout: 120_000 }, async () => {
		const name = 'Bartholomew-Featherstonehaugh & Wolfeschlegelsteinhausenbergerdorff International Partnership';
		const link =
			'https://intranet.northgate.example/matters/2026/0001/correspondence/re_fwd_re_your_letter_of_the_14th';
		const write = async (query: string) => {
			const { data, text } = await scene.api.ask(scene.tokens[MEMBER] ?? '', query);
			if (!data) throw new Error(text);
			return data;
		};
		const { createClient } = await write(`mutation { createClient(input: { name: "${name}" }) { client { id } } }`);
		const about = `clientId: "${createClient.client.id}"`;
		await write(`mutation { createNote(input: { title: "${link}", body: "" }) { note { id } } }`);
		await write(
			`mutation { createTimeEntry(input: { description: "${link}", minutes: 9, startedAt: "${new Date().toISOString()}", ${about} }) { timeEntry { id } } }`,
		);
		const { createInvoice } = await write(
			`mutation { createInvoice(input: { number: "NORTHGATE-2026-000000000000000123-AMENDED", currency: "EUR", ${about}, total: "123456.99",
				lineItems: [{ description: "${link}", quantity: "1", unitAmount: "1" }] }) { invoice { id } } }`,
		);
		const page = await scene.signIn(MEMBER);
		for (const [at, shown] of [
			['/notes', link],
			['/time', link],
			['/clients', name],
			['/invoices', name],
			[`/invoices/${createInvoice.invoice.id}`, link],
		] as const) {
			for (const width of [320, 768, 1280]) {
				await page.setViewportSize({ width, height: 900 });
				await page.goto(`${scene.api.url}/#${at}`);
				await page.getByText(shown, { exact: true }).first().waitFor();
				const cut = await page.evaluate<number>(
					"[...document.querySelectorAll('main .table, main dl')].filter((each) => each.scrollWidth > each.clientWidth || [...each.children].some((part) => part.getBoundingClientRect().left < 0)).length",
				);
				expect([at, width, cut]).toEqual([at, width, 0]);
				await expectToFit(page);
			}
		}
		await page.setViewportSize({ width: 320, height: 900 });
		await page.goto(`${scene.api.url}/#/time`);
		await button(page, 'New entry').click();
		const form = page.getByRole('dialog');
		await form.getByLabel('Began at').waitFor();
		expect(
			await page.evaluate<number>(
				"document.querySelector('dialog').scrollWidth - document.querySelector('dialog').clientWidth",
			),
		).toBeLessThanOrEqual(0);
		expect(scene.complaints()).toEqual([]);
	});

	it('sharing with a client for whom no one signs in says so', async () => {
		const page = await scene.signIn(OWNER, '/threads/new');
		await page.getByLabel('About client').selectOption({ label: 'Miriam Webb' });
		await page.getByLabel('Message').fill('Please sign by Friday.');
		await button(page, 'Start thread').click();
		await button(page, 'Share with a client').click();
		const dialog = page.getByRole('dialog', { name: 'Share this thread' });
		// The client that it is about is proposed.
		await dialog.getByText('No one signs in for Miriam Webb yet', { exact: false }).waitFor();
		await expectAccessible(page);
		const choice = dialog.getByLabel('Client');
		const withPeople = await clientOfPortal(scene);
		await choice.selectOption({ label: withPeople });
		await dialog.getByText(`Everyone who signs in for ${withPeople}`, { exact: false }).waitFor();
		await dialog.getByText('No one signs in', { exact: false }).waitFor({ state: 'detached' });
		await choice.selectOption({ label: 'Miriam Webb' });
		await button(dialog, 'Share').click();
		await page.getByRole('region', { name: 'Shared with clients' }).getByText('No one signs in for them yet').waitFor();
		expect(scene.complaints()).toEqual([]);
	});
});

async function firmOf({ api, tokens }: PagesScene): Promise<string> {
	const { data } = await api.ask(tokens[OWNER] ?? '', '{ viewer { firm { id } } }');
	return data.viewer.firm.id;
}

async function clientOfPortal({ api, tokens }: PagesScene): Promise<string> {
	const { data } = await api.ask(tokens[CLIENT] ?? '', '{ viewer { client { name } } }');
	return data.viewer.client.name;
}
