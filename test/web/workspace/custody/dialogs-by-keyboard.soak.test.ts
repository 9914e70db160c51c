import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { keyboardOf } from '../../../pages/keyboard.ts';
import { expectAccessible, expectToFit } from '../../../pages/scene.ts';
import { describeInChromium } from '../../../support/chromium.ts';
import { CustodyPages, showDevice, showRequests, tell } from './custody-page.ts';

const SMALL = { viewport: { width: 360, height: 740 } };

describeInChromium('dialogs of custody and devices by keyboard alone', () => {
	let pages: CustodyPages;
	beforeAll(async () => {
		pages = await CustodyPages.open();
	});
	afterEach(() => expect(pages.complaints.splice(0)).toEqual([]));
	afterAll(() => pages.close());

	it.each(['light', 'dark'] as const)(
		'each opens, fits a small screen, closes, and gives the focus back (%s)',
		async (colorScheme) => {
			const page = await pages.show('openTwoOwners', 'anna', { ...SMALL, colorScheme });
			const keyboard = keyboardOf(page);
			const dialog = page.getByRole('dialog');
			const button = (name: string) => page.getByRole('button', { name, exact: true });
			await keyboard.press(button('Make a member Bert Conrad'));
			await keyboard.press(dialog.getByRole('button', { name: 'Ask another owner' }));
			await keyboard.press(dialog.getByRole('button', { name: 'Close' }));
			await keyboard.hasFocus(button('Make a member Bert Conrad'));
			for (const name of [
				'Withdraw',
				'Put into the firm’s custody Documents and files',
				'Send missing keys',
				'A device is lost',
				'Compare the safety number with Bert Conrad',
				'Remove Bert Conrad',
				'Replace the ways of recovery',
			]) {
				await keyboard.press(button(name));
				await keyboard.hasFocus(dialog);
				await expectToFit(page);
				await expectAccessible(page);
				// In one color scheme by the button, in the other by the key.
				if (colorScheme === 'light') await keyboard.press(dialog.getByRole('button', { name: 'Cancel' }));
				else await keyboard.key('Escape');
				await dialog.waitFor({ state: 'detached' });
				await keyboard.hasFocus(button(name));
			}
		},
	);

	it('an owner who is asked to let another owner in reads why they cannot', async () => {
		const page = await pages.show('openThreeOwners', 'anna', SMALL);
		const keyboard = keyboardOf(page);
		const dialog = page.getByRole('dialog');
		await showDevice(page, 'lost');
		await showRequests(page, 'bert');
		await keyboard.press(page.getByRole('button', { name: 'Ask the first owner' }));
		await page.getByText('answer this request', { exact: false }).waitFor();
		await tell(page);
		const answer = page.getByRole('button', { name: 'Answer' });
		await keyboard.press(answer);
		await keyboard.choose(dialog.getByLabel('Person'), 'Anna');
		await keyboard.press(dialog.getByRole('button', { name: 'Show the code' }));
		await dialog.getByRole('alert').getByText('no one else lets a device of an owner in', { exact: false }).waitFor();
		await expectToFit(page);
		await expectAccessible(page);
		await keyboard.key('Escape');
		await keyboard.hasFocus(answer);
	});
});
