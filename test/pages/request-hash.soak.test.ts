import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { openPagesScene, type PagesScene } from './scene.ts';

const OWNER = 'owner@northgate.example';
const APPROVER = 'approver@platform.example';
const OPERATOR = 'operator@platform.example';
const HASH = /^[0-9a-f]{64}$/;
/** What a server or something before it could show instead of what was asked. */
const FALSE = {
	'another reason': { reason: 'Routine maintenance, as every month, without a look at any content.' },
	'another ticket': { ticket: 'SUP-1' },
	'a smaller budget': { readBudget: 1 },
	'fewer minutes': { minutes: 5 },
	'another class': { classes: ['NOTE'] },
	'fewer fields': { coordinates: ['Note.title'] },
	'another person': { requestedById: '00000000-0000-4000-8000-000000000000' },
	'another hash': { requestHash: 'a'.repeat(64) },
	'no reason': { reason: null },
} as const;

describeInChromium('the hash of a request, calculated where a person decides', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	const ask = async (email: string, query: string, variables: Record<string, unknown> = {}) => {
		const { data, text } = await scene.api.ask(scene.tokens[email] ?? '', query, variables);
		if (!data) throw new Error(text);
		return data;
	};

	async function requestLease(): Promise<{ readonly id: string; readonly requestHash: string }> {
		const { viewer } = await ask(OWNER, '{ viewer { firm { id } } }');
		const { requestBreakGlass } = await ask(
			OPERATOR,
			'mutation($input: RequestBreakGlassInput!) { requestBreakGlass(input: $input) { lease { id requestHash } } }',
			{
				input: {
					firmId: viewer.firm.id,
					purpose: 'CUSTOMER_SUPPORT',
					reason: 'The owner reports that notes and messages show no text since Monday.',
					ticket: 'SUP-4712',
					classes: ['NOTE', 'COMMUNICATION'],
					readBudget: 200,
					minutes: 60,
				},
			},
		);
		return requestBreakGlass.lease;
	}

	/** What the server, or something before the page, changes in everything that the page learns of the request. */
	let fields: object = {};

	/** Changes objects that are the request, wherever an answer has them. */
	async function falsify(page: Page, lease: string): Promise<void> {
		const change = (value: unknown): unknown => {
			if (Array.isArray(value)) return value.map(change);
			if (typeof value !== 'object' || value === null) return value;
			const object = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, change(each)]));
			return object.id === lease && 'requestHash' in object ? { ...object, ...fields } : object;
		};
		await page.route('**/graphql', async (route) => {
			// A reload gives requests up, which can't be answered any more.
			try {
				const response = await route.fetch();
				await route.fulfill({ response, json: change(await response.json()) });
			} catch {}
		});
	}

	const hashOn = (page: Page) => page.locator('dt', { hasText: 'Request hash' }).locator('+ dd').first().textContent();
	const refusal = (page: Page) =>
		page.getByRole('alert').filter({ hasText: 'What is shown is not exactly what the hash of the request covers' });

	it('is not that of a request that was changed on its way, which then has no button to approve', {
		timeout: 300_000,
	}, async () => {
		const { id, requestHash } = await requestLease();
		for (const email of [APPROVER, OWNER]) {
			const at = email === OWNER ? `/access/${id}` : `/leases/${id}`;
			const page = await scene.signIn(email, at);
			const approve = page.getByRole('button', { name: /^Approve/ });
			await approve.waitFor();
			await falsify(page, id);
			for (const [name, changed] of Object.entries(FALSE)) {
				fields = changed;
				await page.reload();
				await refusal(page).waitFor();
				expect(await approve.count(), `${email}: ${name}`).toBe(0);
			}
			fields = {};
			await page.reload();
			await approve.waitFor();
			expect(await refusal(page).count()).toBe(0);
			expect(await hashOn(page)).toBe(requestHash);
		}
		const { breakGlassLease } = await ask(
			APPROVER,
			'query($id: ID!) { breakGlassLease(id: $id) { state approvals { side } } }',
			{ id },
		);
		expect(breakGlassLease).toEqual({ state: 'REQUESTED', approvals: [] });
		await ask(OWNER, 'mutation($leaseId: ID!) { denyBreakGlass(leaseId: $leaseId) { lease { id } } }', { leaseId: id });
	});

	it('is what the approval names', {
		timeout: 120_000,
	}, async () => {
		const { id, requestHash } = await requestLease();
		expect(requestHash).toMatch(HASH);
		const page = await scene.signIn(APPROVER, `/leases/${id}`);
		await page.getByText('Calculated by this browser from the request above; the server states the same.').waitFor();
		await page.getByRole('button', { name: 'Approve …', exact: true }).click();
		const dialog = page.getByRole('dialog');
		await dialog.getByText(requestHash).waitFor();
		const sent = page.waitForRequest((request) => request.postData()?.includes('"ApproveBreakGlass"') === true);
		await dialog.getByRole('button', { name: 'Approve exactly this request' }).click();
		expect((await sent).postDataJSON().variables).toMatchObject({ leaseId: id, requestHash });
		await page.getByText('You approved the request for the platform.').waitFor();
		expect(scene.complaints()).toEqual([]);
	});

	it('is the server’s word to someone who may not read all of the request', { timeout: 120_000 }, async () => {
		const { id, requestHash } = await requestLease();
		const page = await scene.signIn(APPROVER, `/leases/${id}`);
		await page.getByRole('button', { name: /^Approve/ }).waitFor();
		fields = { reason: null };
		await falsify(page, id);
		await page.reload();
		await page.getByText('As the server states it: this browser cannot check it').waitFor();
		expect(await hashOn(page)).toBe(requestHash);
	});
});
