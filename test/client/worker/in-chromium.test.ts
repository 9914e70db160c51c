import { afterAll, expect, it } from 'vitest';
import { describeInChromium } from '../../support/chromium.ts';
import { addAuthenticator, VaultBrowser } from './browser.ts';

describeInChromium('the vault in a worker', () => {
	let opened: VaultBrowser | undefined;
	afterAll(() => opened?.close());

	it('is unlocked by a passkey, writes and reads; the worker has no network, and nothing in plaintext is kept', async () => {
		opened = await VaultBrowser.open();
		const { page, code } = await opened.tab(await opened.profile());
		await addAuthenticator(page);
		const seen = await code.evaluate(async (page) => {
			const vault = page.start();
			const place = { name: 'laptop', firm: page.FIRM, person: page.ANNA };
			const stored = await page.createWithPasskey(vault, { ...place, label: 'anna' });
			await page.unlockWithPasskey(vault, stored);
			const { service, old, device } = await page.joinFirm(vault, 'laptop');
			await device.write(service, page.change(service, page.NOTE, { title: 'Canary of the test' }));
			await old.sync(service);
			const [read] = await device.read(service.record(page.NOTE));
			const [readByOld] = await old.read(service.record(page.NOTE));
			const [later] = await vault.devices();
			// The page is closed, and the device unlocked in another worker.
			vault.stop();
			const locked = await page.refused(vault.state());
			await page.unlockWithPasskey(vault, later as typeof stored);
			const [again] = await device.read(service.record(page.NOTE));
			return { stored, read, readByOld, again, locked, kept: await page.keptTexts() };
		});
		expect(seen.read?.fields[0]).toEqual({ name: 'title', value: 'Canary of the test' });
		expect(seen.readByOld).toEqual(seen.read);
		expect(seen.again).toEqual(seen.read);
		expect(seen.stored).toMatchObject({ unlock: 'PRF', credential: expect.stringMatching(/^[\w-]{20,}$/) });
		expect(seen.locked).toMatchObject({ name: 'VaultError', code: 'FORBIDDEN', reason: 'locked' });
		expect(Object.keys(seen.kept)).toContain('laptop/device');
		expect(JSON.stringify(seen.kept)).not.toMatch(/Canary|First draft/);
		const worker = page.workers().at(-1);
		const network = await worker?.evaluate(() =>
			fetch('/').then(
				() => 'reached',
				(error: Error) => error.name,
			),
		);
		expect(network).toBe('TypeError');
	});
});
