import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { type Answer, answer, refusal, TOO_MANY } from './refuse.ts';
import { REASON, requestLease, typeRequest } from './request-lease.ts';
import { openPagesScene, type PagesScene } from './scene.ts';

const MEMBER = 'member@northgate.example';
const APPROVER = 'approver@platform.example';

/** What the routes beside GraphQL send, and the server before GraphQL: src/api/http/problem.ts. */
const problem = (status: number, title: string, code: string, detail: string, headers = {}) => ({
	status,
	contentType: 'application/problem+json',
	headers,
	body: JSON.stringify({ type: 'about:blank', title, status, detail, code, requestId: '0'.repeat(32) }),
});

const WAITS = /^Too many requests at once: trying again at \d+:\d\d:\d\d\b.*What you typed stays here\.$/;

describeInChromium('refusals of the server, and of what stands before it', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(async () => {
		await scene.forget();
		scene.complaints();
	});
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });

	/** A note that is typed, and not saved. */
	async function typeNote(title: string): Promise<Page> {
		const page = await scene.signIn(MEMBER, '/notes/new');
		await page.clock.install();
		await page.getByLabel('Title').fill(title);
		await page.getByLabel('Text').fill('Typed with care.');
		return page;
	}
	const expectTyped = async (page: Page) => expect(await page.getByLabel('Text').inputValue()).toBe('Typed with care.');
	async function expectSavedOnce(page: Page, title: string) {
		await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
		const { data } = await scene.api.ask(scene.tokens[MEMBER] ?? '', '{ notes(first: 100) { nodes { title } } }');
		expect(data.notes.nodes.filter((note: { title: string }) => note.title === title)).toHaveLength(1);
	}

	it('429 with Retry-After: says until when, and goes on by itself', async () => {
		const page = await typeNote('Too many');
		const sent = await answer(page, 'CreateNote', [refusal(429, 'RATE_LIMITED', TOO_MANY, { 'retry-after': '40' })]);
		await button(page, 'Save note').click();
		await page.getByText(WAITS).waitFor();
		await button(page, 'Saving …').waitFor();
		await expectTyped(page);
		await page.clock.fastForward(38_000);
		expect(sent).toHaveLength(1);
		await page.clock.fastForward(3_000);
		await expectSavedOnce(page, 'Too many');
		expect(sent[1]).toBe(sent[0]);
		expect(await page.getByText('Too many requests at once').count()).toBe(0);
	});

	it('429 with a long Retry-After, and without one: says why and until when, and does not promise to go on', async () => {
		const page = await typeNote('Far too many');
		const sent = await answer(page, 'CreateNote', [
			refusal(429, 'RATE_LIMITED', TOO_MANY, { 'retry-after': '600' }),
			refusal(429, 'RATE_LIMITED', 'You have asked for 10 leases on this firm within an hour: wait.', {}),
		]);
		await button(page, 'Save note').click();
		const alert = page.getByRole('alert');
		await alert
			.getByText(/^The limit is 600 requests a minute: wait, then send fewer\. Try again after \d+:\d\d:\d\d/)
			.waitFor();
		await expectTyped(page);
		await page.clock.fastForward(600_000);
		expect(sent).toHaveLength(1);
		await button(page, 'Save note').click();
		await alert.getByText('You have asked for 10 leases on this firm within an hour: wait.', { exact: true }).waitFor();
		expect(await page.getByText('by itself').count()).toBe(0);
		await button(page, 'Save note').click();
		await expectSavedOnce(page, 'Far too many');
	});

	it('503 of the API: says until when, and the button works after it', async () => {
		const page = await typeNote('No keys');
		await answer(page, 'CreateNote', [
			refusal(503, 'KEY_UNAVAILABLE', 'The key service cannot be reached.', { 'retry-after': '5' }),
		]);
		await button(page, 'Save note').click();
		await page
			.getByRole('alert')
			.getByText(/^The key service does not answer, so .* Try again after \d+:\d\d:\d\d/)
			.waitFor();
		await expectTyped(page);
		await page.clock.fastForward(5_000);
		await button(page, 'Save note').click();
		await expectSavedOnce(page, 'No keys');
	});

	it('says so if a change stays although its answer failed, and does not send it again', async () => {
		const page = await typeNote('Done all the same');
		const stays = " The mutation's changes stay: check them before you repeat it.";
		const sent = await answer(page, 'CreateNote', [
			refusal(
				503,
				'AUDIT_UNAVAILABLE',
				`The request could not be recorded, so nothing is answered; try again later.${stays}`,
				{
					'retry-after': '5',
				},
			),
			refusal(429, 'RATE_LIMITED', `Too many MiB of long answers are under way: try again in a few seconds.${stays}`, {
				'retry-after': '5',
			}),
		]);
		const alert = page.getByRole('alert').filter({ hasText: 'changes stay: check them before you repeat it.' });
		await button(page, 'Save note').click();
		await alert.getByText('could not be recorded').waitFor();
		await button(page, 'Save note').click();
		await alert.getByText('MiB of long answers').waitFor();
		await page.clock.fastForward(60_000);
		expect(sent).toHaveLength(2);
		await expectTyped(page);
	});

	it.each<readonly [string, Answer, RegExp]>([
		[
			'503 without a body',
			{ status: 503, body: '' },
			/^The server cannot be reached now \(503\)\. What you typed stays here/,
		],
		[
			'502 with HTML',
			{ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' },
			/^The server cannot be reached now \(502\)\. What you typed stays here/,
		],
		[
			'200 with HTML',
			{ status: 200, contentType: 'text/html', body: '<h1>Log in to the Wi-Fi</h1>' },
			/^The answer was cut off or changed on its way\. What you typed stays here/,
		],
		[
			'JSON that is cut off',
			{ status: 200, contentType: 'application/json', body: '{"data":{"createNote":{"no' },
			/^The answer was cut off or changed on its way\. What you typed stays here/,
		],
		[
			'an answer for another origin',
			'BLOCKED',
			/^The server does not answer\. Check your connection; what you typed stays/,
		],
		[
			'413 of the API',
			problem(
				413,
				'Payload Too Large',
				'PAYLOAD_TOO_LARGE',
				'The request body is larger than 1024 KiB: send less at once.',
			),
			/^The request body is larger than 1024 KiB: send less at once\.$/,
		],
		[
			'413 of a proxy',
			{ status: 413, contentType: 'text/html', body: '<h1>Request Entity Too Large</h1>' },
			/^This is more than the server takes at once\. Make it smaller/,
		],
	])('%s: a sentence, and nothing typed is lost', async (name, refused, sentence) => {
		const page = await typeNote(name);
		await answer(page, 'CreateNote', [refused]);
		await button(page, 'Save note').click();
		await page.getByRole('alert').getByText(sentence).waitFor();
		await expectTyped(page);
		await button(page, 'Save note').click();
		await expectSavedOnce(page, name);
	});

	it('503 for a screen of the console: says until when, and shows it then by itself', async () => {
		const page = await scene.signIn(APPROVER, '/leases');
		await page.clock.install();
		await answer(page, 'Alerts', [
			refusal(503, 'AUDIT_UNAVAILABLE', 'The database is unreachable.', { 'retry-after': '5' }),
		]);
		await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Alerts' }).click();
		await page.getByText(/^The server is not ready: trying again at \d+:\d\d:\d\d/).waitFor();
		await page.clock.fastForward(5_500);
		await page.getByText('The server is not ready').waitFor({ state: 'detached' });
		expect(await page.getByRole('alert').count()).toBe(0);
	});

	it('429 with Retry-After for a request of an operator: says until when, and sends it once', async () => {
		const [page, dialog] = await typeRequest(scene, 'SUP-429');
		await page.clock.install();
		const sent = await answer(page, 'RequestBreakGlass', [
			refusal(429, 'RATE_LIMITED', TOO_MANY, { 'retry-after': '40' }),
		]);
		await button(dialog, 'Send the request').click();
		await dialog.getByText(WAITS).waitFor();
		await button(dialog, 'Sending …').waitFor();
		expect(await dialog.getByLabel('Reason').inputValue()).toBe(REASON);
		await page.clock.fastForward(38_000);
		expect(sent).toHaveLength(1);
		await page.clock.fastForward(3_000);
		await dialog.getByText('Nothing can be read yet.').waitFor();
		expect(sent[1]).toBe(sent[0]);
		const { data } = await scene.api.ask(
			scene.tokens[APPROVER] ?? '',
			'{ breakGlassLeases(first: 10) { nodes { ticket } } }',
		);
		expect(data.breakGlassLeases.nodes).toEqual([{ ticket: 'SUP-429' }]);
	});

	it('429 for an approval, with a long Retry-After: the reason stays, and the button works after it', async () => {
		const id = await requestLease(scene, 'SUP-430');
		const page = await scene.signIn(APPROVER, `/leases/${id}`);
		await button(page, 'Approve …').click();
		const dialog = page.getByRole('dialog');
		await dialog.getByLabel('Your reason (optional)').fill('I have called the owner.');
		await page.clock.install();
		const sent = await answer(page, 'ApproveBreakGlass', [
			refusal(429, 'RATE_LIMITED', TOO_MANY, { 'retry-after': '600' }),
		]);
		await button(dialog, 'Approve exactly this request').click();
		await dialog
			.getByRole('alert')
			.getByText(/^The limit is 600 requests a minute: wait, then send fewer\. Try again after \d+:\d\d:\d\d/)
			.waitFor();
		expect(await dialog.getByLabel('Your reason (optional)').inputValue()).toBe('I have called the owner.');
		await page.clock.fastForward(600_000);
		expect(sent).toHaveLength(1);
		await button(dialog, 'Approve exactly this request').click();
		await page.getByText('You approved the request for the platform.').waitFor();
		await page
			.getByRole('list', { name: 'What happened to the lease' })
			.getByText('I have called the owner.')
			.waitFor();
	});

	it('429 for a screen of the console: says until when, and shows it then by itself', async () => {
		const page = await scene.signIn(APPROVER, '/leases');
		await page.clock.install();
		await answer(page, 'Jobs', [refusal(429, 'RATE_LIMITED', TOO_MANY, { 'retry-after': '5' })]);
		await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'Jobs' }).click();
		await page.getByText(WAITS).waitFor();
		await page.clock.fastForward(5_500);
		await page.getByText(WAITS).waitFor({ state: 'detached' });
		await page.getByText('No job yet.').waitFor();
		expect(await page.getByRole('alert').count()).toBe(0);
	});
});
