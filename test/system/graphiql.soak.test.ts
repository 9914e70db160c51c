import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium, launchChromium } from '../support/chromium.ts';
import { endAll, newDirectory, type RunningApi, startApi, tokensOf } from './program.ts';

/** GraphiQL's page in a real browser, opened at the address that `npm start` prints. */

/** An attacker's host name that resolves to this machine (DNS rebinding). */
const REBOUND = 'rebound.example';

describeInChromium('GraphiQL in Chromium', () => {
	let api: RunningApi;
	let address: string;
	let browser: Browser;
	/** The browser's errors and warnings, such as violations of the page's policy, and its requests to other servers than the API. */
	const complaints: string[] = [];

	beforeAll(async () => {
		api = await startApi({ FIRMSEAL_DATA_DIR: newDirectory(), FIRMSEAL_PORT: '0' });
		address = /^GraphiQL: (\S+)$/m.exec(api.output.stdout)?.[1] ?? '';
		browser = await launchChromium([`--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`]);
	}, 120_000);
	afterAll(async () => {
		await browser?.close();
		await endAll();
	});
	afterEach(async () => {
		for (const context of browser.contexts()) await context.close();
		complaints.length = 0;
	});

	async function open(at: string, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
		const context = await browser.newContext({ colorScheme, viewport: { width: 1920, height: 1080 } });
		const page = await context.newPage();
		page.on('console', (message) => {
			// A refusal for a person without permission is an expected answer.
			if (['error', 'warning'].includes(message.type()) && !/ status of 40[13] /.test(message.text()))
				complaints.push(message.text());
		});
		page.on('pageerror', ({ message }) => complaints.push(message));
		page.on('request', (request) => {
			if (!request.url().startsWith(`${api.url}/`) && !request.url().startsWith('data:'))
				complaints.push(request.url());
		});
		await page.goto(at);
		await untilReady(page);
		return page;
	}

	const untilReady = (page: Page) => page.locator('.graphiql-query-editor .view-line').first().waitFor();

	async function tabTo(page: Page, selector: string, key = 'Tab'): Promise<void> {
		for (let pressed = 0; pressed < 60; pressed++) {
			if ((await page.locator(`${selector}:focus-within`).count()) > 0) return;
			await page.keyboard.press(key);
		}
		throw new Error(`${key} does not reach ${selector}`);
	}

	/** Chooses a person by keyboard and runs the query in the editor. Returns the response and the text that the page shows for it. */
	async function askAs(page: Page, email: string) {
		await tabTo(page, '#person', 'Shift+Tab');
		await page.keyboard.type(email);
		expect(await page.locator('#person').inputValue()).toBe(email);
		await tabTo(page, '.graphiql-query-editor');
		return run(page);
	}

	async function run(page: Page) {
		const answered = page.waitForResponse((answer) => (answer.request().postData() ?? '').includes('query Documents'));
		await page.keyboard.press('Control+Enter');
		const answer = await answered;
		await page.locator('.result-window .graphiql-spinner').waitFor({ state: 'detached' });
		const shown = page.locator('.result-window');
		await shown.getByText('"data"').or(shown.getByText('"errors"')).first().waitFor();
		return { ...(await answer.json()), query: answer.request().postDataJSON().query, text: await textOf(shown) };
	}

	/** The editor renders non-breaking spaces, and several of them where it wraps a long line. */
	const textOf = async (of: Locator) => ((await of.textContent()) ?? '').replaceAll(/\s+/g, ' ');

	it('opens with an example that runs by keyboard alone and shows each person the permitted fields', async () => {
		const page = await open(address);
		expect(page.url()).toBe(`${api.url}/graphiql`);
		await tabTo(page, '#person');

		const member = await askAs(page, 'member@northgate.example');
		expect([member.errors, member.data.viewer.email]).toEqual([undefined, 'member@northgate.example']);
		const descriptions: string[] = member.data.documents.nodes.map((node: { description: string }) => node.description);
		const { data } = await api.ask(tokensOf(api)['member@northgate.example'] ?? '', member.query);
		expect(member.data).toEqual(data);
		expect(descriptions).toHaveLength(3);
		for (const description of descriptions) {
			expect(description.length).toBeGreaterThan(5);
			expect(member.text).toContain(description);
		}

		const operator = await askAs(page, 'operator@platform.example');
		expect(operator.data.documents.nodes).toHaveLength(3);
		expect(operator.extensions.sealed).toEqual([{ coordinate: 'Document.description', reason: 'NO_LEASE', count: 3 }]);
		expect(operator.text).toContain('NO_LEASE');
		for (const description of descriptions) expect(operator.text).not.toContain(description);

		const stranger = await askAs(page, 'owner@harbour.example');
		expect(stranger.data.documents.nodes).toEqual([]);
		const auditor = await askAs(page, 'auditor@platform.example');
		expect(auditor.errors[0].extensions.code).toBe('FORBIDDEN');

		const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])');
		expect(kept).not.toContain('eyJ');
		await page.reload();
		await untilReady(page);
		expect(await page.locator('.graphiql-tab').count()).toBe(1);
		await tabTo(page, '.graphiql-query-editor');
		expect((await run(page)).data.documents.nodes).toHaveLength(3);
		expect(complaints).toEqual([]);
	});

	it('has a light and a dark theme, the bar above the editor, and every label', async () => {
		const backgrounds: unknown[] = [];
		for (const scheme of ['light', 'dark'] as const) {
			const page = await open(address, scheme);
			backgrounds.push(await page.evaluate('getComputedStyle(document.body).backgroundColor'));
			expect(await page.getByLabel('Ask as').locator('option').count()).toBe(11);
			expect(await page.evaluate('document.documentElement.scrollHeight > innerHeight')).toBe(false);
		}
		expect(new Set(backgrounds).size).toBe(2);
		expect(complaints).toEqual([]);
	});

	it('says what to open if the address has no secret of this start, and accepts a pasted token', async () => {
		const page = await open(`${api.url}/graphql`);
		expect(page.url()).toBe(`${api.url}/graphiql`);
		expect(await page.locator('#note').textContent()).toContain('open the URL that npm start printed');
		expect(await page.getByLabel('Ask as').isDisabled()).toBe(true);
		await page.locator('.graphiql-query-editor .view-line').first().click();
		expect((await run(page)).errors[0].extensions.code).toBe('UNAUTHENTICATED');
		await page.getByRole('button', { name: 'Headers' }).click();
		await page.locator('section[aria-label="Headers"] .graphiql-editor:not(.hidden) .view-lines').click();
		// Between the quotes, after `Bearer `.
		for (const key of ['Control+Home', 'ArrowDown', 'End', 'ArrowLeft']) await page.keyboard.press(key);
		await page.keyboard.insertText(tokensOf(api)['member@northgate.example'] ?? '');
		await page.locator('.graphiql-query-editor .view-line').first().click();
		expect((await run(page)).data.viewer.email).toBe('member@northgate.example');
		expect(complaints).toEqual([]);
	});

	it('reports the secret of another start, and works once the right address is opened in the same tab', async () => {
		const page = await open(`${api.url}/graphiql#${'0'.repeat(32)}`);
		await page.locator('.result-window').getByText('This page can no longer get a token').waitFor();
		const schema = page.waitForResponse((answer) => answer.url().endsWith('/graphql'));
		await page.goto(address);
		expect((await (await schema).json()).data.__schema).toBeDefined();
	});

	it('reveals nothing to a page of another origin that knows the secret', async () => {
		const secret = new URL(address).hash.slice(1);
		const evil: Server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<p>evil'));
		await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
		try {
			const context = await browser.newContext();
			const page = await context.newPage();
			await page.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
			const tries = await page.evaluate(`(async () => {
				const url = ${JSON.stringify(api.url)};
				const start = ${JSON.stringify(secret)};
				const said = (init) =>
					fetch(url + '/graphiql/token', { method: 'POST', body: '{"email":"owner@northgate.example"}', ...init }).then(
						async (answer) => [answer.type, answer.status, await answer.text()].join(' '),
						() => 'refused',
					);
				const frame = Object.assign(document.createElement('iframe'), { src: url + '/graphiql#' + start });
				const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
				document.body.append(frame);
				await loaded;
				return [
					await said({ headers: { 'content-type': 'application/json', 'x-firmseal-start': start } }),
					await said({ headers: { 'content-type': 'text/plain' } }),
					await said({ mode: 'no-cors', headers: { 'content-type': 'text/plain' } }),
				];
			})()`);
			expect(tries).toEqual(['refused', 'refused', expect.stringMatching(/^(opaque 0 |refused)$/)]);
			expect(await page.frames()[1]?.locator('#person').count()).toBe(0);
		} finally {
			evil.close();
		}
	});

	it('reveals nothing under an attacker’s host name that resolves to this machine', async () => {
		const { port, hash } = new URL(address);
		const context = await browser.newContext();
		const page = await context.newPage();
		const refused = await page.goto(`http://${REBOUND}:${port}/graphiql${hash}`);
		expect(refused?.status()).toBe(421);
		expect(await page.locator('body').textContent()).toContain('only under the names of this machine');
	});
});
