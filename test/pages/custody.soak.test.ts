import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { expectAccessible, expectToFit, openPagesScene, type PagesScene } from './scene.ts';

const OWNER = 'owner@northgate.example';
const PASSPHRASE = 'five words that stay here';

describeInChromium('custody of a firm, at the running service', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });
	const codeField = (page: Page | Locator) => page.getByLabel('Recovery code', { exact: true });

	it('an owner prepares recovery, and is told why content that is there stays with the platform', {
		timeout: 180_000,
	}, async () => {
		const page = await scene.signIn(OWNER, '/custody');
		await page.getByText('This browser is not one of your devices.').waitFor();
		await page.getByRole('link', { name: 'Add it first.' }).click();
		await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
		await page.getByLabel('The same passphrase again').fill(PASSPHRASE);
		await button(page, 'Make this browser my device').click();
		await button(page, 'Begin with this device').click();
		await button(page.getByRole('dialog'), 'Begin with this device').click();
		await page.getByRole('heading', { name: 'This browser', exact: true }).waitFor();

		await page.getByRole('link', { name: 'Custody', exact: true }).click();
		await button(page, 'Prepare recovery').click();
		const dialog = page.getByRole('dialog');
		await button(dialog, 'Go on').click();
		const code = (await dialog.locator('.recovery-code').textContent()) ?? '';
		await button(dialog, 'I have written it down').click();
		await codeField(dialog).fill(code);
		await button(dialog, 'Check the code').click();
		await button(dialog, 'Finish').click();
		await button(dialog, 'Close').click();

		await button(page, 'Put into the firm’s custody Notes').click();
		await codeField(dialog).fill(code);
		await button(dialog, 'Put into the firm’s custody').click();
		await dialog.getByText('your firm has stored something of this kind', { exact: false }).waitFor();
		await expectAccessible(page);
		await button(dialog, 'Cancel').click();
		await page.getByRole('row', { name: 'Notes' }).getByText('The platform', { exact: true }).waitFor();
		await page.setViewportSize({ width: 320, height: 800 });
		await expectToFit(page);
		expect(scene.complaints()).toEqual([]);
	});
});
