import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { bundle } from '../../package/bundle.ts';
import { describeInChromium, launchChromium } from '../../support/chromium.ts';
import { listen } from '../../support/listen.ts';
import type * as Firm from './firm.ts';

describeInChromium('the vault in a browser', () => {
	const server = createServer((_, response) => {
		response.setHeader('content-type', 'text/html').end('<!doctype html><title>vault</title>');
	});
	let browser: Browser | undefined;
	afterAll(async () => {
		await browser?.close();
		server.close();
	});

	it('begins a firm, joins, decides, seals and opens as it does in Node', async () => {
		const folder = fileURLToPath(new URL('.', import.meta.url));
		const [{ expression }, port] = await Promise.all([bundle("export * from './firm.ts';", folder), listen(server)]);
		browser = await launchChromium();
		const page = await browser.newPage();
		await page.goto(`http://127.0.0.1:${port}/`);
		const bundled = await page.evaluateHandle<typeof Firm>(expression);
		const opened = await bundled.evaluate(async ({ someFirm, NOTE, MESSAGE }) => {
			const { service, cara } = await someFirm();
			const device = await cara();
			const [note, message] = await device.read(service.record(NOTE), service.record(MESSAGE));
			return [note?.fields, message?.fields];
		});
		expect(opened).toEqual([
			[
				{ name: 'title', value: 'Plan' },
				{ name: 'body', value: 'First draft' },
			],
			[
				{ name: 'subject', value: 'Hello' },
				{ name: 'body', value: 'Dear client' },
			],
		]);
	});
});
