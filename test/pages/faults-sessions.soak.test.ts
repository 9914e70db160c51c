import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { requestLease, typeRequest } from './request-lease.ts';
import { openPagesScene, type PagesScene, untilShown } from './scene.ts';

const MEMBER = 'member@northgate.example';
const OWNER = 'owner@northgate.example';
const OPERATOR = 'operator@platform.example';
const APPROVER = 'approver@platform.example';

describeInChromium('a session that ends', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });
	const again = (page: Page) => page.getByRole('dialog', { name: 'Sign in again' });
	const titles = async () => {
		const { data } = await scene.api.ask(scene.tokens[MEMBER] ?? '', '{ notes(first: 100) { nodes { title } } }');
		return data.notes.nodes.map(({ title }: { title: string }) => title);
	};

	/**
	 * As the API refuses a token that has expired; what is saved first meets it, because reads in the background would ask for the sign-in
	 * before. The page must not count as one whose person has just signed in.
	 */
	async function expire(page: Page): Promise<() => Promise<void>> {
		await page.clock.install();
		await page.clock.fastForward(60_000);
		const refuse = (route: Parameters<Parameters<Page['route']>[1]>[0]) => {
			// The console sends no text of an operation, but its name.
			if (!/mutation|RequestBreakGlass/.test(route.request().postData() ?? '')) return route.fallback();
			return route.fulfill({
				status: 401,
				contentType: 'application/graphql-response+json; charset=utf-8',
				headers: { 'www-authenticate': 'Bearer' },
				body: '{"errors":[{"message":"The token has expired: sign in again.","extensions":{"code":"UNAUTHENTICATED"}}]}',
			});
		};
		await page.route('**/graphql', refuse);
		return () => page.unroute('**/graphql', refuse);
	}

	/** Clicks Sign in, and returns the window that opens. */
	async function openWindow(page: Page): Promise<Page> {
		const opened = page.waitForEvent('popup');
		await button(page.getByRole('dialog').last(), 'Sign in').click();
		return opened;
	}
	const endIssuerSession = (context: BrowserContext) => context.clearCookies();

	it('in the middle of a note: the person signs in again in place, and the note is saved', async () => {
		const page = await scene.signIn(MEMBER, '/notes/new');
		await page.getByLabel('Title').fill('Half of it');
		await page.getByLabel('Text').fill('The other half.');
		const restore = await expire(page);
		await button(page, 'Save note').click();
		await again(page).getByText('Your sign-in has ended.').waitFor();
		expect(await page.getByLabel('Text').inputValue()).toBe('The other half.');
		await restore();
		await endIssuerSession(page.context());
		const popup = await openWindow(page);
		const closed = popup.waitForEvent('close');
		await popup.getByRole('button', { name: MEMBER }).click();
		await closed;
		await page.getByRole('heading', { level: 1, name: 'Half of it' }).waitFor();
		expect((await titles()).filter((title: string) => title === 'Half of it')).toHaveLength(1);
		expect(scene.complaints()).toEqual([]);
	});

	it('another person who signs in there saves nothing with the first one’s text', async () => {
		const page = await scene.signIn(MEMBER, '/notes/new');
		await page.getByLabel('Title').fill('Mine alone');
		await page.getByLabel('Text').fill('Of the member.');
		const restore = await expire(page);
		await button(page, 'Save note').click();
		await again(page).waitFor();
		await restore();
		await endIssuerSession(page.context());
		const sent: string[] = [];
		page.on('request', (request) => {
			if (request.url().endsWith('/graphql')) sent.push(request.postData() ?? '');
		});
		const popup = await openWindow(page);
		await popup.getByRole('button', { name: OWNER }).click();
		await again(page)
			.getByRole('alert')
			.getByText(`Another person has signed in, so nothing was sent or saved. Sign in as ${MEMBER}.`)
			.waitFor();
		expect(sent.filter((body) => body.includes('Mine alone'))).toEqual([]);
		expect(await titles()).not.toContain('Mine alone');
		expect(await page.getByLabel('Text').inputValue()).toBe('Of the member.');

		// The first one can still save it.
		const second = await openWindow(page);
		await second.getByRole('button', { name: MEMBER }).click();
		await page.getByRole('heading', { level: 1, name: 'Mine alone' }).waitFor();
		expect(scene.complaints()).toEqual([]);
	});

	it('who does not sign in again is told that nothing was done, and keeps the text', async () => {
		const page = await scene.signIn(MEMBER, '/notes/new');
		await page.getByLabel('Title').fill('Not now');
		const restore = await expire(page);
		await button(page, 'Save note').click();
		// Closed by the person: the page cannot know that, and says what to do then.
		await endIssuerSession(page.context());
		const popup = await openWindow(page);
		await popup.getByRole('button', { name: MEMBER }).waitFor();
		await popup.close();
		await again(page).getByText('If you closed it, sign in here again.').waitFor();
		await restore();
		await page.keyboard.press('Escape');
		await page.getByRole('alert').getByText('You did not sign in again, so this was not done.').waitFor();
		expect(await page.getByLabel('Title').inputValue()).toBe('Not now');
		await button(page, 'Save note').click();
		await page.getByRole('heading', { level: 1, name: 'Not now' }).waitFor();
		expect(scene.complaints()).toEqual([]);
	});

	it('a blocked window is said, and nothing is lost', async () => {
		const page = await scene.signIn(MEMBER, '/notes/new');
		await page.getByLabel('Title').fill('Blocked');
		await expire(page);
		await button(page, 'Save note').click();
		await again(page).waitFor();
		await page.evaluate('window.open = () => null');
		await button(again(page), 'Sign in').click();
		await again(page).getByText('The browser blocked the window for signing in: allow it, and try again.').waitFor();
		expect(await page.getByLabel('Title').inputValue()).toBe('Blocked');
		expect(scene.complaints()).toEqual([]);
	});

	it('in the middle of an operator’s request: signed in again in place, and the request is sent once', async () => {
		const [page, dialog] = await typeRequest(scene, 'SUP-77');
		const restore = await expire(page);
		await button(dialog, 'Send the request').click();
		await again(page).waitFor();
		expect(await dialog.getByLabel('Ticket').inputValue()).toBe('SUP-77');
		await restore();
		await endIssuerSession(page.context());
		const foreign = await openWindow(page);
		await foreign.getByRole('button', { name: APPROVER }).click();
		await again(page).getByText(`Sign in as ${OPERATOR}.`).waitFor();
		const popup = await openWindow(page);
		await popup.getByRole('button', { name: OPERATOR }).click();
		await dialog.getByText('Nothing can be read yet.').waitFor();
		const { data } = await scene.api.ask(
			scene.tokens[OPERATOR] ?? '',
			'{ breakGlassLeases(first: 10) { nodes { ticket requester { email } } } }',
		);
		expect(data.breakGlassLeases.nodes).toEqual([{ ticket: 'SUP-77', requester: { email: OPERATOR } }]);
		expect(scene.complaints()).toEqual([]);
	});

	/** Answers every question whether to leave with no. Returns the kinds of the questions. */
	function stayHere(page: Page): string[] {
		const asked: string[] = [];
		page.on('dialog', (question) => {
			asked.push(question.type());
			void question.dismiss();
		});
		return asked;
	}

	it('asks before unsaved text is left: by a link, by the way back, by closing, by signing out', async () => {
		const page = await scene.signIn(MEMBER, '/notes');
		await untilShown(page);
		await page.getByRole('link', { name: 'New note' }).click();
		await page.getByLabel('Title').fill('Stay');
		const asked = stayHere(page);
		const stays = async () => {
			await expect.poll(() => page.url()).toContain('#/notes/new');
			expect(await page.getByLabel('Title').inputValue()).toBe('Stay');
		};
		await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Documents' }).click();
		await stays();
		await page.evaluate('history.back()');
		await expect.poll(() => asked.length).toBe(2);
		await stays();
		await button(page, 'Sign out').click();
		await expect.poll(() => asked.length).toBe(3);
		await stays();
		await page.close({ runBeforeUnload: true });
		await expect.poll(() => asked).toEqual(['confirm', 'confirm', 'beforeunload', 'beforeunload']);
		await stays();
		expect(scene.complaints()).toEqual([]);
	});

	it('asks before an operator’s request is left: by Cancel, by Escape, by the way back, by closing', async () => {
		const [page, dialog] = await typeRequest(scene, 'SUP-78');
		const asked = stayHere(page);
		const stays = async (questions: readonly string[]) => {
			await expect.poll(() => asked).toEqual(questions);
			await expect.poll(() => page.url()).toContain('/notes/');
			expect(await dialog.getByLabel('Ticket').inputValue()).toBe('SUP-78');
		};
		await button(dialog, 'Cancel').click();
		await stays(['confirm']);
		await page.keyboard.press('Escape');
		await stays(['confirm', 'confirm']);
		await page.evaluate('history.back()');
		await stays(['confirm', 'confirm', 'confirm']);
		await page.close({ runBeforeUnload: true });
		await stays(['confirm', 'confirm', 'confirm', 'beforeunload']);
		expect(scene.complaints()).toEqual([]);
	});

	it.each([
		[APPROVER, '/leases/', 'Approve …'],
		[OWNER, '/access/', 'Deny'],
	])('asks before the reason of a decision is left, by %s', async (email, at, opener) => {
		const page = await scene.signIn(email, at);
		const id = await requestLease(scene, 'SUP-79');
		await page.goto(`${page.url().split('#')[0]}#${at}${id}`);
		await button(page, opener).click();
		const reason = page.getByRole('dialog').getByLabel('Your reason (optional)');
		await reason.fill('I have called them, and');
		const asked = stayHere(page);
		await page.evaluate('history.back()');
		await expect.poll(() => asked).toEqual(['confirm']);
		await page.close({ runBeforeUnload: true });
		await expect.poll(() => asked).toEqual(['confirm', 'beforeunload']);
		await expect.poll(() => page.url()).toContain(id);
		expect(await reason.inputValue()).toBe('I have called them, and');
		expect(scene.complaints()).toEqual([]);
	});

	it.each([
		[MEMBER, '/notes'],
		[OPERATOR, '/firms'],
	])('signing out everywhere empties the other pages of %s by itself', async (email, at) => {
		const page = await scene.signIn(email, at);
		await untilShown(page);
		const shown = page.getByRole('main').getByRole('link').first();
		await shown.waitFor();
		const text = (await shown.textContent()) ?? '';
		expect(text.length).toBeGreaterThan(3);
		if (email === MEMBER) {
			const other = await scene.signIn(email, '/account');
			await page.getByRole('link', { name: 'New note' }).click();
			await page.getByLabel('Title').fill('Unsaved');
			await button(other, 'Sign out everywhere').click();
			await button(other.getByRole('dialog'), 'Sign out everywhere').click();
			await other.getByRole('button', { name: email }).waitFor();
		} else {
			await scene.api.ask(scene.tokens[email] ?? '', 'mutation { signOutEverywhere { userId } }');
		}
		await page.getByRole('heading', { name: 'You have signed out everywhere' }).waitFor();
		expect(await page.content()).not.toContain(text);
		expect(await page.content()).not.toContain('Unsaved');
		expect(await page.title()).toBe('Firmseal');
		expect(await page.getByRole('dialog').count()).toBe(0);
		// Nothing is asked any more on the way out.
		await button(page, 'Sign in').click();
		await page.getByRole('button', { name: email }).waitFor();
		expect(scene.complaints()).toEqual([]);
	});
});
