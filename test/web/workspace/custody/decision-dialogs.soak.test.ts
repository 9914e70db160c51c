import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ANNA } from '../../../client/vault/firm.ts';
import { keyboardOf } from '../../../pages/keyboard.ts';
import { expectAccessible, expectToFit } from '../../../pages/scene.ts';
import { describeInChromium } from '../../../support/chromium.ts';
import { agreementsOf, CustodyPages, changeProposals, showDevice, stepTime, tell } from './custody-page.ts';

const HOUR = 3_600_000;
const OTHER = { body: '{"class":"NOTE","custody":"PLATFORM"}' };

const button = (at: Page | Locator, name: string | RegExp) => at.getByRole('button', { name, exact: true });
const dialogOf = (page: Page) => page.getByRole('dialog');
const waitingOf = (page: Page) => page.getByRole('region', { name: 'Decisions that wait' });
const noteOf = (page: Page) => waitingOf(page).getByRole('alert');

describeInChromium('dialogs of decisions', () => {
	let pages: CustodyPages;
	beforeAll(async () => {
		pages = await CustodyPages.open();
	});
	afterEach(() => expect(pages.complaints.splice(0)).toEqual([]));
	afterAll(() => pages.close());

	/** Anna proposes; the page shows the firm by Bert’s device. */
	async function showProposed(): Promise<Page> {
		const page = await pages.show('openTwoOwners', 'anna');
		await button(page, 'Put into the firm’s custody Documents and files').click();
		await button(dialogOf(page), 'Ask another owner').click();
		await button(dialogOf(page), 'Close').click();
		await showDevice(page, 'bert');
		await button(waitingOf(page), 'Agree').waitFor();
		return page;
	}

	/** The dialog closes, says why, and the focus is there. */
	async function expectClosed(page: Page, why: string): Promise<void> {
		await noteOf(page).getByText(why, { exact: false }).waitFor();
		await noteOf(page).and(page.locator(':focus')).waitFor();
		expect(await dialogOf(page).count()).toBe(0);
		await expectAccessible(page);
	}

	it('an open dialog closes when the service exchanges the decision under its id, and nothing is signed', async () => {
		const page = await showProposed();
		for (const name of ['Agree', 'Refuse']) {
			await changeProposals(page, { body: '{"class":"DOCUMENT","custody":"FIRM"}' });
			await tell(page);
			await waitingOf(page).getByText('class DOCUMENT', { exact: false }).waitFor();
			const keyboard = keyboardOf(page);
			await keyboard.press(button(waitingOf(page), name));
			await dialogOf(page).waitFor();
			await changeProposals(page, OTHER);
			await tell(page);
			await expectClosed(page, 'has changed while you had it open');
			await keyboard.isSomewhere();
		}
		expect(await agreementsOf(page)).toEqual([null]);
		await button(noteOf(page), 'Close').click();
		await noteOf(page).waitFor({ state: 'detached' });
	});

	it('a decision that was exchanged without a word is read again before it is signed', async () => {
		const page = await showProposed();
		await button(waitingOf(page), 'Agree').click();
		await changeProposals(page, OTHER);
		await button(dialogOf(page), 'Agree').click();
		await expectClosed(page, 'has changed while you had it open');
		expect(await agreementsOf(page)).toEqual([null]);
	});

	it('a dialog of the owner who completes closes when the agreement is gone', async () => {
		const page = await showProposed();
		await button(waitingOf(page), 'Agree').click();
		await button(dialogOf(page), 'Agree').click();
		await waitingOf(page).getByText('Another owner has agreed.').waitFor();
		await showDevice(page, 'anna');
		await button(waitingOf(page), 'Complete it').click();
		await changeProposals(page, { agreement: null });
		await tell(page);
		await expectClosed(page, 'stands otherwise now');
	});

	it('an open dialog closes when the service names another owner as the one who proposes', async () => {
		const page = await showProposed();
		await button(waitingOf(page), 'Agree').click();
		await changeProposals(page, { person: '0190a3c4-0000-7000-8000-00000000aaaa' });
		await tell(page);
		await expectClosed(page, 'has changed while you had it open');
	});

	it('who agrees reads the whole decision, who proposes it, and how long the agreement holds', async () => {
		const page = await showProposed();
		await button(waitingOf(page), 'Agree').click();
		const dialog = dialogOf(page);
		await dialog.getByText('class DOCUMENT', { exact: false }).first().waitFor();
		await dialog.getByText('Documents and files (DOCUMENT)').waitFor();
		await dialog.getByText('Your firm (FIRM)').waitFor();
		await dialog.getByText(ANNA).waitFor();
		await dialog.getByText('The service says so', { exact: false }).waitFor();
		await dialog.getByText('You cannot take an agreement back', { exact: false }).waitFor();
		await page.setViewportSize({ width: 360, height: 740 });
		await expectToFit(page);
		await expectAccessible(page);
	});

	it('an announced decision says since when, and is completed after 72 hours and not before', async () => {
		const page = await pages.show('openOneOwner', 'anna');
		await button(page, /^Make an owner/).click();
		await button(dialogOf(page), 'Announce it').click();
		await button(dialogOf(page), 'Close').click();
		const notices = page.getByRole('region', { name: 'Announced by an owner alone' });
		const dialog = dialogOf(page);
		const keyboard = keyboardOf(page);
		await keyboard.press(button(notices, 'Complete it'));
		const complete = button(dialog, 'Complete it');
		await expectAccessible(page);
		expect(await complete.getAttribute('aria-disabled')).toBe('true');
		await keyboard.press(complete);
		await dialog.getByText('hours, in which your other devices can end it, are over on', { exact: false }).waitFor();
		expect(await dialog.locator('time').count()).toBe(2);
		await keyboard.key('Escape');
		await keyboard.hasFocus(button(notices, 'Complete it'));
		await stepTime(page, 72 * HOUR + 1);
		await keyboard.press(button(notices, 'Complete it'));
		await dialog.getByText('over since', { exact: false }).waitFor();
		await keyboard.press(complete);
		await dialog.waitFor({ state: 'detached' });
		await keyboard.isSomewhere();
	});
});
