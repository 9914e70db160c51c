import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { openPagesScene, type PagesScene, untilShown } from './scene.ts';

const MEMBER = 'member@northgate.example';
const OWNER = 'owner@northgate.example';
const OPERATOR = 'operator@platform.example';
const APPROVER = 'approver@platform.example';

/** An override of direction, a blank without width, and a control character. */
const HIDDEN = '\u202E\u200B\u0007';
/** What people write, wherever an answer has it. The API refuses such characters in most of these: the pages do not rely on that. */
const OF_PEOPLE = new Set(['name', 'email', 'ticket', 'reason', 'title', 'subject', 'description', 'changeSummary']);

describeInChromium('hidden characters in names, reasons, tickets and files', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	const ask = async (email: string, query: string, variables: Record<string, unknown> = {}) => {
		const { data, text } = await scene.api.ask(scene.tokens[email] ?? '', query, variables);
		if (!data) throw new Error(text);
		return data;
	};

	/** From here on, each text of a person that the API answers has hidden characters in its middle. */
	const spoil = (page: Page) =>
		page.route('**/graphql', async (route) => {
			const response = await route.fetch();
			const answer = JSON.parse(await response.text(), (key, value: unknown) =>
				OF_PEOPLE.has(key) && typeof value === 'string' ? value.slice(0, 2) + HIDDEN + value.slice(2) : value,
			);
			await route.fulfill({ response, json: answer });
		});

	/** Where a reader, or a screen reader, meets a hidden character: the title, text, options and attributes. What is typed in fields is not shown so. */
	const hiddenIn = (page: Page) =>
		page.evaluate<string[]>(`(() => {
			const hidden = /[\\u202E\\u200B\\u0007]/;
			const found = hidden.test(document.title) ? ['title: ' + document.title] : [];
			for (const element of document.querySelectorAll('body, body *')) {
				for (const { name, value } of element.attributes)
					if (name !== 'value' && hidden.test(value)) found.push('<' + element.localName + ' ' + name + '> ' + value);
				if (element.localName === 'textarea') continue;
				for (const node of element.childNodes)
					if (node.nodeType === 3 && hidden.test(node.data)) found.push('<' + element.localName + '> ' + node.data);
			}
			return found;
		})()`);

	async function expectShown(page: Page, where: string): Promise<void> {
		await untilShown(page);
		expect(await hiddenIn(page), where).toEqual([]);
	}

	/** Looks at each of the screens, and at the first thing that it lists. */
	async function walk(page: Page, paths: readonly string[]): Promise<void> {
		for (const path of paths) {
			await page.evaluate(`location.hash = '#${path}'`);
			await expectShown(page, path);
			const first = page.locator('main table a, main article a, main ul a').first();
			if ((await first.count()) === 0) continue;
			await first.click();
			await expectShown(page, `the first of ${path}`);
		}
	}

	/** A request for a lease, so that there are a reason and a ticket. */
	async function request(): Promise<string> {
		const { createNote } = await ask(
			MEMBER,
			'mutation($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }',
			{ input: { title: 'For a lease', body: 'x' } },
		);
		const { viewer } = await ask(MEMBER, '{ viewer { firm { id } } }');
		const { requestBreakGlass } = await ask(
			OPERATOR,
			'mutation($input: RequestBreakGlassInput!) { requestBreakGlass(input: $input) { lease { id } } }',
			{
				input: {
					firmId: viewer.firm.id,
					purpose: 'CUSTOMER_SUPPORT',
					reason: 'The owner cannot open this note since Monday.',
					ticket: 'SUP-9',
					classes: ['NOTE'],
					recordIds: [createNote.note.id],
					readBudget: 5,
					minutes: 30,
				},
			},
		);
		return requestBreakGlass.lease.id;
	}

	it('are shown on each screen of both apps, in titles, options, labels and dialogs too', {
		timeout: 240_000,
	}, async () => {
		const lease = await request();
		const owner = await scene.signIn(OWNER);
		await spoil(owner);
		await owner.reload();
		await owner.getByText('U+202E').first().waitFor();
		await walk(owner, ['/', '/notes', '/threads', '/documents', '/invoices', '/time', '/clients', '/members']);
		await walk(owner, ['/access', `/access/${lease}`, '/access/report', '/settings', '/account', '/invoices/new']);
		await owner.evaluate(`location.hash = '#/threads/new'`);
		await owner.locator('option', { hasText: 'U+202E' }).first().waitFor({ state: 'attached' });
		await expectShown(owner, 'a new thread');
		await owner.evaluate(`location.hash = '#/members'`);
		await owner
			.getByRole('button', { name: /^Change .*U\+202E/ })
			.first()
			.click();
		await owner.getByRole('dialog').waitFor();
		await expectShown(owner, 'the dialog of a member');
		expect(scene.complaints()).toEqual([]);

		for (const email of [OPERATOR, APPROVER]) {
			const page = await scene.signIn(email);
			await spoil(page);
			await page.reload();
			await page.getByText('U+202E').first().waitFor();
			await walk(page, ['/', '/leases', `/leases/${lease}`, '/alerts', '/jobs', '/firms']);
			if (email === APPROVER) continue;
			const tabs = page.getByRole('navigation', { name: 'Of this firm' }).getByRole('link');
			const count = await tabs.count();
			expect(count).toBeGreaterThan(5);
			for (let nth = 0; nth < count; nth++) {
				await tabs.nth(nth).click();
				await expectShown(page, `tab ${nth} of the firm`);
			}
			expect(scene.complaints()).toEqual([]);
		}
	});

	it('of a file’s name do not reach the document, the list, the title, or the disk', async () => {
		const page = await scene.signIn(MEMBER, '/documents');
		await page
			.locator('input[type=file]')
			.setInputFiles({ name: 'invoice \u202Efdp.exe', mimeType: 'text/plain', buffer: Buffer.from('x') });
		const dialog = page.getByRole('dialog');
		await dialog.getByText('invoice U+202Efdp.exe').waitFor();
		await expectShown(page, 'the dialog of the upload');
		await dialog.getByRole('button', { name: 'Upload', exact: true }).click();
		await page.locator('li[data-state=DONE]').getByRole('link', { name: 'invoice _fdp.exe' }).click();
		await page.getByRole('heading', { level: 1, name: 'invoice _fdp.exe' }).waitFor();
		await expectShown(page, 'the document');
		expect(await page.title()).toBe('invoice _fdp.exe · Firmseal');
		const coming = page.waitForEvent('download');
		await page.getByRole('button', { name: 'Download', exact: true }).click();
		expect((await coming).suggestedFilename()).toBe('invoice _fdp.exe');
		expect(scene.complaints()).toEqual([]);
	});
});
