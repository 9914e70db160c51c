import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { answer } from './refuse.ts';
import { expectAccessible, openPagesScene, type PagesScene } from './scene.ts';

const MEMBER = 'member@northgate.example';

describeInChromium('a screen that fails', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterAll(() => scene.close());

	const go = (page: Page, address: string) => page.evaluate(`location.hash = '#${address}'`);

	it('leaves the others in reach, and comes back when the page is reloaded', async () => {
		const page = await scene.signIn('operator@platform.example');
		const place = (name: string) => page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name });
		const title = (name: string) => page.getByRole('heading', { level: 1, name, exact: true });
		const failed = title('This screen could not be shown');
		// Its code is loaded when it is first opened.
		await page.route('**/assets/alert-list-*.js', (route) => route.abort());
		await place('Alerts').click();
		await failed.waitFor();
		await expectAccessible(page);
		await place('Firms').click();
		await title('Firms').waitFor();
		expect(await failed.count()).toBe(0);
		await place('Alerts').click();
		await failed.waitFor();
		await page.unroute('**/assets/alert-list-*.js');
		await page.getByRole('button', { name: 'Reload', exact: true }).click();
		await title('Alerts').waitFor();
		const others = scene.complaints().filter((complaint) => !/alert-list|Failed to load resource/.test(complaint));
		expect(others).toEqual([]);
	});

	const FAILED = 'Something went wrong on the server.';
	/** What the API sends if it could not read the one record that was asked for. */
	const unread = (field: string) => ({
		contentType: 'application/graphql-response+json; charset=utf-8',
		body: JSON.stringify({
			data: { [field]: null },
			errors: [{ message: FAILED, path: [field], extensions: { code: 'INTERNAL' } }],
		}),
	});

	async function anyOf(list: string): Promise<string> {
		const { data } = await scene.api.ask(scene.tokens[MEMBER] ?? '', `{ ${list}(first: 1) { nodes { id } } }`);
		return data[list].nodes[0].id;
	}

	it.each([
		['notes', '', 'Note', 'note'],
		['notes', '/edit', 'Note', 'note'],
		['threads', '', 'Thread', 'thread'],
		['documents', '', 'Document', 'document'],
		['invoices', '', 'Invoice', 'invoice'],
	])(
		'does not say that a record is gone if it could not be read: a view of %s%s',
		async (list, view, operation, field) => {
			const id = await anyOf(list);
			const page = await scene.signIn(MEMBER, `/${list}`);
			// An event can make the screen ask again.
			await answer(page, operation, Array(50).fill(unread(field)));
			await go(page, `/${list}/${id}${view}`);
			await page.getByText(FAILED).waitFor();
			expect(await page.getByText(/no such|not here|deleted/i).count()).toBe(0);
			await page.getByRole('button', { name: 'Try again' }).waitFor();
		},
	);

	it.each([
		[MEMBER, '/notes/%zz'],
		[MEMBER, '/threads/__proto__'],
		[MEMBER, '/invoices/01A20E60-0000-7000-8000-000000000001'],
		['operator@platform.example', '/leases/4711'],
		['operator@platform.example', '/firms/northgate/notes'],
	])('asks nothing of the API for an address that names no record: %s %s', async (person, address) => {
		const page = await scene.signIn(person, '/');
		const asked: string[] = [];
		page.on('request', (request) => asked.push(request.postData() ?? ''));
		await go(page, address);
		await page.getByRole('heading', { level: 1, name: 'There is nothing here', exact: true }).waitFor();
		expect(asked.filter((body) => /"id":/.test(body))).toEqual([]);
	});
});
