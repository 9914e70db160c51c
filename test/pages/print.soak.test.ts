import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { expectToFit, openPagesScene, type PagesScene } from './scene.ts';

const OWNER = 'owner@northgate.example';
const OPERATOR = 'operator@platform.example';
const APPROVER = 'approver@platform.example';
const WHY = 'The owner reports that a note shows no text since the update of Monday.';
const AGREED = 'The owner has called about this note.';
const CHECKED = 'The ticket is open, and the scope is small.';
const TICKET = 'SUP-4713';
/** A4 without its margins, in pixels of CSS. */
const PAPER = { width: 718, height: 1047 };

/** What is on paper, and whether all of it is dark on white. Text in a folded part that is not unfolded is not there. */
const ON_PAPER = `(() => {
	const shown = [...document.querySelectorAll('body *')].filter((each) => each.checkVisibility({ visibilityProperty: true }));
	const own = (each) => [...each.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join('').trim();
	const light = (color) => (color.match(/[\\d.]+/g) ?? []).slice(0, 3).map(Number).every((part) => part > 140);
	return {
		text: shown.map(own).filter(Boolean).join('\\n'),
		buttons: shown.filter((each) => each.matches('button, .button, nav, nav a, textarea')).map((each) => each.outerHTML),
		pale: shown.filter((each) => own(each) && !each.closest('svg') && light(getComputedStyle(each).color)).map(own),
		page: getComputedStyle(document.documentElement).backgroundColor,
		cut: shown.filter((each) => own(each) && each.getBoundingClientRect().right > innerWidth + 1 && !each.closest('.said')).map(own),
		folded: [...document.querySelectorAll('main details:not([open])')].filter((each) =>
			[...each.children].slice(1).some((child) => !child.checkVisibility())).map((each) => each.textContent),
	};
})()`;

interface OnPaper {
	readonly text: string;
	readonly buttons: readonly string[];
	readonly pale: readonly string[];
	readonly page: string;
	readonly cut: readonly string[];
	readonly folded: readonly string[];
}

describeInChromium('what an owner prints for a lawyer', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	/** A lease on five notes that was agreed to by both sides, with reasons, and used. */
	async function used(): Promise<{ readonly id: string; readonly records: readonly string[] }> {
		const ask = async (email: string, text: string, variables: Readonly<Record<string, unknown>> = {}) => {
			const { data, errors } = await scene.api.ask(scene.tokens[email] ?? '', text, variables);
			expect(errors).toEqual([]);
			return data;
		};
		const { viewer } = await ask(OWNER, '{ viewer { firm { id } } }');
		const records: string[] = [];
		for (let count = 0; count < 5; count++) {
			const { createNote } = await ask(
				'member@northgate.example',
				'mutation($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }',
				{ input: { title: 'Hearing', body: 'Text' } },
			);
			records.push(createNote.note.id);
		}
		const input = {
			firmId: viewer.firm.id,
			purpose: 'CUSTOMER_SUPPORT',
			reason: WHY,
			ticket: TICKET,
			classes: ['NOTE'],
			recordIds: records,
		};
		const { requestBreakGlass } = await ask(
			OPERATOR,
			'mutation($input: RequestBreakGlassInput!) { requestBreakGlass(input: $input) { lease { id requestHash } } }',
			{ input },
		);
		const { id: leaseId, requestHash } = requestBreakGlass.lease;
		for (const [email, reason] of [
			[OWNER, AGREED],
			[APPROVER, CHECKED],
		] as const)
			await ask(
				email,
				'mutation($leaseId: ID!, $requestHash: String!, $reason: String) { approveBreakGlass(leaseId: $leaseId, requestHash: $requestHash, reason: $reason) { lease { id } } }',
				{ leaseId, requestHash, reason },
			);
		return { id: leaseId, records };
	}

	async function onPaper(page: Page): Promise<OnPaper> {
		await page.setViewportSize(PAPER);
		await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
		const found = await page.evaluate<OnPaper>(ON_PAPER);
		await expectToFit(page);
		expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
		expect(found).toMatchObject({ buttons: [], pale: [], cut: [], folded: [], page: 'rgb(255, 255, 255)' });
		return found;
	}

	it('the story of one lease, the page of all access, and the report', { timeout: 240_000 }, async () => {
		const { id, records } = await used();
		// Activated and used at the console.
		const operator = await scene.signIn(OPERATOR);
		await operator.getByRole('button', { name: 'Activate for 30 min' }).click();
		await operator.getByRole('region', { name: 'Lease in use' }).getByText('What you open now is counted').waitFor();
		await operator.goto(`${operator.url().split('#')[0]}#/firms`);
		await operator.getByRole('link', { name: 'Northgate Legal', exact: true }).last().click();
		await operator.getByRole('navigation', { name: 'Of this firm' }).getByRole('link', { name: 'Notes' }).click();
		await operator.getByRole('table', { name: 'Notes' }).getByRole('link').first().click();
		await operator.getByRole('button', { name: /^Open \d values? under SUP-4713$/ }).click();
		await operator.getByText('Hearing').first().waitFor();

		const story = [WHY, TICKET, AGREED, CHECKED, 'Approved for your firm', 'Approved for the platform', 'Active:'];
		const opened = ['What was opened', 'text of a note', ...records];
		const owner = await scene.signIn(OWNER, `/access/${id}`);
		await owner.getByRole('table', { name: 'What was opened' }).getByText('text of a note').waitFor();
		await owner.getByText('Each step of the story is in it too.').waitFor();
		const one = await onPaper(owner);
		for (const part of [...story, ...opened]) expect(one.text).toContain(part);

		await owner.emulateMedia({ media: 'screen' });
		await owner.goto(`${owner.url().split('#')[0]}#/access`);
		const summary = owner.locator('details.card > summary').filter({ hasText: TICKET });
		await summary.click();
		await owner.getByRole('table', { name: 'What was opened' }).getByText('text of a note').waitFor();
		// Folded up again, it is still printed.
		await summary.click();
		await owner.getByRole('table', { name: 'What was opened' }).waitFor({ state: 'hidden' });
		const all = await onPaper(owner);
		for (const part of [...story, ...opened, 'Who can read your content now', 'has them all'])
			expect(all.text).toContain(part);

		await owner.emulateMedia({ media: 'screen' });
		await owner.goto(`${owner.url().split('#')[0]}#/access/report`);
		await owner.getByRole('button', { name: 'Print or save as PDF' }).waitFor();
		const report = await onPaper(owner);
		for (const part of [...story, ...opened]) expect(report.text).toContain(part);
		expect(scene.complaints()).toEqual([]);
	});
});
