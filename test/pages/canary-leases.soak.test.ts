import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { approveLease, type CanaryFirm, OPERATOR, OWNER, writeCanaries } from './canary-firm.ts';
import { activate, expectClosed, expectNowhere, openNoteUnder, signInWatched, type Visitor } from './canary-visits.ts';
import { openPagesScene, type PagesScene } from './scene.ts';

const REVOKED = 'SUP-1001';
const RELEASED = 'SUP-1002';
const OF_FILE = 'SUP-1003';

describeInChromium('what a browser has of the content of a lease that someone has ended', () => {
	let scene: PagesScene;
	let firm: CanaryFirm;
	let leases: Readonly<Record<string, string>>;
	let visitor: Visitor;
	beforeAll(async () => {
		scene = await openPagesScene();
		firm = await writeCanaries(scene);
		// Now, because the demo's tokens show a sign-in of this moment.
		leases = {
			[REVOKED]: await approveLease(firm, REVOKED),
			[RELEASED]: await approveLease(firm, RELEASED),
			[OF_FILE]: await approveLease(firm, OF_FILE, { classes: ['DOCUMENT'], coordinates: ['Document.content'] }),
		};
	}, 240_000);
	afterEach(async () => {
		expect(await visitor?.browser.close({ ...firm.closed, ...firm.opened })).toEqual([]);
	});
	afterAll(() => scene.close());

	const revoke = (ticket: string) =>
		firm.ask(OWNER, 'mutation($leaseId: ID!) { revokeBreakGlass(leaseId: $leaseId) { lease { id } } }', {
			leaseId: leases[ticket],
		});

	it.each([REVOKED, RELEASED])(
		'is what was opened while it lasts, and then nothing (%s)',
		{ timeout: 240_000 },
		async (ticket) => {
			visitor = await openNoteUnder(scene, firm, { ticket });
			const { browser, page } = visitor;
			expect(browser.inMemory(firm.opened).length).toBeGreaterThan(0);
			// The title of the same note, its comment, and all else.
			await expectNowhere(browser, firm.closed);
			if (ticket === REVOKED) await revoke(ticket);
			else {
				await page.getByRole('button', { name: 'Release', exact: true }).first().click();
				await page.getByRole('dialog').getByRole('button', { name: 'Release the lease' }).click();
			}
			await expectClosed(visitor, firm.opened);
			await expectNowhere(browser, firm.closed);
		},
	);

	it('is a file that was downloaded, in the folder of downloads alone', { timeout: 240_000 }, async () => {
		visitor = await signInWatched(scene, OPERATOR);
		const { browser, page } = visitor;
		const { file, ...others } = firm.closed;
		// The count finds what only an address names.
		const address = await page.evaluate<string>("URL.createObjectURL(new Blob(['x']))");
		expect(await browser.blobs()).toBe(1);
		await page.evaluate(`URL.revokeObjectURL('${address}')`);

		await activate(page, OF_FILE);
		await visitor.visit(`#/firms/${firm.id}/documents/${firm.records.document}`);
		const coming = page.waitForEvent('download');
		await page.getByRole('button', { name: 'Download under the lease' }).click();
		const path = await (await coming).path();
		await page.getByText('Saved to this computer.').waitFor();
		expect(browser.onTheWire({ file })).toContain('file UTF-8');
		expect(readFileSync(path, 'utf8')).toContain(file);
		// Not shown, and with the lease still open not kept either: the page forgets a file as soon as it is saved.
		await expect.poll(() => browser.blobs()).toBe(0);
		expect(await browser.inThePages({ file })).toEqual([]);
		expect(await browser.inTheHeap({ file })).toEqual([]);

		await revoke(OF_FILE);
		await expectClosed(visitor, { file });
		expect(await browser.blobs()).toBe(0);
		expect(readdirSync(dirname(path))).toHaveLength(1);
		await expectNowhere(browser, others);
	});
});
