import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { openPagesScene, type PagesScene } from './scene.ts';

const OWNER = 'owner@northgate.example';
const TITLE = 'Meeting about the merger';

describeInChromium('an invitation, from the link to the removal', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });

	/** Invites at the owner's screen. The part of the link after the server. */
	async function invite(owner: Page, name: string, email: string): Promise<string> {
		await button(owner, 'Invite a person').click();
		const dialog = owner.getByRole('dialog', { name: 'Invite a person' });
		await dialog.getByLabel('Name').fill(name);
		await dialog.getByLabel('E-mail address').fill(email);
		await button(dialog, 'Make the link').click();
		const shown = owner.getByRole('dialog', { name: 'The link of the invitation' });
		const link = await shown.getByLabel('Link').inputValue();
		owner.once('dialog', (question) => void question.accept());
		await button(shown, 'Done').click();
		return link.slice(scene.api.url.length);
	}

	/** Opens the link in a browser of its own, and signs in by an address that is in no list. */
	async function openAs(link: string, email: string): Promise<Page> {
		const page = await scene.open(link);
		await page.getByLabel(/^E-mail address/).fill(email);
		await page.getByRole('button', { name: 'Sign in by this address' }).click();
		await page.getByRole('heading', { name: 'You are invited' }).waitFor();
		return page;
	}

	const USED_UP = 'A link works once, within seven days';

	it('is accepted by the person, who sees the firm until they are removed', { timeout: 180_000 }, async () => {
		const owner = await scene.signIn(OWNER, '/members');
		const link = await invite(owner, 'Ada New', 'ada@northgate.example');
		const ada = await openAs(link, 'ada@northgate.example');
		expect(ada.url()).not.toContain('invitation');
		await ada.getByText('You see the firm’s name and your role once you accept, and not before').waitFor();
		expect(await ada.getByText('Northgate Legal').count()).toBe(0);
		await button(ada, 'Accept the invitation').click();
		await ada.getByRole('navigation', { name: 'Screens' }).waitFor();

		// Without a reload.
		const people = owner.getByRole('table', { name: 'People of the firm, in the order in which they joined' });
		const row = people.getByRole('row').filter({ hasText: 'ada@northgate.example' });
		await row.getByText('Member', { exact: true }).waitFor();
		await owner.getByText('No invitation is open.').waitFor();

		// The link was used.
		const other = await openAs(link, 'eve@northgate.example');
		await button(other, 'Accept the invitation').click();
		await other.getByText(USED_UP).waitFor();
		expect(await other.getByText('Northgate Legal').count()).toBe(0);

		// What is on the screen of someone who is removed goes away by itself.
		await ada.goto(`${scene.api.url}/#/notes/new`);
		await ada.getByLabel('Title').fill(TITLE);
		await button(ada, 'Save note').click();
		await ada.getByRole('heading', { name: TITLE }).waitFor();
		await button(row, 'Remove ada@northgate.example').click();
		await button(owner.getByRole('dialog'), 'Remove').click();
		await row.waitFor({ state: 'detached' });
		await ada.getByText(TITLE).first().waitFor({ state: 'detached' });
		expect(await ada.content()).not.toContain(TITLE);
		expect(scene.complaints()).toEqual([]);
	});

	it('that was withdrawn, or meets a person of another firm, says so', { timeout: 180_000 }, async () => {
		const owner = await scene.signIn(OWNER, '/members');
		const withdrawn = await invite(owner, 'Bea Late', 'bea@northgate.example');
		await owner
			.getByRole('row')
			.filter({ hasText: 'bea@northgate.example' })
			.getByRole('button', { name: /^Revoke/ })
			.click();
		await button(owner.getByRole('dialog'), 'Revoke').click();
		await owner.getByText('No invitation is open.').waitFor();
		const bea = await openAs(withdrawn, 'bea@northgate.example');
		await button(bea, 'Accept the invitation').click();
		await bea.getByText(USED_UP).waitFor();

		const open = await invite(owner, 'Cy Open', 'cy@northgate.example');
		const foreign = await scene.open(open);
		const address = Object.keys(scene.tokens).find((each) => /^member@(?!northgate)/.test(each)) ?? '';
		await foreign.getByRole('button', { name: address }).click();
		await foreign.getByText('This account already belongs to').waitFor();
		expect(await button(foreign, 'Accept the invitation').count()).toBe(0);
		await button(foreign, 'Go on without it').click();
		await foreign.getByRole('navigation', { name: 'Screens' }).waitFor();
		expect(scene.complaints()).toEqual([]);
	});
});
