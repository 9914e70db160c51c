import { expect, it } from 'vitest';
import { describeInChromium } from '../../support/chromium.ts';
import { addAuthenticator, VaultBrowser } from './browser.ts';

/** Against bare WebCrypto for the same records, with room for a busy machine: both slow down, but not by the same. */
const AT_MOST = { again: 8, first: 8 };

describeInChromium('the speed of a worker', () => {
	it('1,000 records of four fields open in a few times what WebCrypto alone needs', async () => {
		const browser = await VaultBrowser.open();
		try {
			const { page, code } = await browser.tab(await browser.profile());
			await addAuthenticator(page);
			const measured = await code.evaluate((page) => page.measure(1_000, 5));
			expect(measured.isOpened).toBe(true);
			const { first, again, bareFirst, bareAgain } = measured.times;
			expect(middleOf(again) / middleOf(bareAgain)).toBeLessThan(AT_MOST.again);
			expect(middleOf(first) / middleOf(bareFirst)).toBeLessThan(AT_MOST.first);
		} finally {
			await browser.close();
		}
	});
});

const middleOf = (times: readonly number[]): number =>
	times.toSorted((one, other) => one - other)[times.length >> 1] ?? Number.NaN;
