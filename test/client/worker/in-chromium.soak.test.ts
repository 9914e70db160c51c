import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeInChromium } from '../../support/chromium.ts';
import { addAuthenticator, VaultBrowser } from './browser.ts';

const PASSPHRASE = 'correct horse battery staple';

describeInChromium('a worker in trouble', () => {
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

	/** A tab with a device that a passphrase locks, unlocked and joined; `globalThis.vault` and `globalThis.scene` of its page. */
	async function joinedTab() {
		const tab = await browser.tab(profile);
		await tab.code.evaluate(async (page, passphrase) => {
			const vault = page.start();
			const unlock = { passphrase };
			await vault.create({ name: 'laptop', firm: page.FIRM, person: page.ANNA, unlock });
			await vault.unlock({ name: 'laptop', unlock });
			Object.assign(globalThis, { vault, scene: await page.joinFirm(vault, 'laptop') });
		}, PASSPHRASE);
		return tab;
	}

	it('a passphrase unlocks the device after a reload, and in another profile there is none', async () => {
		const { page } = await joinedTab();
		await page.reload();
		const { code } = await browser.tab(await browser.profile());
		expect(await code.evaluate((page) => page.start().devices())).toEqual([]);
		const again = await browser.tab(profile);
		await page.close();
		const states = await again.code.evaluate(async (page, passphrase) => {
			const vault = page.start();
			while ((await page.refused(vault.devices())) !== null) await vault.takeOver();
			const wrong = await page.refused(vault.unlock({ name: 'laptop', unlock: { passphrase: 'not the passphrase' } }));
			const { device, log } = await vault.unlock({ name: 'laptop', unlock: { passphrase } });
			return { wrong, name: device.name, size: log?.size ?? 0 };
		}, PASSPHRASE);
		expect(states.wrong).toMatchObject({ code: 'CIPHERTEXT_INVALID', reason: 'does-not-unlock' });
		expect(states.size).toBeGreaterThan(10);
	});

	it('neither content nor secrets are kept anywhere in plaintext, nor is a private key extractable', async () => {
		const { page, code } = await joinedTab();
		const found = await code.evaluate(async (page, passphrase) => {
			const { scene } = globalThis as unknown as { scene: Awaited<ReturnType<typeof page.joinFirm>> };
			const { service, device } = scene;
			await device.write(service, page.change(service, page.NOTE, { title: 'Canary-7d1f' }));
			const [read] = await device.read(service.record(page.NOTE));
			const browser = globalThis as unknown as {
				localStorage: object;
				sessionStorage: object;
				caches: { keys(): Promise<string[]> };
				indexedDB: { databases(): Promise<{ readonly name: string }[]> };
			};
			const kept = Object.entries(await page.keptTexts());
			const texts = kept.filter(([, text]) => /Canary|First draft/.test(text) || text.includes(passphrase));
			return {
				read: read?.fields[0],
				count: kept.length,
				texts: texts.map(([name]) => name),
				local: Object.keys(browser.localStorage).length + Object.keys(browser.sessionStorage).length,
				caches: await browser.caches.keys(),
				databases: (await browser.indexedDB.databases()).map(({ name }) => name),
			};
		}, PASSPHRASE);
		expect(found).toMatchObject({
			read: { value: 'Canary-7d1f' },
			texts: [],
			local: 0,
			caches: [],
			databases: ['firmseal'],
		});
		expect(found.count).toBeGreaterThan(5);
		// For a moment: WebCrypto gives the public half in no other way. The library of HPKE imports the key of one wrap.
		const worker = page.workers().at(0);
		const extractable = await worker?.evaluate<string[]>('globalThis.extractable');
		expect(new Set(extractable)).toEqual(
			new Set(['Ed25519 private sign', 'X25519 public ', 'AES-GCM secret encrypt,decrypt']),
		);
	});

	it('a worker that ends while it seals rejects that call once, and the next call starts another', async () => {
		const { page, code } = await joinedTab();
		await page.workers()[0]?.evaluate('globalThis.encryptionsLeft = 100');
		const [sealed, behind] = await code.evaluate(async (page) => {
			const { scene } = globalThis as unknown as { scene: Awaited<ReturnType<typeof page.joinFirm>> };
			const rows = Array.from({ length: 500 }, (_, at) =>
				page.newRow({ type: 'Note', id: page.NOTE.slice(0, -4) + String(1_000 + at), values: { title: 'x' } }),
			);
			return Promise.all([page.refused(scene.device.vault.seal(rows)), page.refused(scene.device.vault.state())]);
		});
		expect(sealed).toMatchObject({ name: 'VaultError', code: 'INTERNAL', reason: 'stopped' });
		expect(sealed?.message).toContain('has stopped, and the device is locked');
		expect(behind).toEqual(sealed);
		const after = await code.evaluate(async (page, passphrase) => {
			const { scene } = globalThis as unknown as { scene: Awaited<ReturnType<typeof page.joinFirm>> };
			const { device, service } = scene;
			const locked = await page.refused(device.vault.state());
			const { log } = await device.vault.unlock({ name: 'laptop', unlock: { passphrase } });
			await device.vault.extend(await service.served(log?.size));
			await device.write(service, page.change(service, page.NOTE, { title: 'After' }));
			const [read] = await device.read(service.record(page.NOTE));
			return { locked, read: read?.fields[0], events: page.events, workers: page.workers };
		}, PASSPHRASE);
		expect(after).toMatchObject({
			locked: { reason: 'locked' },
			read: { value: 'After' },
			events: ['STOPPED'],
			workers: 2,
		});
	});

	it('a worker that does not load is one sentence for each call', async () => {
		const { code } = await browser.tab(profile);
		const refused = await code.evaluate(async (page) => {
			const vault = page.start('/missing.js');
			return Promise.all([page.refused(vault.devices()), page.refused(vault.state())]);
		});
		expect(refused[0]).toMatchObject({ code: 'INTERNAL', reason: 'no-worker' });
		expect(refused[1]).toEqual(refused[0]);
	});

	it('a message that is no operation is refused, and the vault goes on', async () => {
		const { page, code } = await browser.tab(profile);
		await code.evaluate(async (page) => page.start().devices());
		const answers = await page.evaluate(async () => {
			interface Port {
				postMessage(message: unknown): void;
				onmessage: (event: { data: { answer?: number } }) => void;
			}
			const { Worker } = globalThis as unknown as { Worker: new (url: string, options: object) => Port };
			const worker = new Worker('/worker.js', { type: 'module' });
			const messages = [
				{ call: 1, operation: 'constructor', given: [] },
				{ call: 2, operation: 'context', given: [] },
				{ call: 3, operation: 'state', given: 'x' },
				{ call: 4, operation: 'state', given: [1, 2] },
				null,
				'state',
			];
			const answers: unknown[] = [];
			return new Promise<unknown[]>((resolve) => {
				worker.onmessage = ({ data }) => {
					if (data.answer !== undefined) answers.push(data);
					if (answers.length === messages.length) resolve(answers);
				};
				for (const message of messages) worker.postMessage(message);
			});
		});
		for (const answer of answers)
			expect(answer).toMatchObject({ error: { code: 'BAD_USER_INPUT', reason: 'not-asked' } });
		expect(JSON.stringify(answers)).toContain('asked for something that is no operation of the vault');
	});

	it('a second tab is refused, takes over, and the first one is locked', async () => {
		const first = await joinedTab();
		const second = await browser.tab(profile);
		const seen = await second.code.evaluate(async (page, passphrase) => {
			const vault = page.start();
			const refused = await page.refused(vault.devices());
			await vault.takeOver();
			const { log } = await vault.unlock({ name: 'laptop', unlock: { passphrase } });
			return { refused, size: log?.size, events: page.events };
		}, PASSPHRASE);
		expect(seen.refused).toMatchObject({ code: 'CONFLICT', reason: 'other-tab' });
		expect(seen.refused?.message).toContain('Firmseal is open in another tab');
		expect(seen.size).toBeGreaterThan(10);
		const refusedFirst = await first.code.evaluate(async (page) => {
			const { scene } = globalThis as unknown as { scene: Awaited<ReturnType<typeof page.joinFirm>> };
			return { refused: await page.refused(scene.device.vault.state()), events: page.events };
		});
		expect(refusedFirst).toMatchObject({ refused: { reason: 'other-tab' }, events: ['TAKEN'] });
		// When the second tab closes, the first gets the store back.
		await second.page.close();
		await expect.poll(() => first.code.evaluate((page) => page.events)).toEqual(['TAKEN', 'FREE']);
		const again = await first.code.evaluate(async (page) => {
			const { scene } = globalThis as unknown as { scene: Awaited<ReturnType<typeof page.joinFirm>> };
			return page.refused(scene.device.vault.state());
		});
		expect(again).toMatchObject({ reason: 'locked' });
	});

	it('if the database is removed while it is open, nothing is written any more, and the device is gone', async () => {
		const { code } = await joinedTab();
		const seen = await code.evaluate(async (page) => {
			const { scene } = globalThis as unknown as { scene: Awaited<ReturnType<typeof page.joinFirm>> };
			const { indexedDB } = globalThis as unknown as { indexedDB: { deleteDatabase(name: string): object } };
			const removed = indexedDB.deleteDatabase('firmseal');
			await new Promise((resolve) => Object.assign(removed, { onsuccess: resolve }));
			const state = await page.refused(scene.device.vault.state());
			return { state, devices: await scene.device.vault.devices() };
		});
		expect(seen).toMatchObject({ state: { reason: 'locked' }, devices: [] });
	});

	it('if there is no room, nothing is kept, and the same call works later', async () => {
		const { page, code } = await browser.tab(profile);
		const session = await profile.newCDPSession(page);
		await session.send('Storage.overrideQuotaForOrigin', { origin: browser.origin, quotaSize: 1 });
		const create = () =>
			code.evaluate(async (page) => {
				const vault = page.start();
				const unlock = { prf: new Uint8Array(32).fill(7) };
				const wanted = { name: 'laptop', firm: page.FIRM, person: page.ANNA, unlock };
				const refused = await page.refused(vault.create(wanted));
				const devices = (await vault.devices()).length;
				vault.stop();
				return { refused, devices };
			});
		const full = await create();
		expect(full).toMatchObject({ refused: { code: 'INTERNAL', reason: 'store-full' }, devices: 0 });
		expect(full.refused?.message).toContain('There is no room left in this browser');
		await session.send('Storage.overrideQuotaForOrigin', { origin: browser.origin });
		expect(await create()).toEqual({ refused: null, devices: 1 });
	});

	it('with a clock that is an hour wrong, the device reads and does not write', async () => {
		const { code } = await joinedTab();
		const seen = await code.evaluate(async (page) => {
			const { scene } = globalThis as unknown as { scene: Awaited<ReturnType<typeof page.joinFirm>> };
			const { device, service } = scene;
			service.time.step(-3_600_000);
			const extended = await page.refused(device.vault.extend(await service.served(service.entries.length)));
			const [read] = await device.read(service.record(page.NOTE));
			const sealed = await page.refused(device.vault.seal([page.change(service, page.NOTE, { title: 'Late' })]));
			return { extended, read: read?.fields[0], sealed };
		});
		expect(seen).toMatchObject({ read: { value: 'Plan' }, sealed: { code: 'CONFLICT', reason: 'not-fresh' } });
	});

	it('says that a passphrase is needed where a passkey has no PRF, and that the person declined', async () => {
		const { page, code } = await browser.tab(profile);
		const create = () =>
			code.evaluate(async (page) => {
				const vault = page.start();
				const wanted = { name: 'laptop', firm: page.FIRM, person: page.ANNA, label: 'anna' };
				const refused = await page.refused(page.createWithPasskey(vault, wanted));
				const devices = await vault.devices();
				vault.stop();
				return { refused, devices };
			});
		const { session, authenticatorId } = await addAuthenticator(page, false);
		expect(await create()).toMatchObject({ refused: { code: 'BAD_USER_INPUT', reason: 'passkey-none' }, devices: [] });
		await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
		const withPrf = await addAuthenticator(page);
		await withPrf.verifies(false);
		expect(await create()).toMatchObject({ refused: { code: 'FORBIDDEN', reason: 'passkey-refused' }, devices: [] });
	});
});
