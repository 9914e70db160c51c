import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { bundle } from '../package/bundle.ts';
import { describeInChromium, launchChromium } from '../support/chromium.ts';
import { listen } from '../support/listen.ts';
import type { CustodyVectors } from './vector-shape.ts';
import { checkVectors } from './vectors.ts';

const { vectors } = JSON.parse(readFileSync(new URL('../vectors/custody-v1.json', import.meta.url), 'utf8')) as {
	vectors: CustodyVectors;
};

describeInChromium('the formats of firm custody in a browser', () => {
	/** WebCrypto is only there in a secure context, such as a page of this machine. */
	const server = createServer((_, response) => {
		response.setHeader('content-type', 'text/html').end('<!doctype html><title>vectors</title>');
	});
	let browser: Browser | undefined;
	afterAll(async () => {
		await browser?.close();
		server.close();
	});

	it('pass exactly the checks that they pass in Node', async () => {
		const folder = fileURLToPath(new URL('.', import.meta.url));
		const [{ expression }, port] = await Promise.all([
			bundle("export { checkVectors } from './vectors.ts';", folder),
			listen(server),
		]);
		browser = await launchChromium();
		const page = await browser.newPage();
		await page.goto(`http://127.0.0.1:${port}/`);
		const bundled = await page.evaluateHandle<{ checkVectors: typeof checkVectors }>(expression);
		const passed = await bundled.evaluate(async ({ checkVectors: check }, all) => check(all), vectors);
		expect(passed).toEqual(await checkVectors(vectors));
		expect(passed.length).toBeGreaterThan(100);
	});
});
