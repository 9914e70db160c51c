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
			const measured = await code.evaluate((page) => page.measure(1_000));
			expect(measured.isOpened).toBe(true);
			expect(measured.again / measured.bareAgain).toBeLessThan(AT_MOST.again);
			expect(measured.first / measured.bareFirst).toBeLessThan(AT_MOST.first);
		} finally {
			await browser.close();
		}
	});
});
