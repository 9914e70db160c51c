import { execFileSync } from 'node:child_process';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { describeInChromium, launchChromium } from '../support/chromium.ts';
import { claimsOf } from '../support/claims.ts';
import { endAll, firmsealJson, newDirectory, PROJECT, type RunningApi, startApi, words } from '../system/program.ts';
import { CLIENT, startOpenIdProvider, TOKEN_LIFE } from './openid-provider.ts';
import { record } from './scene.ts';

vi.setConfig({ testTimeout: 25_000 });

describeInChromium('the pages at an OpenID provider of someone else', () => {
	let provider: Awaited<ReturnType<typeof startOpenIdProvider>>;
	let api: RunningApi;
	let browser: Browser;
	const complaints: string[] = [];

	beforeAll(async () => {
		execFileSync(process.execPath, ['web/build.ts'], { cwd: PROJECT, stdio: 'pipe' });
		provider = await startOpenIdProvider();
		const env = { FIRMSEAL_DATA_DIR: newDirectory(), FIRMSEAL_PORT: '0', ...provider.env };
		api = await startApi(env);
		provider.admit(api.url);
		const firm = words`firm create --slug acme --name Acme --owner ann@acme.example --owner-subject ann`;
		expect(await firmsealJson(env, ...firm)).toMatchObject({ code: 0 });
		browser = await launchChromium();
	}, 120_000);
	afterEach(async () => {
		for (const context of browser.contexts()) await context.close();
		Object.assign(provider.behaviour, { age: 0, error: null, forged: null });
		provider.grants();
		provider.problems();
		complaints.length = 0;
	});
	afterAll(async () => {
		await browser?.close();
		await endAll();
		await provider?.stop();
	});

	async function open(context?: BrowserContext, at = '/#/'): Promise<Page> {
		const page = await (context ?? (await browser.newContext())).newPage();
		await record(page, [api.url, provider.issuer], complaints);
		await page.goto(api.url + at);
		return page;
	}
	async function enter(page: Page, name = 'ann'): Promise<void> {
		await page.getByLabel('Name').fill(name);
		await page.getByRole('button', { name: 'Enter' }).click();
	}
	const signedIn = (page: Page) => page.getByRole('button', { name: 'Sign out', exact: true }).waitFor();
	async function signIn(at?: string): Promise<Page> {
		const page = await open(undefined, at);
		await enter(page);
		await signedIn(page);
		return page;
	}
	const nextToken = async (page: Page) => {
		const { authorization = '' } = (await page.waitForRequest(`${api.url}/graphql`)).headers();
		return claimsOf(authorization.replace('Bearer ', ''));
	};

	it('sign a person in with a token for the API, and talk to no one else', async () => {
		const page = await open(undefined, '/#/members');
		await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
		expect(new URL(page.url()).origin).toBe(provider.issuer);
		const sent = nextToken(page);
		await enter(page);
		await signedIn(page);
		expect(page.url()).toBe(`${api.url}/#/members`);
		expect(await sent).toMatchObject({ iss: provider.issuer, sub: 'ann', client_id: CLIENT });
		await page.getByText('ann@acme.example').first().waitFor();
		expect([provider.grants(), provider.problems(), complaints.splice(0)]).toEqual([['authorization_code'], [], []]);
	});

	it('may connect to the provider’s origin and to no other', async () => {
		const page = await signIn();
		const connects = (url: string) =>
			page.evaluate<boolean>(`fetch(${JSON.stringify(url)}, { mode: 'no-cors' }).then(() => true, () => false)`);
		expect(await connects(`${provider.issuer}/jwks`)).toBe(true);
		expect(complaints.splice(0)).toEqual([]);
		expect(await connects(provider.issuer.replace('127.0.0.1', 'localhost'))).toBe(false);
		await expect.poll(() => complaints.join()).toContain('The policy refused connect-src: http://localhost:');
	});

	it('renew the token before its end, and keep the time of the sign-in', async () => {
		const page = await open(await browser.newContext());
		await page.clock.install();
		const first = nextToken(page);
		await enter(page);
		await signedIn(page);
		const before = await first;
		provider.grants();
		await page.clock.fastForward((TOKEN_LIFE - 20) * 1000);
		const next = nextToken(page);
		await page.getByRole('link', { name: 'Members' }).click();
		const after = await next;
		expect(provider.grants()).toEqual(['refresh_token']);
		expect(after).toMatchObject({ sub: 'ann', auth_time: before.auth_time });
		expect(after.jti).not.toBe(before.jti);
		await page.getByText('ann@acme.example').first().waitFor();
		expect([provider.problems(), complaints.splice(0)]).toEqual([[], []]);
	});

	/** Fills in the invitation of an owner, which needs a fresh sign-in, and sends it. */
	async function inviteOwner(page: Page, email: string): Promise<void> {
		await page.getByRole('button', { name: 'Invite a person' }).click();
		const dialog = page.getByRole('dialog', { name: 'Invite a person' });
		await dialog.getByLabel('Name').fill('Bea Quill');
		await dialog.getByLabel('E-mail address').fill(email);
		await dialog.getByRole('radio', { name: /^Owner/ }).check();
		await dialog.getByRole('button', { name: 'Make the link' }).click();
	}
	/** Begins a fresh sign-in in a window, and says what the page asks the provider for. */
	async function beginFresh(page: Page) {
		const opened = page.waitForEvent('popup');
		const sent = page
			.context()
			.waitForEvent('request', (request) => request.url().startsWith(`${provider.issuer}/auth?`));
		await page
			.getByRole('dialog', { name: 'Confirm that it is you' })
			.getByRole('button', { name: 'Sign in', exact: true })
			.click();
		return { popup: await opened, asked: new URL((await sent).url()).searchParams };
	}
	/** The same, where the provider asks who the person is. */
	async function openWindow(page: Page): Promise<Page> {
		const { popup } = await beginFresh(page);
		await popup.getByLabel('Name').waitFor();
		return popup;
	}

	it('ask for a fresh sign-in in a window, and then send what was typed', async () => {
		provider.behaviour.age = 600;
		const page = await signIn('/#/members');
		provider.behaviour.age = 0;
		await inviteOwner(page, 'bea@acme.example');
		const popup = await openWindow(page);
		await popup.getByRole('heading', { name: 'Who are you, again?' }).waitFor();
		expect(await page.getByLabel('E-mail address').inputValue()).toBe('bea@acme.example');
		const closed = popup.waitForEvent('close');
		const sent = nextToken(page);
		await enter(popup);
		await closed;
		const { auth_time } = await sent;
		expect(Date.now() / 1000 - Number(auth_time)).toBeLessThan(60);
		const link = page.getByRole('dialog', { name: 'The link of the invitation' });
		await link.getByText('Bea Quill').waitFor();
		expect([provider.problems(), complaints.splice(0)]).toEqual([[], []]);
	});

	it('refuse an error and an old sign-in in that window, and keep what was typed', async () => {
		provider.behaviour.age = 600;
		const page = await signIn('/#/members');
		await inviteOwner(page, 'cem@acme.example');
		const alert = page.getByRole('dialog', { name: 'Confirm that it is you' }).getByRole('alert');

		await enter(await openWindow(page));
		await expect.poll(() => alert.textContent()).toContain('older sign-in than this page asked for');
		provider.behaviour.error = 'access_denied';
		await enter(await openWindow(page));
		await expect.poll(() => alert.textContent()).toContain('The sign-in service did not let you in (access_denied)');
		expect(await page.getByLabel('E-mail address').inputValue()).toBe('cem@acme.example');
		expect(complaints.splice(0)).toEqual([]);
	});

	it('ask for this person, not older than the API allows, and take no one else in that window', async () => {
		provider.behaviour.age = 600;
		const page = await signIn('/#/members');
		provider.behaviour.age = 0;
		await inviteOwner(page, 'dee@acme.example');
		const first = await beginFresh(page);
		expect(Object.fromEntries(first.asked)).toMatchObject({ max_age: '240', login_hint: 'ann@acme.example' });
		expect(first.asked.has('prompt')).toBe(false);
		await enter(first.popup, 'bob');
		const alert = page.getByRole('dialog', { name: 'Confirm that it is you' }).getByRole('alert');
		await expect
			.poll(() => alert.textContent())
			.toContain('Another person has signed in, so nothing was sent or saved. Sign in as ann@acme.example.');
		const second = await beginFresh(page);
		// The provider has just seen someone, and would answer with them.
		expect(second.asked.get('prompt')).toBe('login');
		await second.popup.getByRole('heading', { name: 'Who are you, again?' }).waitFor();
		const sent = nextToken(page);
		await enter(second.popup);
		expect(await sent).toMatchObject({ sub: 'ann' });
		await page.getByRole('dialog', { name: 'The link of the invitation' }).waitFor();
		expect([provider.problems(), complaints.splice(0)]).toEqual([[], []]);
	});

	it('need no one at that window if the person has just signed in elsewhere', async () => {
		provider.behaviour.age = 600;
		const page = await signIn('/#/members');
		const other = await open(page.context(), '/#/members');
		await signedIn(other);
		provider.behaviour.age = 0;
		await inviteOwner(other, 'eve@acme.example');
		await enter(await openWindow(other));
		await other.getByRole('dialog', { name: 'The link of the invitation' }).waitFor();
		await inviteOwner(page, 'fay@acme.example');
		const { popup } = await beginFresh(page);
		if (!popup.isClosed()) await popup.waitForEvent('close');
		await page.getByRole('dialog', { name: 'The link of the invitation' }).waitFor();
		expect([provider.problems(), complaints.splice(0)]).toEqual([[], []]);
	});

	it('end the provider’s session with the sign-out', async () => {
		const page = await signIn();
		await page.reload();
		await signedIn(page);
		await page.getByRole('button', { name: 'Sign out', exact: true }).click();
		await page.getByRole('button', { name: 'Leave' }).click();
		await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
		const again = await open(page.context());
		await again.getByRole('heading', { name: 'Who are you?' }).waitFor();
		expect([provider.problems(), complaints.splice(0)]).toEqual([[], []]);
	});

	const failed = async (page: Page): Promise<string | null> => {
		await page.getByRole('heading', { name: 'Signing in did not work' }).waitFor();
		return page.getByRole('alert').textContent();
	};

	it.each([
		['state', 'foreign', 'does not belong to this sign-in'],
		['iss', 'https://evil.example', 'does not belong to this sign-in'],
		['code', 'foreign', 'The sign-in service refused its own answer (invalid_grant)'],
	])('refuse an answer with a foreign %s', async (name, value, sentence) => {
		provider.behaviour.forged = [name, value];
		const page = await open();
		await enter(page);
		expect(await failed(page)).toContain(sentence);
		expect(page.url()).toBe(`${api.url}/#/`);
		expect(provider.grants()).toEqual([]);
	});

	it('refuse an ID token with a foreign nonce', async () => {
		const page = await (await browser.newContext()).newPage();
		await page.route(`${provider.issuer}/auth?*`, (route) => {
			const url = new URL(route.request().url());
			url.searchParams.set('nonce', 'foreign');
			return route.continue({ url: url.href });
		});
		await page.goto(api.url);
		await enter(page);
		expect(await failed(page)).toContain('does not belong to this sign-in');
	});

	it('say which error the provider answers, and offer another try', async () => {
		provider.behaviour.error = 'access_denied';
		const page = await open();
		await enter(page);
		expect(await failed(page)).toBe('The sign-in service did not let you in (access_denied).');
		provider.behaviour.error = null;
		await page.getByRole('button', { name: 'Try again' }).click();
		await enter(page);
		await signedIn(page);
		expect(complaints.splice(0)).toEqual([]);
	});
});
