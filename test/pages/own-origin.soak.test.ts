import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { describeInChromium, launchChromium } from '../support/chromium.ts';
import { listen } from '../support/listen.ts';
import { endAll, firmsealJson, newDirectory, PROJECT, type RunningApi, startApi, words } from '../system/program.ts';
import { AUDIENCE, CLIENT, startOpenIdProvider } from './openid-provider.ts';
import { record, untilShown } from './scene.ts';
import { startStaticHost } from './static-host.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Runs in a page of someone else. */
const PRIZE = '<!doctype html><title>Prize</title><h1>Win a prize</h1>';

describeInChromium('the pages at an origin of their own, as in production', () => {
	let provider: Awaited<ReturnType<typeof startOpenIdProvider>>;
	let host: Awaited<ReturnType<typeof startStaticHost>>;
	let api: RunningApi;
	let browser: Browser;
	let evil: string;
	const stranger = createServer((_, response) => response.setHeader('content-type', 'text/html').end(PRIZE));
	const complaints: string[] = [];
	/** Where each token went. */
	const trusted = new Set<string>();

	beforeAll(async () => {
		execFileSync(process.execPath, ['web/build.ts'], { cwd: PROJECT, stdio: 'pipe' });
		provider = await startOpenIdProvider();
		host = await startStaticHost();
		const own = { FIRMSEAL_DATA_DIR: newDirectory(), FIRMSEAL_PORT: '0', FIRMSEAL_CORS_ORIGINS: host.origin };
		const env = { ...own, ...provider.env, FIRMSEAL_PAGES: 'off' };
		api = await startApi(env);
		provider.admit(host.origin);
		host.configure({ api: api.url, issuer: provider.issuer, client: CLIENT, audience: AUDIENCE });
		const firm = words`firm create --slug acme --name Acme --owner ann@acme.example --owner-subject ann`;
		expect(await firmsealJson(env, ...firm)).toMatchObject({ code: 0 });
		evil = `http://127.0.0.1:${await listen(stranger)}`;
		browser = await launchChromium();
	}, 120_000);
	afterEach(async () => {
		for (const context of browser.contexts()) await context.close();
		complaints.length = 0;
		trusted.clear();
	});
	afterAll(async () => {
		await browser?.close();
		stranger.close();
		stranger.closeAllConnections();
		host?.stop();
		await endAll();
		await provider?.stop();
	});

	async function open(place: string, context?: BrowserContext): Promise<Page> {
		const page = await (context ?? (await browser.newContext())).newPage();
		await record(page, [host.origin, api.url, provider.issuer], complaints);
		page.on('request', (request) => {
			if (request.headers().authorization) trusted.add(new URL(request.url()).origin);
		});
		await page.goto(host.origin + place);
		return page;
	}
	async function enter(page: Page): Promise<void> {
		await page.getByLabel('Name').fill('ann');
		await page.getByRole('button', { name: 'Enter' }).click();
	}
	const signedIn = (page: Page) => page.getByRole('button', { name: 'Sign out', exact: true }).waitFor();
	async function signIn(at = '/#/'): Promise<Page> {
		const page = await open(at);
		await enter(page);
		await signedIn(page);
		return page;
	}

	it('are sent with a policy for each page, and the API sends none of them', async () => {
		expect([...host.headers().keys()]).toEqual([
			'Content-Security-Policy',
			'Cross-Origin-Opener-Policy',
			'Referrer-Policy',
			'X-Content-Type-Options',
			'Strict-Transport-Security',
		]);
		for (const path of ['/', '/operator', '/verify', '/assets/config.json'])
			expect([path, (await fetch(api.url + path)).status]).toEqual([path, 404]);
	});

	it('do all that they do at the origin of the API: text, files up and down, events and the check of the log', async () => {
		const page = await signIn('/#/notes/new');
		await page.getByLabel('Title').fill('From afar');
		await page.getByRole('button', { name: /^Save/ }).first().click();
		await page.getByRole('heading', { level: 1, name: 'From afar' }).waitFor();

		await page.goto(`${host.origin}/#/documents`);
		const file = { name: 'deed.txt', mimeType: 'text/plain', buffer: Buffer.from('the deed itself') };
		await page.locator('input[type=file]').setInputFiles(file);
		await page.getByRole('dialog').getByRole('button', { name: 'Upload', exact: true }).click();
		await page.locator('li[data-state=DONE]').filter({ hasText: 'deed.txt' }).getByRole('link').click();
		await page.getByRole('button', { name: 'Preview', exact: true }).click();
		await page.getByRole('region', { name: 'Text of the file' }).getByText('the deed itself').waitFor();
		const saved = new Promise<string>((resolve) => {
			for (const each of page.context().pages())
				each.on('download', (download) => resolve(download.suggestedFilename()));
			page.context().on('page', (opened) => opened.on('download', (download) => resolve(download.suggestedFilename())));
		});
		await page.getByRole('button', { name: 'Download', exact: true }).click();
		expect(await saved).toBe('deed.txt');

		const other = await open('/#/notes', page.context());
		await signedIn(other);
		await untilShown(other);
		await page.goto(`${host.origin}/#/notes/new`);
		await page.getByLabel('Title').fill('Told by an event');
		await page.getByRole('button', { name: /^Save/ }).first().click();
		await other.getByRole('link', { name: 'Told by an event' }).waitFor();

		await page.goto(`${host.origin}/#/access`);
		await page.getByText('The log is complete and unbroken:').waitFor();
		expect([...trusted]).toEqual([api.url]);
		expect(complaints.splice(0)).toEqual([]);
	});

	it.each(['/', '/operator', '/verify', '/assets/signed-in.html'])('can be framed by no page at %s', async (path) => {
		const page = await signIn();
		const hostile = await page.context().newPage();
		await hostile.goto(evil);
		await hostile.evaluate(`new Promise((resolve) => {
			const frame = document.createElement('iframe');
			frame.src = '${host.origin}${path}';
			frame.onload = resolve;
			document.body.append(frame);
		})`);
		await expect.poll(() => hostile.frames()[1]?.url()).toBe('chrome-error://chromewebdata/');
	});

	it('let no page but themselves read the API, also with a token', async () => {
		const page = await signIn();
		const sent = page.waitForRequest(`${api.url}/graphql`);
		await page.getByRole('link', { name: 'Members' }).click();
		const { authorization = '' } = (await sent).headers();
		const hostile = await page.context().newPage();
		await hostile.goto(evil);
		const read = (from: Page, path: string, headers: object) =>
			from.evaluate<string>(
				`fetch('${api.url}${path}', { headers: ${JSON.stringify(headers)} }).then(({ status }) => String(status), () => 'refused')`,
			);
		const question = '/graphql?query=%7Bviewer%7Bemail%7D%7D';
		const asked = { authorization, 'apollo-require-preflight': 'true' };
		for (const [path, headers, status] of [
			[question, asked, '200'],
			['/events', { authorization }, '200'],
			['/documents/00000000-0000-7000-8000-000000000000/content', { authorization }, '404'],
			['/.well-known/firmseal/checkpoint-key', {}, '200'],
		] as const) {
			expect([path, await read(page, path, headers)]).toEqual([path, status]);
			expect([path, await read(hostile, path, headers)]).toEqual([path, 'refused']);
		}
	});

	it.each([
		'/?code=mine&state=mine',
		'/?code=mine&state=mine&iss=https://evil.example#/notes',
		'/?error=access_denied&state=mine&error_description=<img src=x onerror=complain(1)>',
		'/operator?code=mine&state=mine&redirect_uri=https://evil.example/',
		'/?state=mine#//evil.example/',
		'/?signed-out&next=https://evil.example/',
		'/#//evil.example/',
		'/#javascript:complain(1)',
		'/#/\\evil.example',
	])('are led nowhere else by the answer of a stranger: %s', async (place) => {
		const page = await open(place);
		const signedOut = page.getByRole('button', { name: 'Sign in', exact: true });
		await page.getByLabel('Name').or(signedOut).waitFor();
		if (await signedOut.isVisible()) await signedOut.click();
		await enter(page);
		await page.getByRole('button', { name: 'Sign out', exact: true }).waitFor();
		const { origin, search } = new URL(page.url());
		expect([origin, search]).toEqual([host.origin, '']);
		expect([...trusted]).toEqual([api.url]);
		expect(complaints.splice(0)).toEqual([]);
	});

	it('take in one tab no answer to the sign-in of another', async () => {
		const context = await browser.newContext();
		const one = await open('/#/notes', context);
		const other = await open('/#/members', context);
		// Otherwise the session that begins in the first tab could sign it in.
		await other.getByLabel('Name').waitFor();
		// The answer to the first tab, which loads no script that could use it, is opened in the second, which waits for one of its own.
		const answer = one.waitForRequest((request) => request.url().startsWith(`${host.origin}/?code=`));
		await one.route(`${host.origin}/assets/*.js`, (route) => route.abort());
		await enter(one);
		const { search } = new URL((await answer).url());
		await other.goto(`${host.origin}/${search}#/members`);
		await other.getByText('The answer does not belong to this sign-in, so it was not used: try again.').waitFor();
		expect([...trusted]).toEqual([]);
		await other.getByRole('button', { name: 'Try again' }).click();
		await signedIn(other);
		expect(await other.evaluate('JSON.stringify({ ...sessionStorage })')).toBe('{}');
	});

	it('hear nothing from a window that opened them, and tell it nothing', async () => {
		const page = await signIn();
		const hostile = await page.context().newPage();
		await hostile.goto(evil);
		const opening = page.context().waitForEvent('page');
		await hostile.evaluate(`globalThis.heard = []; addEventListener('message', ({ data }) => heard.push(data));
			globalThis.opened = open('${host.origin}/#/notes')`);
		const opened = await opening;
		await signedIn(opened);
		expect(await opened.evaluate('window.opener')).toBeNull();
		expect(await hostile.evaluate('[opened.closed, heard]')).toEqual([true, []]);
		expect(await opened.evaluate('document.referrer')).toBe('');
	});
});
