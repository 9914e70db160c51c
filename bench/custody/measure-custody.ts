import { measureSizes } from '../../test/client/sizes.ts';
import { addAuthenticator, VaultBrowser } from '../../test/client/worker/browser.ts';
import { compare, tableOf } from '../harness/comparison.ts';
import { type Facts, fact } from '../harness/facts.ts';
import { spreadOf, type Times } from '../harness/rounds.ts';
import type { Section } from '../harness/section.ts';

/** Milliseconds. */
const FIRST_TARGET = 350;
const AGAIN_TARGET = 220;
const PAGE_TARGET = 25;
/** Kilobytes of gzip. */
const CLIENT_TARGET = 40;
const AGE_TARGET = 60;

/** What FIRM custody costs in a browser: records that a vault opens in its worker, beside bare WebCrypto, and what is loaded for it. */
export const custody: Section = {
	name: 'custody',
	title: 'FIRM custody in a browser',
	program: '/usr/bin/chromium',
	steps: () => 2,
	async measure({ scale, signal, onStep }) {
		const { records, rounds } = scale.custody;
		const sizes = await sizeFacts();
		onStep();
		signal.throwIfAborted();
		const { times, unseen } = await measureOpening(records, rounds);
		onStep();
		const inMicroseconds = Object.fromEntries(
			Object.entries(times).map(([side, each]) => [side, each.map((milliseconds) => milliseconds * 1_000)]),
		) as unknown as Times<keyof typeof times>;
		const table = tableOf('Records that a vault opens', 'WebCrypto', 'vault', [
			compare('record keys derived', inMicroseconds, { base: 'bareFirst', compared: 'first' }),
			compare('record keys at hand', inMicroseconds, { base: 'bareAgain', compared: 'again' }),
			compare('a page of 50', inMicroseconds, { base: 'bareFifty', compared: 'fifty' }),
		]);
		// The targets are for 1,000 records.
		const per = records / 1_000;
		const opening: Facts = {
			title: `${records.toLocaleString('en-US')} records of four fields of 500 bytes, opened in a worker`,
			facts: [
				fact('never seen before', unseen, 'ms'),
				fact('record keys derived, median', spreadOf(times.first).median, 'ms', FIRST_TARGET * per),
				fact('record keys at hand, median', spreadOf(times.again).median, 'ms', AGAIN_TARGET * per),
				fact('a page of 50, median', spreadOf(times.fifty).median, 'ms', PAGE_TARGET),
			],
		};
		return { tables: [table], facts: [opening, sizes] };
	},
};

async function measureOpening(records: number, rounds: number) {
	const browser = await VaultBrowser.open();
	try {
		const { page, code } = await browser.tab(await browser.profile());
		await addAuthenticator(page);
		const measured = await code.evaluate((loaded, given) => loaded.measure(given.records, given.rounds), {
			records,
			rounds,
		});
		if (!measured.isOpened) throw new Error('The vault did not open what it had sealed.');
		return measured;
	} finally {
		await browser.close();
	}
}

async function sizeFacts(): Promise<Facts> {
	const { page, worker } = await measureSizes();
	const { passphrase: age = Number.NaN, ...later } = { ...page.later, ...worker.later };
	return {
		title: 'What the client loads, beside Apollo Client',
		facts: [
			fact('page at its start, gzip', page.start / 1_000, 'kB'),
			fact('worker at its start, gzip', worker.start / 1_000, 'kB'),
			fact('both, gzip', (page.start + worker.start) / 1_000, 'kB', CLIENT_TARGET),
			...Object.entries(later).map(([name, bytes]) => fact(`${name}, at its first use, gzip`, bytes / 1_000, 'kB')),
			fact('age, for a passphrase, gzip', age / 1_000, 'kB', AGE_TARGET),
		],
	};
}
