import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { APPROVER, AUDITOR, approveLease, type CanaryFirm, MEMBER, OPERATOR, writeCanaries } from './canary-firm.ts';
import { expectNowhere, signInWatched, type Visitor } from './canary-visits.ts';
import { openPagesScene, type PagesScene } from './scene.ts';
import type { WatchedBrowser } from './traces.ts';

describeInChromium('what a browser has of the content that its person may not read, or no longer', () => {
	let scene: PagesScene;
	let firm: CanaryFirm;
	let lease: string;
	let browser: WatchedBrowser;
	let visit: Visitor['visit'];
	beforeAll(async () => {
		scene = await openPagesScene();
		firm = await writeCanaries(scene);
		// Now, because the demo's tokens show a sign-in of this moment.
		lease = await approveLease(firm, 'SUP-1001');
	}, 240_000);
	afterEach(async () => {
		expect(await browser.close({ ...firm.closed, ...firm.opened })).toEqual([]);
	});
	afterAll(() => scene.close());

	async function signIn(email: string): Promise<Page> {
		const visitor = await signInWatched(scene, email);
		({ browser, visit } = visitor);
		return visitor.page;
	}

	const hrefsIn = (page: Page, selector: string): Promise<string[]> =>
		page.locator(selector).evaluateAll((links) => links.map((link) => (link as unknown as { hash: string }).hash));

	/** Every screen of the navigation with its first record, every tab of the firm with its first record, and the given records. */
	async function visitEverything(page: Page, records: readonly string[]): Promise<number> {
		const seen = new Set<string>();
		const look = async (place: string) => {
			if (seen.has(place)) return;
			seen.add(place);
			await visit(place);
		};
		const places = await hrefsIn(page, 'nav[aria-label="Screens"] a');
		for (const place of [...places, '#/log/check', `#/firms/${firm.id}`]) {
			await look(place);
			const links = await hrefsIn(page, 'main a[href^="#/"]');
			for (const link of links.filter((each) => each.startsWith(place)).slice(0, 3)) await look(link);
			for (const tab of await hrefsIn(page, 'nav[aria-label="Of this firm"] a')) await look(tab);
		}
		for (const record of records) await look(record);
		return seen.size;
	}

	const recordsInConsole = () => {
		const { note, thread, message, document, invoice, timeEntry, client } = firm.records;
		return [
			`notes/${note}`,
			`messages/${thread}`,
			`messages/${thread}/${message}`,
			`documents/${document}`,
			`invoices/${invoice}`,
			`time/${timeEntry}`,
			`clients/${client}`,
		].map((each) => `#/firms/${firm.id}/${each}`);
	};

	it.each([
		[OPERATOR, 20],
		[APPROVER, 5],
		[AUDITOR, 8],
	])('has none, in the browser of %s on every screen', { timeout: 400_000 }, async (email, least) => {
		const page = await signIn(email);
		const records = email === OPERATOR ? recordsInConsole() : [];
		expect(await visitEverything(page, [...records, `#/leases/${lease}`])).toBeGreaterThan(least);
		if (email === OPERATOR) {
			await visit('#/firms');
			await page.getByLabel('Name has').fill('north');
			await page.getByRole('link', { name: firm.name, exact: true }).first().waitFor();
			await visit(`#/firms/${firm.id}/notes/${firm.records.note}`);
			await page.getByText('Sealed: reading it takes a lease').first().waitFor();
		}
		if (email === AUDITOR) {
			await visit('#/log/check');
			await page.getByRole('combobox').first().selectOption({ label: firm.name });
			await page
				.getByText(/every entry|complete/i)
				.first()
				.waitFor();
			const [worker] = page.workers();
			if (worker === undefined) throw new Error('The log is checked by no worker.');
			// Its heap is searched with the page's: inTheHeap() fails if a worker lives and is left out.
			expect(await browser.inTheHeap({ ...firm.closed, ...firm.opened })).toEqual([]);
			const ended = worker.waitForEvent('close');
			await visit('#/firms');
			await ended;
		}
		await visit(`#/firms/${firm.id}`);
		await page.getByRole('heading', { name: firm.name }).first().waitFor();
		// The search finds what the browser has, with the same means.
		const known = { name: firm.name };
		expect(browser.onTheWire(known)).toContain('name UTF-8');
		expect((await browser.inTheHeap(known)).length).toBeGreaterThan(0);
		expect(browser.inMemory(known).length).toBeGreaterThan(0);
		await expectNowhere(browser, { ...firm.closed, ...firm.opened });
	});

	it('has none of a member who has signed out', { timeout: 400_000 }, async () => {
		const page = await signIn(MEMBER);
		const { note, thread, document, invoice, client } = firm.records;
		const records = [
			`notes/${note}`,
			`threads/${thread}`,
			`documents/${document}`,
			`invoices/${invoice}`,
			`clients/${client}`,
		];
		await visitEverything(page, [...records.map((each) => `#/${each}`), '#/time']);
		await visit(`#/documents/${document}`);
		await page.getByRole('button', { name: 'Preview', exact: true }).click();
		await page.getByRole('region', { name: 'Text of the file' }).waitFor();
		await visit(`#/notes/${note}`);
		const all = { ...firm.closed, ...firm.opened };
		const found = (places: readonly string[]) => new Set(places.map((each) => each.split(' UTF')[0]));
		// The pages never ask where a file is stored, and for its hash only when a person wants to see it.
		const read = Object.keys(all).filter((name) => !/^(hash of|object key)/.test(name));
		expect(found(browser.onTheWire(all))).toEqual(new Set(read));
		expect(found(await browser.inTheHeap(all))).toContain('text');

		await page.getByRole('button', { name: 'Sign out', exact: true }).click();
		await page.getByRole('button', { name: MEMBER }).waitFor();
		expect(await browser.inThePages(all)).toEqual([]);
		expect(await browser.inTheHeap(all)).toEqual([]);
		// The next person at this browser goes back through its history.
		for (let back = 0; back < 4; back++) {
			await page.goBack();
			await page
				.getByRole('button', { name: MEMBER })
				.or(page.getByRole('heading', { name: 'You are signed out' }))
				.first()
				.waitFor();
			expect(await browser.inThePages(all)).toEqual([]);
		}
	});
});
