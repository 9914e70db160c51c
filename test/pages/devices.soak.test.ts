import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { expectAccessible, expectToFit, openPagesScene, type PagesScene } from './scene.ts';

const MEMBER = 'member@northgate.example';
const OWNER = 'owner@northgate.example';
const PASSPHRASE = 'five words that stay here';
const WORKER = /\/worker-[^/]*\.js$/;
const KEEP_NEWER = `new Promise((kept) => {
	const opening = indexedDB.open('firmseal', 2);
	opening.onsuccess = () => kept(opening.result.close());
})`;
const CLEAR = `new Promise((cleared) => {
	indexedDB.deleteDatabase('firmseal').onsuccess = () => cleared();
})`;

describeInChromium('devices of a firm', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });
	const heading = (page: Page, name: string) => page.getByRole('heading', { level: 2, name, exact: true });

	async function signIn(page: Page): Promise<void> {
		await page.getByRole('button', { name: MEMBER }).click();
		await button(page, 'Sign out').waitFor();
	}

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

	it('if the part that holds the keys does not start, the person reads why, and may try again', async () => {
		const page = await scene.open('/#/devices');
		// The page may still fetch the file, to compare it with the release.
		await page.route(WORKER, (route) =>
			route.request().resourceType() === 'fetch' ? route.continue() : route.abort(),
		);
		await signIn(page);
		const note = page.getByRole('alert');
		await note.getByText('The part of this page that holds your keys could not be started.').waitFor();
		expect(await note.getAttribute('data-code')).toBe('INTERNAL');
		await expectAccessible(page);
		await button(note, 'Try again').click();
		await note.getByText('The part of this page that holds your keys could not be started.').waitFor();
		await page.unroute(WORKER);
		await button(note, 'Try again').click();
		await heading(page, 'Make this browser your device').waitFor();
	});

	it('what a newer version of the pages keeps in this browser is left alone, and the person reads so', async () => {
		const page = await scene.open('/#/devices');
		await page.getByRole('button', { name: MEMBER }).waitFor();
		await page.evaluate(KEEP_NEWER);
		await signIn(page);
		const note = page.getByRole('alert');
		await note.getByText('Close all its tabs, then open it again.', { exact: false }).waitFor();
		await page.evaluate(CLEAR);
		await button(note, 'Try again').click();
		await heading(page, 'Make this browser your device').waitFor();
	});
});
