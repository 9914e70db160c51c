import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeInChromium } from '../../support/chromium.ts';
import { VaultBrowser } from './browser.ts';

describeInChromium('what a browser keeps, in trouble', () => {
	let browser: VaultBrowser;
	let profile: BrowserContext;
	beforeAll(async () => {
		browser = await VaultBrowser.open();
	});
	beforeEach(async () => {
		profile = await browser.profile();
		return () => profile.close();
	});
	afterAll(() => browser.close());

	/** A tab with a device that is unlocked and joined; `globalThis.scene` of its page. */
	async function joinedTab() {
		const tab = await browser.tab(profile);
		await tab.code.evaluate(async (page) => {
			const vault = page.start();
			const unlock = () => ({ prf: new Uint8Array(32).fill(7) });
			await vault.create({ name: 'laptop', firm: page.FIRM, person: page.ANNA, unlock: unlock() });
			await vault.unlock({ name: 'laptop', unlock: unlock() });
			Object.assign(globalThis, { scene: await page.joinFirm(vault, 'laptop') });
		});
		return tab;
	}

	it('if the room ends, a row is still sealed, which keeps nothing; none is opened, and later the same one is', async () => {
		const room = await profile.newCDPSession((await browser.tab(profile)).page);
		await room.send('Storage.overrideQuotaForOrigin', { origin: browser.origin, quotaSize: 130_000 });
		const { code } = await joinedTab();
		const write = (from: number, most: number) =>
			code.evaluate(
				async (page, [from, most]) => {
					const { scene } = globalThis as unknown as { scene: Awaited<ReturnType<typeof page.joinFirm>> };
					const { service, device } = scene;
					for (let at = from; at < from + most; at++) {
						const id = page.NOTE.slice(0, -4) + String(1_000 + at);
						const sealed = service.rows.has(id)
							? null
							: await page.refused(device.write(service, { type: 'Note', id, values: { title: 'Canary' } }));
						const opened = sealed ?? (await page.refused(device.read(service.record(id))));
						if (opened !== null) return { at, refused: opened, isStored: service.rows.has(id) };
					}
					return null;
				},
				[from, most] as const,
			);
		const full = await write(0, 2_000);
		expect(full).toMatchObject({ refused: { code: 'INTERNAL', reason: 'store-full' }, isStored: true });
		expect(JSON.stringify(full)).not.toContain('Canary');
		expect(await write(full?.at ?? 0, 1)).toMatchObject({ refused: { reason: 'store-full' } });
		await room.send('Storage.overrideQuotaForOrigin', { origin: browser.origin });
		expect(await write(full?.at ?? 0, 1)).toBeNull();
	});

	it('if a person clears what the browser keeps of this page, nothing is sealed any more', async () => {
		const { page, code } = await joinedTab();
		const session = await profile.newCDPSession(page);
		await session.send('Storage.clearDataForOrigin', { origin: browser.origin, storageTypes: 'all' });
		const seen = await code.evaluate(async (page) => {
			const { scene } = globalThis as unknown as { scene: Awaited<ReturnType<typeof page.joinFirm>> };
			const { service, device } = scene;
			const row = page.change(service, page.NOTE, { title: 'After' });
			const first = await page.refused(device.vault.seal([row]));
			const second = await page.refused(device.vault.seal([row]));
			return { first, second, devices: await device.vault.devices() };
		});
		expect(['store-gone', 'locked']).toContain(seen.first?.reason);
		expect(seen).toMatchObject({ second: { reason: 'locked' }, devices: [] });
	});

	it('what a newer version of the application wrote is left alone, and the person is told', async () => {
		const { code } = await browser.tab(profile);
		const seen = await code.evaluate(async (page) => {
			interface Opening {
				readonly result: { close(): void };
			}
			const { indexedDB } = globalThis as unknown as { indexedDB: { open(name: string, version: number): Opening } };
			const opening = indexedDB.open('firmseal', 2);
			await new Promise((resolve) => Object.assign(opening, { onsuccess: resolve }));
			opening.result.close();
			return page.refused(page.start().devices());
		});
		expect(seen).toMatchObject({ code: 'INTERNAL', reason: 'store-newer' });
		expect(seen?.message).toContain('Close all its tabs, then open it again.');
	});

	it('keys of content are never extractable: only the library that opens wraps has such keys, for one wrap each', async () => {
		const { page, code } = await joinedTab();
		const heads = await code.evaluate(async (page) => {
			const { scene } = globalThis as unknown as { scene: Awaited<ReturnType<typeof page.joinFirm>> };
			const { service, device } = scene;
			await device.write(service, page.change(service, page.NOTE, { title: 'Written' }));
			await device.read(service.record(page.NOTE));
			await device.send(service, await device.vault.generateKey({ class: 'NOTE', above: 0 }));
			return service.entries.map((_, at) => service.log?.chain.at(at)?.hash);
		});
		const worker = page.workers().at(0);
		const imported = (await worker?.evaluate<string[]>('globalThis.extractable')) ?? [];
		const used = (await worker?.evaluate<string[]>('globalThis.sealedByExtractable')) ?? [];
		expect(used.length).toBeGreaterThan(3);
		// A wrap is bound to the head at which it was made; a value to its envelope and its place.
		expect(used.filter((data) => !heads.includes(data))).toEqual([]);
		expect(imported.filter((kind) => kind.startsWith('AES'))).toHaveLength(used.length);
	});
});
