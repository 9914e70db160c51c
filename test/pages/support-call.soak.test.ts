import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { expectAccessible, expectToFit, openPagesScene, type PagesScene } from './scene.ts';

const REASON = 'The owner says that this note shows no text since the update of Monday.';

describeInChromium('“my note shows no text”: a support call, by an operator who knows nothing else', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });
	const link = (page: Page | Locator, name: string) => page.getByRole('link', { name, exact: true });
	const ask = async (email: string, query: string) => {
		const { data, errors } = await scene.api.ask(scene.tokens[email] ?? '', query);
		if (errors.length > 0) throw new Error(JSON.stringify(errors));
		return data;
	};

	/** Agrees for both sides to the only request. */
	async function approve(): Promise<void> {
		const { breakGlassLeases } = await ask(
			'approver@platform.example',
			'{ breakGlassLeases(first: 1, filter: { state: REQUESTED }) { nodes { id requestHash } } }',
		);
		const [{ id, requestHash }] = breakGlassLeases.nodes;
		for (const email of ['owner@northgate.example', 'approver@platform.example'])
			await ask(
				email,
				`mutation { approveBreakGlass(leaseId: "${id}", requestHash: "${requestHash}") { lease { id } } }`,
			);
	}

	it('the address that the firm sees leads to the record, and the lease leads back to it', {
		timeout: 180_000,
	}, async () => {
		const { notes } = await ask('owner@northgate.example', '{ notes(first: 7) { nodes { id body } } }');
		const { id, body } = notes.nodes[6] as { readonly id: string; readonly body: string };
		const operator = await scene.signIn('operator@platform.example', '/firms');
		const given = operator.getByLabel('Id or address');
		await given.fill('my note');
		await button(operator, 'Go to the record').click();
		await operator.getByText('There is no id in it').waitFor();
		await given.fill(`${scene.api.url}/#/notes/${id}`);
		await given.press('Enter');
		const content = operator.getByRole('region', { name: 'Content' });
		await content.getByLabel(/^Ask for Text of Note/).check();
		expect(operator.url()).toMatch(new RegExp(`#/firms/[0-9a-f-]{36}/notes/${id}$`));

		await button(content, 'Ask for a lease').click();
		const dialog = operator.getByRole('dialog');
		await dialog.getByText('They do not see your name.').waitFor();
		await dialog.getByLabel('Purpose').selectOption('CUSTOMER_SUPPORT');
		await dialog.getByLabel('Reason').fill(REASON);
		await dialog.getByLabel('Ticket').fill('SUP-77');
		await button(dialog, 'Send the request').click();
		await dialog.getByText('Nothing can be read yet.').waitFor();
		await button(dialog, 'Close').click();
		await approve();

		const news = operator.getByText('is approved: activate it when you are ready to read.', { exact: false });
		await news.waitFor();
		await operator.getByRole('link', { name: /^What waits/ }).click();
		await button(operator, 'Activate for 30 min').click();
		const bar = operator.getByRole('region', { name: 'Lease in use' });
		// What was true before the activation is not said any more.
		await bar.waitFor();
		expect(await operator.getByText('activate it when you are ready').count()).toBe(0);
		await link(bar, 'this note').click();
		await button(content, 'Open 1 value under SUP-77').click();
		await content
			.getByText(
				body
					.split('\n')
					.find((line) => line.trim().length > 8)
					?.trim() ?? '',
			)
			.first()
			.waitFor();

		await button(bar, 'Stop using it').click();
		await bar.waitFor({ state: 'detached' });
		expect(await operator.getByText('activate it when you are ready').count()).toBe(0);
		expect(scene.complaints()).toEqual([]);
	});

	it('what is nowhere is said, to a person without that role too', { timeout: 60_000 }, async () => {
		const { notes } = await ask('owner@northgate.example', '{ notes(first: 1) { nodes { id } } }');
		const operator = await scene.signIn(
			'operator@platform.example',
			'/firms/record/00000000-0000-7000-8000-000000000000',
		);
		await operator.getByText('There is no record with this id').waitFor();
		await expectAccessible(operator);
		const approver = await scene.signIn('approver@platform.example', `/firms/record/${notes.nodes[0].id}`);
		await approver.getByText('There is no record with this id').waitFor();
		expect(await approver.getByLabel('Id or address').count()).toBe(0);
		expect(scene.complaints()).toEqual([]);
	});

	it('an alert says what it is about, and its button is in view', { timeout: 60_000 }, async () => {
		for (const width of [1280, 768, 320]) {
			const auditor = await scene.signIn('auditor@platform.example', '/', { viewport: { width, height: 800 } });
			const open = auditor.getByRole('region', { name: 'Open alerts' });
			await link(open, 'the lease').first().waitFor();
			await link(open, 'Northgate Legal').first().waitFor();
			await link(open, 'All alerts').click();
			const acknowledge = auditor.getByRole('button', { name: /^Acknowledge/ }).first();
			await acknowledge.waitFor();
			await expectToFit(auditor);
			const table = auditor.locator('.table.alerts');
			const beyond = await auditor.evaluate<number>(
				`(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.table.alerts'))`,
			);
			expect(beyond).toBeLessThanOrEqual(0);
			// On one line, not one letter below the other.
			const caption = await table.locator('caption').boundingBox();
			expect(caption?.height).toBeLessThan(60);
		}
		expect(scene.complaints()).toEqual([]);
	});
});
