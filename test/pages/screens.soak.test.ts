import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { expectAccessible, expectToFit, openPagesScene, type PagesScene, untilShown } from './scene.ts';

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 700 };

/** Lists whose first record is shown too, for each person who has them. */
const LISTS = [
	'/notes',
	'/threads',
	'/documents',
	'/invoices',
	'/clients',
	'/access',
	'/firms',
	'/leases',
	'/log/entries',
];

describeInChromium('every screen, light and dark, wide and narrow', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	/** The faults of what the page shows now, each with where and how it was found. */
	async function faultsOf(page: Page): Promise<string[]> {
		const faults: string[] = [];
		const note = (what: string) => faults.push(`${new URL(page.url()).hash} ${what}`);
		await untilShown(page);
		const headings = await page.getByRole('heading', { level: 1 }).count();
		if (headings !== 1) note(`has ${headings} headings of the first level`);
		// Colors do not depend on the width, nor sizes on the colors.
		for (const [colorScheme, viewport] of [
			['light', WIDE],
			['dark', NARROW],
		] as const) {
			const told = (error: Error) => note(`${colorScheme} ${viewport.width}: ${error.message}`);
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize(viewport);
			await expectAccessible(page).catch(told);
			await expectToFit(page).catch(told);
		}
		await page.setViewportSize(WIDE);
		for (const complaint of scene.complaints()) note(complaint);
		return faults;
	}

	const hrefsIn = async (page: Page, selector: string): Promise<string[]> => {
		const links = await page.locator(selector).all();
		return Promise.all(links.map(async (link) => (await link.getAttribute('href')) ?? ''));
	};

	/** The first record that the list on the page links to, if it has one. */
	const firstRecord = (hrefs: readonly string[]): string | undefined =>
		hrefs.find((href) => LISTS.some((list) => href.startsWith(`#${list}/`)) && /[0-9a-f]{8}-[0-9a-f-]{27}$/.test(href));

	it.each([
		['owner@northgate.example', 5],
		['member@northgate.example', 5],
		['client@northgate.example', 1],
		['operator@platform.example', 1],
		['approver@platform.example', 1],
		['auditor@platform.example', 2],
	])('%s', { timeout: 400_000 }, async (email, records) => {
		const page = await scene.signIn(email);
		const faults: string[] = [];
		let seen = 0;
		await page.getByRole('navigation', { name: 'Screens' }).getByRole('link').first().waitFor();
		const places = await hrefsIn(page, 'nav[aria-label="Screens"] a');
		expect(places.length).toBeGreaterThan(3);
		const go = (place: string) => page.goto(`${page.url().split('#')[0]}${place}`);
		const current = (place: string) => page.locator(`nav a[href="${place}"][aria-current=page]`).waitFor();
		for (const place of places) {
			await go(place);
			await current(place);
			faults.push(...(await faultsOf(page)));
			const record = firstRecord(await hrefsIn(page, 'main a[href^="#/"]'));
			if (record === undefined || !record.startsWith(place)) continue;
			seen += 1;
			const list = (await page.locator('main h1').textContent()) ?? '';
			await go(record);
			await page.locator('main h1').getByText(list, { exact: true }).waitFor({ state: 'hidden' });
			faults.push(...(await faultsOf(page)));
			for (const tab of (await hrefsIn(page, 'nav[aria-label="Of this firm"] a')).slice(1)) {
				await go(tab);
				await current(tab);
				faults.push(...(await faultsOf(page)));
			}
		}
		expect(faults).toEqual([]);
		expect(seen).toBeGreaterThanOrEqual(records);
	});
});
