import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { openPagesScene, type PagesScene } from './scene.ts';

/** The most that a page loads at first, in kilobytes after gzip. */
const FIRST_LOAD = { '/': 230, '/operator': 190, '/verify': 30 } as const;

describeInChromium('the pages of a new installation', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	/** All that the browser keeps beside the memory of the page. */
	const kept = (page: Page) =>
		page.evaluate<{ readonly session: object }>(
			`(async () => ({
				local: { ...localStorage },
				session: { ...sessionStorage },
				databases: (await indexedDB.databases()).map(({ name }) => name),
				caches: await caches.keys(),
			}))()`,
		);

	it('sign a member in, and keep the token nowhere but in memory', async () => {
		const page = await scene.signIn('member@northgate.example', '/notes');
		expect(page.url()).toBe(`${scene.api.url}/#/notes`);
		expect(JSON.stringify([await kept(page), await page.context().cookies(scene.api.url)])).not.toContain('eyJ');
		expect((await kept(page)).session).toEqual({});
		expect(scene.complaints()).toEqual([]);
	});

	it('sign in without a click after a reload, and show the list of people after the sign-out', async () => {
		const page = await scene.signIn('operator@platform.example');
		await page.reload();
		await page.getByRole('button', { name: 'Sign out', exact: true }).click();
		await page.getByRole('button', { name: 'approver@platform.example' }).waitFor();
		expect(scene.complaints()).toEqual([]);
	});

	it('offer each role only its own screens', async () => {
		const placesOf = async (email: string) =>
			(await scene.signIn(email)).getByRole('navigation', { name: 'Screens' }).getByRole('link').allTextContents();
		expect((await placesOf('client@northgate.example')).join()).not.toMatch(
			/Notes|Members|Access|Settings|Time|Clients/,
		);
		expect((await placesOf('member@northgate.example')).join()).not.toMatch(/Access|Settings/);
		expect(await placesOf('approver@platform.example')).not.toContain('Audit log');
	});

	it('let a member read a note', async () => {
		const page = await scene.signIn('member@northgate.example', '/notes');
		const first = page.getByRole('table', { name: 'Notes' }).getByRole('link').first();
		const title = (await first.textContent()) ?? '';
		await first.click();
		await page.getByRole('heading', { level: 1, name: title }).waitFor();
		expect((await page.getByRole('article').first().textContent())?.length).toBeGreaterThan(20);
		expect(await page.locator('.sealed').count()).toBe(0);
		expect(scene.complaints()).toEqual([]);
	});

	it('load no more at first than they may', async () => {
		for (const [path, most] of Object.entries(FIRST_LOAD)) {
			const page = await fetch(scene.api.url + path).then((answer) => answer.text());
			const files = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file = '']) => file);
			const loaded = await Promise.all(
				files.map(async (file) => fetch(scene.api.url + file).then((answer) => answer.bytes())),
			);
			const bytes = [Buffer.from(page), ...loaded].reduce((sum, file) => sum + gzipSync(file, { level: 9 }).length, 0);
			expect(bytes / 1000, path).toBeLessThanOrEqual(most);
		}
	});
});
