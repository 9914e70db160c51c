import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { expectAccessible, openPagesScene, type PagesScene } from './scene.ts';

describeInChromium('a screen that fails', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterAll(() => scene.close());

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
});
