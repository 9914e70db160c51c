import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { approveLease, type CanaryFirm, writeCanaries } from './canary-firm.ts';
import { expectClosed, expectNowhere, openNoteUnder, type Visitor } from './canary-visits.ts';
import { openPagesScene, type PagesScene } from './scene.ts';

const MINUTES = 2;
const LEASES = [
	{ ticket: 'SUP-1001', behind: 0 },
	// By this clock the lease has an hour to go: only the server says that it has ended.
	{ ticket: 'SUP-1002', behind: 3_600_000 },
];

describeInChromium('what a browser has of the content of a lease whose time is over', () => {
	let scene: PagesScene;
	let firm: CanaryFirm;
	let visitor: Visitor;
	beforeAll(async () => {
		scene = await openPagesScene();
		firm = await writeCanaries(scene);
		// Now, because the demo's tokens show a sign-in of this moment.
		for (const { ticket } of LEASES) await approveLease(firm, ticket, { minutes: MINUTES });
	}, 240_000);
	afterEach(async () => {
		expect(await visitor?.browser.close({ ...firm.closed, ...firm.opened })).toEqual([]);
	});
	afterAll(() => scene.close());

	it.each(LEASES)(
		'is nothing, though the screen was left open, by a clock that is $behind ms late',
		{ timeout: 300_000 },
		async (lease) => {
			visitor = await openNoteUnder(scene, firm, lease);
			await expectClosed(visitor, firm.opened, (MINUTES + 1) * 60_000);
			await visitor.page.getByText('has ended: its time is over').first().waitFor();
			await expectNowhere(visitor.browser, firm.closed);
		},
	);
});
