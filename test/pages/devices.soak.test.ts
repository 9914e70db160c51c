import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { expectAccessible, expectToFit, openPagesScene, type PagesScene } from './scene.ts';

const MEMBER = 'member@northgate.example';
const OWNER = 'owner@northgate.example';
const PASSPHRASE = 'five words that stay here';

describeInChromium('devices of a firm', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });
	const heading = (page: Page, name: string) => page.getByRole('heading', { level: 2, name, exact: true });

	async function makeDevice(page: Page): Promise<void> {
		await page.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
		await page.getByLabel('The same passphrase again').fill(PASSPHRASE);
		await button(page, 'Make this browser my device').click();
	}

	it('an owner begins, a member joins by a code on both screens, and unlocks again what was locked', {
		timeout: 240_000,
	}, async () => {
		const owner = await scene.signIn(OWNER, '/devices');
		await heading(owner, 'Make this browser your device').waitFor();
		await owner.getByLabel('Passphrase', { exact: true }).fill('short');
		await button(owner, 'Make this browser my device').click();
		await owner.getByText('The passphrase has fewer than 12 characters.').waitFor();
		await expectAccessible(owner);
		await makeDevice(owner);
		await button(owner, 'Begin with this device').click();
		await button(owner.getByRole('dialog'), 'Begin with this device').click();
		await heading(owner, 'This browser').waitFor();

		const member = await scene.signIn(MEMBER, '/devices');
		await makeDevice(member);
		await button(member, 'Ask to join').click();
		await member.getByText('Waiting for the other device …').waitFor();

		await button(owner, 'Answer').click();
		const dialog = owner.getByRole('dialog');
		const choice = dialog.getByLabel('Person');
		await choice.selectOption(
			await choice.locator('option', { hasText: 'joins the key log' }).first().getAttribute('value'),
		);
		await button(dialog, 'Show the code').click();
		const shown = await dialog.locator('.joining-code').textContent();
		expect(await member.locator('.joining-code').textContent()).toBe(shown);
		await expectAccessible(owner);
		await button(member, 'The codes are the same').click();
		await button(dialog, 'The codes are the same').click();
		await heading(member, 'This browser').waitFor();

		await member.getByText('The service’s key', { exact: true }).click();
		const known = (await member.locator('details code').textContent()) ?? '';
		const key = member.getByLabel('The service’s new key');
		await key.fill('no key');
		await button(member, 'Trust the new key').click();
		await member.getByText('This is not a key that signs the state of this firm').waitFor();
		await key.fill(known);
		await button(member, 'Trust the new key').click();
		await member.getByText('has found it on the newest state').waitFor();

		await member.setViewportSize({ width: 320, height: 800 });
		await expectToFit(member);
		await expectAccessible(member);
		await button(member, 'Lock this device').click();
		await heading(member, 'Unlock your device').waitFor();
		await member.getByLabel('Passphrase of this device').fill('another phrase of words');
		await button(member, 'Unlock').click();
		await member.getByText('This passphrase or passkey does not unlock the device.').waitFor();
		await member.getByLabel('Passphrase of this device').fill(PASSPHRASE);
		await button(member, 'Unlock').click();
		await heading(member, 'This browser').waitFor();
		expect(scene.complaints()).toEqual([]);
	});
});
