import type { Locator, Page } from 'playwright-core';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { backdate } from '../leases/stage.ts';
import { describeInChromium } from '../support/chromium.ts';
import { databaseOf } from '../system/program.ts';
import { openPagesScene, type PagesScene } from './scene.ts';

const OWNER = 'owner@northgate.example';
const OPERATOR = 'operator@platform.example';
const APPROVER = 'approver@platform.example';
const WHY = 'The owner reports that a note shows no text since the update of Monday.';
const NO = 'We have found the fault ourselves.\nPlease look at SUP-4700 instead.';
const TYPED = 'I have called the owner, and she agrees.';

describeInChromium('what becomes of a request that is not simply approved', () => {
	let scene: PagesScene;
	let count = 0;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string | RegExp) => page.getByRole('button', { name, exact: true });

	/** A new request, by its id and its ticket. */
	async function request() {
		const ask = (email: string, text: string, variables?: Readonly<Record<string, unknown>>) =>
			scene.api.ask(scene.tokens[email] ?? '', text, variables);
		const { data } = await ask(OWNER, '{ viewer { firm { id } } }');
		count += 1;
		const ticket = `SUP-48${count}`;
		const input = { firmId: data.viewer.firm.id, purpose: 'CUSTOMER_SUPPORT', reason: WHY, ticket, classes: ['NOTE'] };
		const asked = await ask(
			OPERATOR,
			'mutation($input: RequestBreakGlassInput!) { requestBreakGlass(input: $input) { lease { id } } }',
			{ input },
		);
		return { id: asked.data.requestBreakGlass.lease.id as string, ticket };
	}

	/** Opens a decision's dialog and writes the reason, without deciding. */
	async function begin(page: Page, opener: string, reason: string): Promise<Locator> {
		await button(page, opener).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByLabel('Your reason (optional)').fill(reason);
		return dialog;
	}

	/** What someone was writing is there to be copied, their dialog is gone, and nothing can be decided. */
	async function expectTooLate(page: Page) {
		await page.getByText('Changed meanwhile.').waitFor();
		expect(await page.getByLabel('Your reason, which was not sent').inputValue()).toBe(TYPED);
		expect(await page.getByRole('dialog').count()).toBe(0);
		expect(await button(page, /^(Approve|Deny|Revoke)/).count()).toBe(0);
		expect(await page.evaluate('document.activeElement === document.body')).toBe(false);
	}

	it('the owner denies, and the person who asked is told why', { timeout: 120_000 }, async () => {
		const { id, ticket } = await request();
		const operator = await scene.signIn(OPERATOR);
		const own = operator.getByRole('region', { name: 'Your requests and leases' });
		await own.getByRole('listitem').filter({ hasText: ticket }).getByText('It waits for approval.').waitFor();
		const owner = await scene.signIn(OWNER, `/access/${id}`);
		await button(await begin(owner, 'Deny', NO), 'Deny').click();
		await owner.getByText('You have denied the request: nothing is opened.').waitFor();
		await owner.getByRole('list', { name: 'What happened' }).getByText(NO).waitFor();
		expect(await owner.getByLabel('Your reason, which was not sent').count()).toBe(0);

		// On whichever screen they are, and again in the list of their own requests.
		const news = operator.getByRole('status').filter({ hasText: `${ticket} on Northgate Legal was denied` });
		await news.getByText(NO).waitFor();
		const denied = own.getByRole('listitem').filter({ hasText: ticket });
		if (!(await denied.isVisible())) await own.getByText(/^Ended/).click();
		await denied.getByText(/ denied it for the firm /).waitFor();
		await denied.getByTitle(OWNER).waitFor();
		await denied.getByText(NO).waitFor();
		expect(await denied.getByRole('button').count()).toBe(0);
		expect(scene.complaints()).toEqual([]);
	});

	it('no one decides, and the request lapses at every screen that shows it', { timeout: 120_000 }, async () => {
		const { id, ticket } = await request();
		const owner = await scene.signIn(OWNER, `/access/${id}`);
		await button(owner, 'Approve').waitFor();
		const approver = await scene.signIn(APPROVER, `/leases/${id}`);
		await button(approver, 'Approve …').waitFor();
		const operator = await scene.signIn(OPERATOR);
		const own = operator.getByRole('listitem').filter({ hasText: ticket });
		await button(own, 'Withdraw the request').waitFor();

		// A day passes, as only the database's owner can let it.
		const admin = postgres(databaseOf(scene.api), { max: 1 });
		try {
			await backdate({ admin }, id, '24 hours');
		} finally {
			await admin.end();
		}
		await owner.getByText('This request is stale.').waitFor();
		await owner.getByRole('list', { name: 'What happened' }).getByText('Lapsed: nothing was done for a day').waitFor();
		await approver.getByText('It is now: Lapsed: no one decided in time.').waitFor();
		await operator
			.getByRole('status')
			.getByText(/has lapsed: no one decided/)
			.waitFor();
		for (const page of [owner, approver]) {
			expect(await button(page, /^(Approve|Deny|Revoke)/).count()).toBe(0);
			await page.reload();
			await page.getByText('Lapsed: no one decided in time').first().waitFor();
			expect(await button(page, /^(Approve|Deny|Revoke)/).count()).toBe(0);
		}
		expect(await button(operator, 'Withdraw the request').count()).toBe(0);
		expect(scene.complaints()).toEqual([]);
	});

	it('the owner denies while the approver is about to approve', { timeout: 120_000 }, async () => {
		const { id } = await request();
		const approver = await scene.signIn(APPROVER, `/leases/${id}`);
		const owner = await scene.signIn(OWNER, `/access/${id}`);
		await begin(approver, 'Approve …', TYPED);
		await button(await begin(owner, 'Deny', NO), 'Deny').click();
		await approver.getByText('It was: Waits for approval. It is now: Denied.').waitFor();
		await expectTooLate(approver);
		await approver.getByRole('list', { name: 'What happened to the lease' }).getByText(NO).waitFor();
		expect(scene.complaints()).toEqual([]);
	});

	it('the approver denies while the owner is about to approve', { timeout: 120_000 }, async () => {
		const { id } = await request();
		const owner = await scene.signIn(OWNER, `/access/${id}`);
		const approver = await scene.signIn(APPROVER, `/leases/${id}`);
		await begin(owner, 'Approve', TYPED);
		await button(await begin(approver, 'Deny', NO), 'Deny the request').click();
		await owner.getByText('This request is stale. There is nothing more to decide. State: denied').waitFor();
		await expectTooLate(owner);
		await owner.getByRole('list', { name: 'What happened' }).getByText(NO).waitFor();
		expect(scene.complaints()).toEqual([]);
	});

	it('the owner approves while the approver is about to approve', { timeout: 120_000 }, async () => {
		const { id } = await request();
		const approver = await scene.signIn(APPROVER, `/leases/${id}`);
		const owner = await scene.signIn(OWNER, `/access/${id}`);
		const dialog = await begin(approver, 'Approve …', TYPED);
		await button(await begin(owner, 'Approve', ''), 'Approve exactly this').click();
		await approver.getByText(', exactly this request').waitFor();
		expect(await dialog.isVisible()).toBe(true);
		expect(await dialog.getByLabel('Your reason (optional)').inputValue()).toBe(TYPED);
		await button(dialog, 'Approve exactly this request').click();
		await approver.getByText('You approved the request for the platform.').waitFor();
		expect(scene.complaints()).toEqual([]);
	});

	it.each([
		[OWNER, '/access/', 'Approve', 'Approve exactly this', 'because the request has changed meanwhile'],
		[APPROVER, '/leases/', 'Approve …', 'Approve exactly this request', 'this is the present state'],
	])(
		'%s approves at the same moment as someone denies',
		{ timeout: 120_000 },
		async (second, at, opener, act, says) => {
			const { id } = await request();
			const page = await scene.signIn(second, at + id);
			// No one tells this page in time.
			await page.route('**/events', (route) =>
				route.fulfill({ status: 200, contentType: 'text/event-stream', body: '' }),
			);
			await page.reload();
			const dialog = await begin(page, opener, TYPED);
			const first =
				second === OWNER ? await scene.signIn(APPROVER, `/leases/${id}`) : await scene.signIn(OWNER, `/access/${id}`);
			const denying = await begin(first, 'Deny', NO);
			await button(denying, /^Deny/).click();
			await denying.waitFor({ state: 'hidden' });
			await button(dialog, act).click();
			await page.getByText(says).waitFor();
			await page.getByText(NO).first().waitFor();
			expect(await page.getByLabel('Your reason, which was not sent').inputValue()).toBe(TYPED);
			expect(await button(page, /^(Approve|Deny|Revoke)/).count()).toBe(0);
			expect(await page.evaluate('document.activeElement === document.body')).toBe(false);
			expect(scene.complaints()).toEqual([]);
		},
	);
});
