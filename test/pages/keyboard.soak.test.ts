import type { Download, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { type Keyboard, keyboardOf } from './keyboard.ts';
import { openPagesScene, type PagesScene, untilShown } from './scene.ts';

const MEMBER = 'member@northgate.example';
const OWNER = 'owner@northgate.example';
const OPERATOR = 'operator@platform.example';
const APPROVER = 'approver@platform.example';
const AUDITOR = 'auditor@platform.example';
const REASON = 'The owner reports that this note shows no text since the update of Monday.';
const AGREED = 'The owner has called about this note.';
const TICKET = 'SUP-4712';
const BODY = 'The hearing is on the third, at nine.';

describeInChromium('by keyboard alone', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string | RegExp) => page.getByRole('button', { name, exact: true });
	const link = (page: Page | Locator, name: string) => page.getByRole('link', { name, exact: true });
	const heading = (page: Page, name?: string) => page.getByRole('heading', { level: 1, ...(name && { name }) });
	const place = (page: Page, name: string | RegExp) =>
		page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name });

	/** From the page on which a person says who they are. */
	async function enter(email: string, path = '/'): Promise<readonly [Page, Keyboard]> {
		const page = await scene.open(path);
		const keyboard = keyboardOf(page);
		await keyboard.press(page.getByRole('button', { name: email }));
		await untilShown(page);
		return [page, keyboard];
	}

	/** Opens the dialog, finds the focus in it, closes it by Escape, finds the focus where it was, and opens it again. */
	async function openDialog(page: Page, keyboard: Keyboard, opener: Locator): Promise<Locator> {
		const dialog = page.getByRole('dialog');
		await keyboard.press(opener);
		await keyboard.hasFocus(dialog);
		await keyboard.key('Escape');
		await dialog.waitFor({ state: 'hidden' });
		await keyboard.hasFocus(opener);
		await keyboard.key('Enter');
		await keyboard.hasFocus(dialog);
		return dialog;
	}

	it('a member signs in, skips to the content, writes a note and goes on in a long list', {
		timeout: 180_000,
	}, async () => {
		for (let count = 0; count < 30; count++)
			await scene.api.ask(
				scene.tokens[MEMBER] ?? '',
				'mutation($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }',
				{ input: { title: `Note ${count}`, body: 'Text' } },
			);
		const [page, keyboard] = await enter(MEMBER);
		await keyboard.press(button(page, 'Skip to the content'));
		await keyboard.hasFocus(heading(page));
		await keyboard.press(place(page, 'Notes'));
		await keyboard.hasFocus(heading(page, 'Notes'));

		await keyboard.press(link(page, 'New note'));
		await keyboard.hasFocus(page.getByLabel('Title'));
		await keyboard.write(page.getByLabel('Title'), 'Hearing');
		await keyboard.write(page.getByLabel('Text'), BODY);
		await keyboard.press(button(page, 'Save note'));
		await keyboard.hasFocus(heading(page, 'Hearing'));
		await page.getByText(BODY).waitFor();
		const dialog = await openDialog(page, keyboard, button(page, 'Delete note'));
		await keyboard.press(button(dialog, 'Cancel'));
		await keyboard.hasFocus(button(page, 'Delete note'));

		await keyboard.press(place(page, 'Notes'));
		await keyboard.hasFocus(heading(page, 'Notes'));
		const notes = page
			.locator('main')
			.getByRole('link')
			.filter({ hasText: /^(Note \d+|Hearing)/ });
		await notes.first().waitFor();
		const before = await notes.count();
		await keyboard.press(button(page, 'Show more'));
		// Not behind the new ones, where the button is now.
		await keyboard.hasFocus(notes.nth(before));
		expect(scene.complaints()).toEqual([]);
	});

	it('a lease is asked for, agreed to, used and revoked', { timeout: 300_000 }, async () => {
		await scene.api.ask(
			scene.tokens[MEMBER] ?? '',
			'mutation($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }',
			{ input: { title: 'Hearing', body: BODY } },
		);
		const [owner, byOwner] = await enter(OWNER);
		const [approver, byApprover] = await enter(APPROVER, '/operator');
		const [operator, byOperator] = await enter(OPERATOR, '/operator');

		// The operator asks, from the note.
		const openNote = async () => {
			await byOperator.press(place(operator, 'Firms'));
			await byOperator.hasFocus(heading(operator, 'Firms'));
			await byOperator.press(link(operator.locator('main'), 'Northgate Legal').first());
			await byOperator.hasFocus(heading(operator, 'Northgate Legal'));
			await byOperator.press(
				operator.getByRole('navigation', { name: 'Of this firm' }).getByRole('link', { name: 'Notes' }),
			);
			await byOperator.press(operator.getByRole('table', { name: 'Notes' }).getByRole('link').first());
			await operator.getByRole('heading', { name: 'Content' }).waitFor();
			await byOperator.hasFocus(heading(operator));
		};
		await openNote();
		const asking = await openDialog(operator, byOperator, button(operator, 'Ask for a lease').first());
		await byOperator.choose(asking.getByLabel('Purpose'), 'Customer');
		await byOperator.write(asking.getByLabel('Reason'), REASON);
		await byOperator.write(asking.getByLabel('Ticket'), TICKET);
		await byOperator.press(button(asking, 'Send the request'));
		await asking.getByText('Nothing can be read yet.').waitFor();
		await byOperator.hasFocus(asking);
		await byOperator.press(button(asking, 'Close'));
		await byOperator.hasFocus(button(operator, 'Ask for a lease'));

		// The owner reads the request and approves it.
		await byOwner.press(link(owner.getByRole('article').filter({ hasText: TICKET }), 'Look at it and decide'));
		await byOwner.hasFocus(heading(owner, 'Access to your content'));
		await owner.getByText(REASON).first().waitFor();
		const agreeing = await openDialog(owner, byOwner, button(owner, 'Approve'));
		await byOwner.write(agreeing.getByLabel('Your reason (optional)'), AGREED);
		await byOwner.press(button(agreeing, 'Approve exactly this'));
		await owner.getByText('Your firm has approved this request. It waits for the platform.').waitFor();
		await agreeing.waitFor({ state: 'hidden' });
		await byOwner.isSomewhere();

		// So does the approver.
		await byApprover.press(place(approver, /^Leases/));
		await byApprover.hasFocus(heading(approver, 'Leases'));
		await byApprover.press(approver.getByRole('row').filter({ hasText: TICKET }).getByRole('link'));
		await byApprover.hasFocus(heading(approver));
		const platform = await openDialog(approver, byApprover, button(approver, 'Approve …'));
		await byApprover.press(button(platform, 'Approve exactly this request'));
		await byApprover.hasFocus(approver.getByText('You approved the request for the platform.'));

		// The operator activates the lease and opens the note.
		await byOperator.press(place(operator, /^What waits/));
		await byOperator.hasFocus(heading(operator));
		await byOperator.press(button(operator, 'Activate for 30 min'));
		await operator.getByRole('region', { name: 'Lease in use' }).getByText('What you open now is counted').waitFor();
		await byOperator.isSomewhere();
		await openNote();
		await byOperator.press(button(operator, /^Open \d values? under SUP-4712$/));
		await operator.getByText(BODY).waitFor();
		await byOperator.isSomewhere();

		// The owner ends it.
		await owner.getByRole('table', { name: 'What was opened' }).getByText('text of a note').waitFor();
		await byOwner.isSomewhere();
		const ending = await openDialog(owner, byOwner, button(owner, 'Revoke access'));
		await byOwner.press(button(ending, 'Revoke now'));
		await owner.getByText(/^The access is revoked: since .* nothing is opened under it\.$/).waitFor();
		await byOwner.isSomewhere();
		await operator.getByText(BODY).waitFor({ state: 'detached' });
		await byOperator.isSomewhere();
		expect(scene.complaints()).toEqual([]);
	});

	it('an auditor filters the log and reads an entry', { timeout: 180_000 }, async () => {
		const [page, keyboard] = await enter(AUDITOR, '/operator');
		await keyboard.press(button(page, 'Skip to the content'));
		await keyboard.hasFocus(heading(page));
		await keyboard.press(place(page, /^Audit log/));
		await keyboard.hasFocus(heading(page, 'Audit log'));
		const rows = page.getByRole('table').getByRole('rowheader');
		await rows.first().waitFor();
		await keyboard.press(button(page, 'Show more'));
		await keyboard.hasFocus(rows.nth(25));

		await keyboard.choose(page.getByLabel('Decision'), 'Allowed');
		await keyboard.write(page.getByLabel('Action'), 'log.read');
		await keyboard.press(button(page, 'Show entries'));
		await rows.filter({ hasNotText: 'log.read' }).first().waitFor({ state: 'detached' });
		await rows.first().waitFor();
		await keyboard.hasFocus(button(page, 'Show entries'));
		await keyboard.press(rows.first().getByRole('link'));
		await page.waitForURL(/#\/log\/entries\//);
		await keyboard.hasFocus(heading(page));
		expect(scene.complaints()).toEqual([]);
	});

	it('an owner exports the log, and a file that is chosen is verified', { timeout: 180_000 }, async () => {
		const [owner, byOwner] = await enter(OWNER);
		await byOwner.press(place(owner, /^Access/));
		await byOwner.hasFocus(heading(owner, 'Access'));
		await owner.locator('[data-phase=RIGHT]').waitFor();
		const downloads: Download[] = [];
		const both = new Promise<void>((resolve) => {
			owner.on('download', (download) => {
				if (downloads.push(download) === 2) resolve();
			});
		});
		await byOwner.press(button(owner, 'Export the log with its proofs'));
		await both;
		const files = await Promise.all(
			downloads.map(async (download) => {
				const path = `${await download.path()}-${download.suggestedFilename()}`;
				await download.saveAs(path);
				return path;
			}),
		);
		await byOwner.hasFocus(button(owner, 'Export the log with its proofs'));

		const page = await scene.open('/verify');
		const keyboard = keyboardOf(page);
		const coming = page.waitForEvent('filechooser');
		await keyboard.press(button(page, 'Choose files'));
		await (await coming).setFiles(files);
		const verdict = page.getByRole('region', { name: 'Verdict' }).getByRole('heading').first();
		await keyboard.hasFocus(verdict);
		expect(await verdict.textContent()).toMatch(/complete|whole|right/i);
		await keyboard.press(button(page, 'Begin again'));
		await keyboard.hasFocus(button(page, 'Choose files'));
		expect(scene.complaints()).toEqual([]);
	});
});
