import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { openPagesScene, type PagesScene } from './scene.ts';

const REASON = 'The owner reports that this note shows no text since the update of Monday.';
const TICKET = 'SUP-4711';
const NOTE = { title: 'Meeting about the merger', body: 'The price is four million, and no one may know it.' };

describeInChromium('a lease, from the request to the revocation, by people at their screens', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	async function writeNote(): Promise<string> {
		const { data } = await scene.api.ask(
			scene.tokens['member@northgate.example'] ?? '',
			'mutation($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }',
			{ input: NOTE },
		);
		return data?.createNote.note.id;
	}

	const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });
	const link = (page: Page | Locator, name: string) => page.getByRole('link', { name, exact: true });
	const firmOf = (page: Page) => link(page, 'Northgate Legal').first();

	/** Asks for the note that the console shows, as its screen proposes. */
	async function askForLease(operator: Page) {
		await button(operator, 'Ask for a lease').first().click();
		const dialog = operator.getByRole('dialog');
		await dialog.getByLabel('Purpose').selectOption('CUSTOMER_SUPPORT');
		await dialog.getByLabel('Reason').fill(REASON);
		await dialog.getByLabel('Ticket').fill(TICKET);
		await button(dialog, 'Send the request').click();
		await dialog.getByText('Nothing can be read yet.').waitFor();
		await button(dialog, 'Close').click();
	}

	async function openNote(operator: Page) {
		await firmOf(operator).click();
		await operator.getByRole('navigation', { name: 'Of this firm' }).getByRole('link', { name: 'Notes' }).click();
		await operator.getByRole('table', { name: 'Notes' }).getByRole('link').first().click();
		await operator.getByRole('heading', { name: 'Content' }).waitFor();
	}

	it('asked, agreed to by both sides, used, seen and revoked, each screen told by itself', {
		timeout: 180_000,
	}, async () => {
		const id = await writeNote();
		const owner = await scene.signIn('owner@northgate.example');
		await owner.getByText('Nothing waits for you.').waitFor();
		const approver = await scene.signIn('approver@platform.example', '/leases');
		await approver.getByText('No one has asked for a lease yet.').waitFor();
		const operator = await scene.signIn('operator@platform.example', '/firms');

		await openNote(operator);
		expect(operator.url()).toContain(id);
		expect(await operator.content()).not.toContain(NOTE.title);
		await askForLease(operator);

		// Neither of them reloads.
		const request = owner.getByRole('article').filter({ hasText: TICKET });
		await request.getByText(REASON).waitFor();
		await link(request, 'Look at it and decide').click();
		const row = approver.getByRole('row').filter({ hasText: TICKET });
		await row.getByRole('link').first().click();

		const hashes = [];
		for (const page of [owner, approver]) {
			await page.getByText(REASON).first().waitFor();
			await page.getByText(id).first().waitFor();
			hashes.push(await page.locator('dt', { hasText: 'Request hash' }).locator('+ dd').first().textContent());
		}
		expect(hashes[0]).toMatch(/^[\w+/=-]{20,}$/);
		expect(hashes[1]).toBe(hashes[0]);

		await button(owner, 'Approve').click();
		// The dialog covers the request, and says again what it is for.
		await owner.getByRole('dialog').getByText('among the notes of your firm').waitFor();
		await button(owner.getByRole('dialog'), 'Approve exactly this').click();
		await owner.getByText('Your firm has approved this request. It waits for the platform.').waitFor();
		await operator.getByText('was approved for the firm; others must still approve').waitFor();
		await button(approver, 'Approve …').click();
		await button(approver.getByRole('dialog'), 'Approve exactly this request').click();
		await approver.getByText('You approved the request for the platform.').waitFor();

		await operator.getByText('is approved: activate it when you are ready to read').first().waitFor();
		// The name may be followed by a count.
		await operator.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name: 'What waits' }).click();
		await button(operator, 'Activate for 30 min').click();
		await operator.getByRole('region', { name: 'Lease in use' }).waitFor();
		await operator.goBack();
		await operator.getByRole('button', { name: /^Open \d values? under SUP-4711$/ }).click();
		await operator.getByText(NOTE.body).waitFor();

		await owner.getByRole('table', { name: 'What was opened' }).getByText('text of a note').waitFor();
		await owner.getByRole('table', { name: 'What was opened' }).getByRole('link', { name: id }).first().waitFor();
		await button(owner, 'Show titles').click();
		await owner
			.getByRole('table', { name: 'What was opened' })
			.getByRole('link', { name: NOTE.title })
			.first()
			.waitFor();
		expect(await operator.content()).toContain(NOTE.body);
		await button(owner, 'Revoke access').click();
		await button(owner.getByRole('dialog'), 'Revoke now').click();
		await owner.getByText(/^The access is revoked: since .* nothing is opened under it\.$/).waitFor();

		await operator.getByText(NOTE.body).waitFor({ state: 'detached' });
		await operator
			.getByRole('region', { name: 'Lease that has ended' })
			.getByText('was revoked', { exact: false })
			.first()
			.waitFor();
		const left = await operator.content();
		expect(left).not.toContain(NOTE.body);
		expect(left).not.toContain(NOTE.title);
		expect(await operator.getByRole('button', { name: /^Open \d/ }).count()).toBe(0);

		await button(operator, 'Dismiss').first().click();
		await operator.getByRole('region', { name: 'Lease that has ended' }).waitFor({ state: 'detached' });
		await operator.getByRole('heading', { name: 'Content' }).waitFor();

		// What happened stays, for both sides, after a reload too.
		await owner.reload();
		await owner.getByRole('list', { name: 'What happened' }).getByText('Ended: revoked').waitFor();
		await owner.getByRole('table', { name: 'What was opened' }).getByText('text of a note').waitFor();
		await owner.getByText('The list is complete:').first().waitFor();
		await approver.getByText('Revoked').first().waitFor();
		await approver.getByRole('heading', { name: 'What was opened' }).waitFor();
		await operator.goto(approver.url());
		await operator.reload();
		await operator.getByRole('list', { name: 'What happened to the lease' }).getByText('Revoked').waitFor();

		// The alert says what is true now. A third person, who has had no part in it so far, reviews what was opened.
		const reviewer = await scene.signIn('reviewer@platform.example');
		await reviewer
			.getByRole('region', { name: 'Open alerts' })
			.getByRole('listitem')
			.filter({ hasText: /Content could be read under a lease until .*Northgate Legal/ })
			.waitFor();
		await reviewer.getByRole('link', { name: `Review ${TICKET}` }).click();
		await button(reviewer, 'Mark as reviewed').click();
		await button(reviewer.getByRole('dialog'), 'I have reviewed it').click();
		await reviewer.getByText('You reviewed the lease.').waitFor();
		const story = reviewer.getByRole('list', { name: 'What happened to the lease' }).getByRole('listitem');
		await story.filter({ hasText: 'Reviewed' }).getByText('Reviewer (you)').waitFor();
		await owner
			.getByRole('list', { name: 'What happened' })
			.getByRole('listitem')
			.filter({ hasText: 'Reviewed' })
			.waitFor();
		expect(scene.complaints()).toEqual([]);
	});

	const ask = async (email: string, query: string, headers: Record<string, string> = {}) => {
		const { data, errors } = await scene.api.ask(scene.tokens[email] ?? '', query, {}, headers);
		if (errors.length > 0) throw new Error(JSON.stringify(errors));
		return data;
	};

	/** A request for the titles of notes, by the operator. */
	async function request(ticket: string) {
		const owner = await ask('owner@northgate.example', '{ viewer { firm { id } } }');
		const asked = await ask(
			'operator@platform.example',
			`mutation { requestBreakGlass(input: { firmId: "${owner.viewer.firm.id}", purpose: CUSTOMER_SUPPORT, reason: "${REASON}",
				ticket: "${ticket}", classes: [NOTE], coordinates: ["Note.title"], minutes: 10 }) { lease { id requestHash } } }`,
		);
		return asked.requestBreakGlass.lease as { readonly id: string; readonly requestHash: string };
	}

	const approve = async ({ id, requestHash }: { readonly id: string; readonly requestHash: string }) => {
		for (const email of ['owner@northgate.example', 'approver@platform.example'])
			await ask(
				email,
				`mutation { approveBreakGlass(leaseId: "${id}", requestHash: "${requestHash}") { lease { id } } }`,
			);
	};

	it('to look at who has read adds no read to the log, unless the titles are asked for', {
		timeout: 120_000,
	}, async () => {
		const OWNER = 'owner@northgate.example';
		const OPERATOR = 'operator@platform.example';
		const id = await writeNote();
		const lease = await request('SUP-9');
		await approve(lease);
		await ask(OPERATOR, `mutation { activateBreakGlass(leaseId: "${lease.id}") { lease { id } } }`);
		const read = await ask(OPERATOR, `{ note(id: "${id}") { title } }`, { 'x-firmseal-lease': lease.id });
		expect(read.note.title).toBe(NOTE.title);
		/** What the owner has read, by the log. */
		const reads = async () => {
			const { viewer } = await ask(OWNER, '{ viewer { id } }');
			const counts = ['content.open', 'content.read'].map(async (action) => {
				const filter = `{ actorId: "${viewer.id}", action: "${action}" }`;
				const { auditEntries } = await ask(OWNER, `{ auditEntries(first: 1, filter: ${filter}) { totalCount } }`);
				return auditEntries.totalCount as number;
			});
			return (await Promise.all(counts)).join();
		};
		const before = await reads();
		const owner = await scene.signIn(OWNER, '/access');
		await owner.locator('summary', { hasText: 'SUP-9' }).click();
		const opened = owner.getByRole('table', { name: 'What was opened' });
		await opened.getByRole('link', { name: `Note ${id}`, exact: true }).waitFor();
		await owner.goto(`${scene.api.url}/#/access/report`);
		await button(owner, 'Print or save as PDF').waitFor();
		await opened
			.getByRole('link', { name: `Note ${id}`, exact: true })
			.first()
			.waitFor();
		await owner.goto(`${scene.api.url}/#/access/${lease.id}`);
		await opened.getByRole('link', { name: `Note ${id}`, exact: true }).waitFor();
		expect(await reads()).toBe(before);
		expect(await owner.content()).not.toContain(NOTE.title);

		await button(owner, 'Show titles').click();
		await opened.getByRole('link', { name: NOTE.title }).waitFor();
		expect(await reads()).not.toBe(before);
		expect(scene.complaints()).toEqual([]);
	});

	it('the requester withdraws, activates and releases at the page of the lease, and no one else can', {
		timeout: 120_000,
	}, async () => {
		const [unwanted, wanted] = [await request('SUP-1'), await request('SUP-2')];
		const operator = await scene.signIn('operator@platform.example', `/leases/${unwanted.id}`);
		const own = operator.getByRole('region', { name: 'Your lease' });
		await button(own, 'Withdraw the request').click();
		await button(operator.getByRole('dialog'), 'Withdraw the request').click();
		await operator.getByText('Withdrawn', { exact: true }).waitFor();
		await own.waitFor({ state: 'detached' });

		await operator.goto(`${operator.url().split('#')[0]}#/leases/${wanted.id}`);
		await button(own, 'Withdraw the request').waitFor();
		expect(await own.getByRole('button').count()).toBe(1);
		await approve(wanted);
		await button(own, 'Activate for 10 min').waitFor();
		// The API withdraws only what no one has approved.
		expect(await own.getByRole('button').count()).toBe(1);
		const others = [];
		for (const email of ['approver@platform.example', 'auditor@platform.example']) {
			const page = await scene.signIn(email, `/leases/${wanted.id}`);
			await page.getByText('Approved, not in use yet').waitFor();
			others.push(page);
			expect(await button(page, 'Activate for 10 min').count()).toBe(0);
		}
		await button(own, 'Activate for 10 min').click();
		const bar = operator.getByRole('region', { name: 'Lease in use' });
		await bar.waitFor();
		await operator.getByText('Active: content can be read').waitFor();
		expect(await operator.getByText('Changed meanwhile.').count()).toBe(0);
		// The buttons of the lease in use are above every screen, and nowhere twice.
		expect(await button(operator, 'Release').count()).toBe(1);
		await button(bar, 'Stop using it').click();
		await button(own, 'Use this lease').waitFor();
		await button(own, 'Release').click();
		await button(operator.getByRole('dialog'), 'Release the lease').click();
		await operator.getByText('Ended: given back', { exact: true }).waitFor();
		await own.waitFor({ state: 'detached' });
		for (const page of others) await page.getByText('Ended: given back', { exact: true }).waitFor();
		expect(scene.complaints()).toEqual([]);
	});
});
