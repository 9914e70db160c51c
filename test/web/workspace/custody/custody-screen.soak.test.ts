import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { keyboardOf } from '../../../pages/keyboard.ts';
import { expectAccessible, expectToFit } from '../../../pages/scene.ts';
import { describeInChromium } from '../../../support/chromium.ts';
import { CustodyPages, showDevice, showRequests, stepTime, tell } from './custody-page.ts';

const DAY = 86_400_000;

const button = (at: Page | Locator, name: string | RegExp) => at.getByRole('button', { name, exact: true });
const dialogOf = (page: Page) => page.getByRole('dialog');
const rowOf = (page: Page, content: string) => page.getByRole('row', { name: content });
const textOf = async (at: Locator) => (await at.textContent()) ?? '';

describeInChromium('the screen on custody', () => {
	let pages: CustodyPages;
	beforeAll(async () => {
		pages = await CustodyPages.open();
	});
	afterEach(() => expect(pages.complaints.splice(0)).toEqual([]));
	afterAll(() => pages.close());

	/** Makes a code, writes it down and types it back. Returns it. */
	async function prepareCode(page: Page): Promise<string> {
		await button(page, 'Prepare recovery').click();
		const dialog = dialogOf(page);
		await button(dialog, 'Go on').click();
		const code = (await textOf(dialog.locator('.recovery-code'))).trim();
		await expectAccessible(page);
		expect((await page.pdf()).toString('latin1').match(/\/Type \/Page\b/g)).toHaveLength(1);
		await button(dialog, 'I have written it down').click();
		expect(await textOf(dialog)).not.toContain(code);
		await dialog
			.getByLabel('Recovery code', { exact: true })
			.fill(code.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')));
		await button(dialog, 'Check the code').click();
		await dialog.getByRole('alert').waitFor();
		expect(await button(dialog, 'Finish').count()).toBe(0);
		await dialog.getByLabel('Recovery code', { exact: true }).fill(code.toLowerCase().replaceAll('-', ' '));
		await button(dialog, 'Check the code').click();
		await button(dialog, 'Finish').click();
		await button(dialog, 'Close').click();
		await page.getByText('A recovery code, which you wrote down.').waitFor();
		return code;
	}

	it('an only owner takes content into custody by a code, or after a notice, and comes back by the code when all is lost', async () => {
		const page = await pages.show('openOneOwner', 'anna');
		const code = await prepareCode(page);

		await button(rowOf(page, 'Notes'), 'Put into the firm’s custody Notes').click();
		const dialog = dialogOf(page);
		await dialog.getByText('the platform can no longer read', { exact: false }).waitFor();
		await dialog.getByLabel('Recovery code', { exact: true }).fill('0'.repeat(32));
		await button(dialog, 'Put into the firm’s custody').click();
		await dialog.getByRole('alert').waitFor();
		await expectAccessible(page);
		await dialog.getByLabel('Recovery code', { exact: true }).fill(code);
		await button(dialog, 'Put into the firm’s custody').click();
		await rowOf(page, 'Notes').getByText('Your firm', { exact: true }).waitFor();
		expect(await rowOf(page, 'Notes').getByRole('button').count()).toBe(0);

		await button(page, 'Put into the firm’s custody Documents and files').click();
		await dialog.getByLabel(/^By a notice/).check();
		await button(dialog, 'Announce it').click();
		await button(dialog, 'Close').click();
		const notices = page.getByRole('region', { name: 'Announced by an owner alone' });
		await notices.getByText('Content of the class DOCUMENT is to be opened by devices of the firm only.').waitFor();
		await stepTime(page, 3 * DAY + 1);
		await showDevice(page, 'phone');
		await notices.getByText('and it can count from').waitFor();
		await showDevice(page, 'anna');
		await button(notices, 'Complete it').click();
		await button(dialog, 'Complete it').click();
		await rowOf(page, 'Documents and files').getByText('Your firm', { exact: true }).waitFor();

		await showDevice(page, 'lost');
		await page.getByLabel('Recovery code', { exact: true }).fill('0'.repeat(32));
		await button(page, 'Recover').click();
		await page.getByRole('alert').waitFor();
		await expectAccessible(page);
		await page.getByLabel('Recovery code', { exact: true }).fill(code);
		await button(page, 'Recover').click();
		const question = page.getByRole('form', { name: 'Is this your firm?' });
		await question.getByText('Anna Berger, owner, 1 device').waitFor();
		expect(await textOf(question)).toContain('U+202E');
		await expectAccessible(page);
		await button(question, 'Yes, this is my firm').click();
		await page.getByText('You have no way of recovery yet.').waitFor();
	});

	it('two owners decide: the second one reads what their own device says of it', async () => {
		const page = await pages.show('openTwoOwners', 'anna');
		const dialog = dialogOf(page);
		await button(page, 'Put into the firm’s custody Documents and files').click();
		await button(dialog, 'Ask another owner').click();
		await button(dialog, 'Close').click();
		const waiting = page.getByRole('region', { name: 'Decisions that wait' });
		await waiting.getByText('No other owner has agreed yet.').waitFor();
		expect(await button(waiting, 'Agree').count()).toBe(0);

		await showDevice(page, 'bert');
		await button(waiting, 'Agree').click();
		await dialog.getByText('Content of the class DOCUMENT is to be opened by devices of the firm only.').waitFor();
		await expectAccessible(page);
		await button(dialog, 'Agree').click();
		await waiting.getByText('Another owner has agreed.').waitFor();

		await showDevice(page, 'anna');
		await button(waiting, 'Complete it').click();
		await button(dialog, 'Complete it').click();
		await rowOf(page, 'Documents and files').getByText('Your firm', { exact: true }).waitFor();
		expect(await waiting.count()).toBe(0);
	});

	it('an owner comes back by shares of two others, each of whom compares a code', async () => {
		const page = await pages.show('openThreeOwners', 'anna');
		const dialog = dialogOf(page);
		await button(page, 'Replace the ways of recovery').click();
		await dialog.getByLabel(/^A recovery code/).uncheck();
		await button(dialog, 'Go on').click();
		await dialog.getByRole('alert').getByText('Choose a code, shares, or both.').waitFor();
		await dialog.getByLabel(/^Shares that other owners hold/).check();
		await expectAccessible(page);
		await button(dialog, 'Go on').click();
		await dialog.getByText('Keep the page open', { exact: false }).waitFor();
		await button(dialog, 'Finish').click();
		await button(dialog, 'Close').click();
		const waiting = page.getByRole('region', { name: 'Decisions that wait' });
		await showDevice(page, 'bert');
		await button(waiting, 'Agree').click();
		await button(dialog, 'Agree').click();
		await waiting.getByText('Another owner has agreed.').waitFor();
		await showDevice(page, 'anna');
		await button(waiting, 'Complete it').click();
		await button(dialog, 'Complete it').click();
		await page.getByText('Shares of a recovery key, which other owners hold.').waitFor();

		await showDevice(page, 'lost');
		for (const [holder, label, released] of [
			['bert', 'Ask the first owner', 'One owner has released a share.'],
			['cara', 'Ask the next owner', '2 owners have released a share.'],
		] as const) {
			await showRequests(page, holder);
			await button(page, label).click();
			await page.getByText('answer this request', { exact: false }).waitFor();
			await tell(page);
			await button(page, 'Answer').click();
			await dialog.getByLabel('Person').selectOption({ label: 'Anna Berger' });
			await button(dialog, 'Show the code').click();
			await dialog.getByText('Waiting for the new device …').waitFor();
			await tell(page);
			await page.locator('#app .joining-code').waitFor();
			await tell(page);
			const code = await textOf(dialog.locator('.joining-code'));
			expect(await textOf(page.locator('#app .joining-code'))).toBe(code);
			await button(dialog, 'The codes are the same').click();
			await dialog.getByRole('alert').getByText('mark that first', { exact: false }).waitFor();
			await dialog.getByLabel(/^They have lost all their devices/).check();
			await expectAccessible(page);
			await button(dialog, 'The codes are the same').click();
			await dialog.waitFor({ state: 'detached' });
			await button(page, 'The codes are the same').click();
			await page.getByText(released).waitFor();
		}
		await button(page, 'Recover with these shares').click();
		const question = page.getByRole('form', { name: 'Is this your firm?' });
		await question.getByText('Anna Berger, owner, 1 device').waitFor();
		await button(question, 'Yes, this is my firm').click();
		await page.getByText('You have no way of recovery yet.').waitFor();
	});

	it('a hostile name is shown as what it is, and a safety number is compared', async () => {
		const page = await pages.show('openOneOwner', 'anna');
		const person = page.getByRole('article', { name: /Eve/ });
		expect(await textOf(person.getByRole('heading'))).toContain('U+202E');
		await person.getByText('never compared').waitFor();
		await button(person, /^Compare the safety number/).click();
		const dialog = dialogOf(page);
		const number = await textOf(dialog.locator('.safety-number'));
		expect(number.trim()).toMatch(/^\d{5}(?: \d{5}){11}$/);
		await button(dialog, 'They differ').click();
		await dialog.getByRole('alert').getByText('If the numbers still differ').waitFor();
		await expectAccessible(page);
		await button(dialog, 'They are the same').click();
		await person.getByText(/^compared /).waitFor();
	});

	it('what members lose, and what a lost device could read, gets new keys', async () => {
		const page = await pages.show('openTwoOwners', 'anna');
		await page.getByRole('group', { name: 'What members read' }).getByLabel('Messages and comments').uncheck();
		await page.getByText('The firm gets new keys for what members lose', { exact: false }).waitFor();
		await button(page, 'Save what members read').click();
		await page.getByText('Saved in the key log.').waitFor();
		await rowOf(page, 'Messages and comments').getByText('version 2').waitFor();
		await rowOf(page, 'Notes').getByText('version 1').waitFor();
		await button(page, 'A device is lost').click();
		const dialog = dialogOf(page);
		await dialog.getByLabel('Which device').selectOption({ label: await optionOf(dialog, /^Cara/) });
		await expectAccessible(page);
		await button(dialog, 'Remove the device').click();
		await page.getByRole('dialog', { name: 'The device is removed' }).waitFor();
		await button(dialog, 'Close').click();
		await rowOf(page, 'Notes').getByText('version 2').waitFor();
		await page.getByRole('article', { name: 'Cara Diehl' }).getByText('none yet').waitFor();

		const notes = page.getByRole('region', { name: 'Under older keys' }).getByRole('article', { name: 'Notes' });
		await notes.getByText('2 records are under an older key.').waitFor();
		await expectAccessible(page);
		await button(notes, 'Seal them again').click();
		await notes.getByText('Everything is under the newest key.').waitFor();
		await button(notes, 'Retire key 1 Notes').click();
		await button(dialog, 'Ask another owner').click();
		await dialog.getByText('The decision waits for another owner.', { exact: false }).waitFor();
		await expectAccessible(page);
	});

	it('a member is offered nothing that only owners do', async () => {
		const page = await pages.show('openTwoOwners', 'cara');
		await page.getByText('You need no code of your own').waitFor();
		for (const name of [/^Put into/, /^Remove/, /^Make a/, /recovery$/, /^Save what members read/])
			expect(await page.getByRole('button', { name }).count()).toBe(0);
		await rowOf(page, 'Invoices and time').getByText('Your role does not read this.').waitFor();
		await button(page, 'A device is lost').click();
		await dialogOf(page).getByText('There is no other device here that you could remove.').waitFor();
		await expectAccessible(page);
	});

	it('fits a small screen, in light and dark, and is used by keyboard alone', async () => {
		const page = await pages.show('openTwoOwners', 'anna', {
			viewport: { width: 320, height: 700 },
			colorScheme: 'dark',
		});
		await expectToFit(page);
		await expectAccessible(page);
		const keyboard = keyboardOf(page);
		await keyboard.press(page.getByRole('button', { name: 'Compare the safety number with Bert Conrad' }));
		await expectToFit(page);
		await keyboard.press(button(dialogOf(page), 'They are the same'));
		await page
			.getByRole('article', { name: 'Bert Conrad' })
			.getByText(/^compared /)
			.waitFor();
		await keyboard.isSomewhere();
	});
});

async function optionOf(dialog: Locator, text: RegExp): Promise<string> {
	return textOf(dialog.locator('option').filter({ hasText: text }).first());
}
