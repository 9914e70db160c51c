import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { type CanaryFirm, OPERATOR } from './canary-firm.ts';
import { type PagesScene, untilShown } from './scene.ts';
import { type Marks, openWatchedBrowser, type WatchedBrowser } from './traces.ts';

/** A person at the pages, in a browser of which everything can be searched. */
export interface Visitor {
	readonly browser: WatchedBrowser;
	readonly page: Page;
	/** Goes to a place of the page, such as #/firms, and waits until it shows what it has. */
	visit(place: string): Promise<void>;
}

/** `behind`: milliseconds by which the clock of the person's computer is wrong. */
export async function signInWatched({ api }: PagesScene, email: string, behind = 0): Promise<Visitor> {
	const browser = await openWatchedBrowser();
	const { page } = browser;
	if (behind > 0) await page.clock.install({ time: Date.now() - behind });
	await page.goto(`${api.url}${email.endsWith('@platform.example') ? '/operator' : '/'}#/`);
	await page.getByRole('button', { name: email }).click();
	await page.getByRole('navigation', { name: 'Screens' }).getByRole('link').first().waitFor();
	return {
		browser,
		page,
		async visit(place) {
			await page.evaluate((hash) => {
				(globalThis as unknown as { location: { hash: string } }).location.hash = hash;
			}, place);
			await browser.untilAnswered();
			await untilShown(page);
			await browser.untilAnswered();
		},
	};
}

/** Nowhere: not received, not kept, not shown, and in no memory of any process of the browser. */
export async function expectNowhere(browser: WatchedBrowser, marks: Marks): Promise<void> {
	expect(browser.onTheWire(marks)).toEqual([]);
	expect(await browser.inThePages(marks)).toEqual([]);
	expect(await browser.inTheHeap(marks)).toEqual([]);
	expect(browser.inMemory(marks)).toEqual([]);
}

/** Activates the operator's lease of this ticket, and uses it. */
export async function activate(page: Page, ticket: string): Promise<void> {
	const row = page.getByRole('listitem').filter({ hasText: ticket });
	await row.getByRole('button', { name: /^Activate for/ }).click();
	await page.getByRole('region', { name: 'Lease in use' }).waitFor();
}

/** The operator opens the body of the note under the lease, and it is on the screen. `behind`: of their clock. */
export async function openNoteUnder(
	scene: PagesScene,
	firm: CanaryFirm,
	{ ticket, behind = 0 }: { readonly ticket: string; readonly behind?: number },
): Promise<Visitor> {
	const visitor = await signInWatched(scene, OPERATOR, behind);
	const { browser, page } = visitor;
	await activate(page, ticket);
	await visitor.visit(`#/firms/${firm.id}/notes/${firm.records.note}`);
	await page.getByRole('button', { name: new RegExp(`^Open \\d values? under ${ticket}$`) }).click();
	await page.getByRole('button', { name: 'Close the content' }).waitFor();
	await expect.poll(() => browser.inThePages(firm.opened), { timeout: 20_000 }).toContain('opened UTF-8');
	expect(browser.onTheWire(firm.opened)).toContain('opened UTF-8');
	expect((await browser.inTheHeap(firm.opened)).length).toBeGreaterThan(0);
	return visitor;
}

/** The lease has ended on the open screen, and of what was opened nothing is left that anyone could reach. */
export async function expectClosed({ browser, page }: Visitor, marks: Marks, timeout = 60_000): Promise<void> {
	await page.getByRole('region', { name: 'Lease that has ended' }).waitFor({ timeout });
	expect(await browser.inThePages(marks)).toEqual([]);
	expect(await browser.inTheHeap(marks)).toEqual([]);
}
