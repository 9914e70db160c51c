import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { expectAccessible } from '../../../pages/scene.ts';
import { describeInChromium } from '../../../support/chromium.ts';
import { CustodyPages, showDevice } from './custody-page.ts';

const button = (at: Page | Locator, name: string | RegExp) => at.getByRole('button', { name, exact: true });

describeInChromium('a name in the key log', () => {
	let pages: CustodyPages;
	beforeAll(async () => {
		pages = await CustodyPages.open();
	});
	afterEach(() => expect(pages.complaints.splice(0)).toEqual([]));
	afterAll(() => pages.close());

	it('is changed by an owner, who so takes back what they agreed to', async () => {
		const page = await pages.show('openTwoOwners', 'anna');
		const dialog = page.getByRole('dialog');
		await button(page, 'Put into the firm’s custody Documents and files').click();
		await button(dialog, 'Ask another owner').click();
		await button(dialog, 'Close').click();
		await showDevice(page, 'bert');
		const waiting = page.getByRole('region', { name: 'Decisions that wait' });
		await button(waiting, 'Agree').click();
		await button(dialog, 'Agree').click();
		await waiting.getByText('Another owner has agreed.').waitFor();
		await button(page, 'Change the name of Bert Conrad').click();
		await expectAccessible(page);
		const name = dialog.getByLabel('Name in the key log');
		expect(await name.inputValue()).toBe('Bert Conrad');
		await name.fill(' ');
		await button(dialog, 'Save the name').click();
		expect(await dialog.count()).toBe(1);
		await name.fill('Bert C.');
		await button(dialog, 'Save the name').click();
		await button(page, 'Change the name of Bert C.').waitFor();

		await showDevice(page, 'anna');
		await button(waiting, 'Complete it').click();
		await button(dialog, 'Complete it').click();
		await dialog.getByRole('alert').waitFor();
		await button(dialog, 'Cancel').click();
		await showDevice(page, 'cara');
		expect(await button(page, /^Change the name/).count()).toBe(0);
	});
});
