import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { fc } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { bundle } from '../package/bundle.ts';
import { describeInChromium, launchChromium } from '../support/chromium.ts';
import { listen } from '../support/listen.ts';
import * as base64 from './base64.ts';

const CHARACTERS = [...'AQgwz09+/-_= \t\n\f\r\v\0\u00a0\u00e9\u2028\ufeff'.split(''), '\ud800', '😀'];

/** Bytes as they are spelled, with up to three characters put in, replaced or taken away. */
const someText = fc
	.tuple(
		fc.uint8Array({ maxLength: 40 }),
		fc.array(fc.tuple(fc.nat(60), fc.nat(1), fc.constantFrom('', ...CHARACTERS)), { maxLength: 3 }),
	)
	.map(([bytes, changes]) =>
		changes.reduce(
			(text, [at, taken, put]) => text.slice(0, at) + put + text.slice(at + taken),
			Buffer.from(bytes).toString('base64'),
		),
	);

const PADDED = [
	'',
	'=',
	'==',
	'====',
	'A',
	'AA',
	'AAA',
	'AAA=',
	'AA==',
	'AA=',
	'AA= =',
	'AAAA',
	'AAAA=',
	'AAAA====',
	'AAAAA',
];
const BITS_IN_PADDING = ['AB==', 'A/==', 'AAB=', 'AA/=', 'AAAAAB=='];
const OTHERS = ['AA-_', 'AA+/', ' AAAA', 'AAAA ', 'AA\nAA', 'AA==\n', 'AA==AAAA', 'AAA\u0000', 'null', 'A\u0100AA'];
const TEXTS = [...PADDED, ...BITS_IN_PADDING, ...OTHERS, ...fc.sample(someText, { numRuns: 3_000, seed: 7 })];
const LENGTHS = [...Array(70).keys(), 8_191, 8_192, 8_193, 100_000];

const expectStrict = (read: ReturnType<typeof base64.readTexts>) => {
	expect(read.filter(({ read: bytes, expected }) => JSON.stringify(bytes) !== JSON.stringify(expected))).toEqual([]);
	expect(read.filter(({ expected }) => expected === null).length).toBeGreaterThan(500);
	expect(read.filter(({ expected }) => expected !== null).length).toBeGreaterThan(500);
};

it('base64 has one spelling: nothing else is read', () => {
	expectStrict(base64.readTexts(TEXTS));
	expect(base64.spelled(LENGTHS)).not.toContain(false);
});

describeInChromium('base64 in a browser', () => {
	it('has the same spelling by the engine and without it', async () => {
		const server = createServer((_, response) => response.end());
		const folder = fileURLToPath(new URL('.', import.meta.url));
		const [{ expression }, port, browser] = await Promise.all([
			bundle("export { readTexts, spelled } from './base64.ts';", folder),
			listen(server),
			launchChromium(),
		]);
		try {
			const page = await browser.newPage();
			await page.goto(`http://127.0.0.1:${port}/`);
			const code = await page.evaluateHandle<typeof base64>(expression);
			for (const isOfEngine of [true, false]) {
				const given = { texts: TEXTS, lengths: LENGTHS, isOfEngine };
				const { hasEngine, ...made } = await code.evaluate((loaded, { texts, lengths, isOfEngine: keeps }) => {
					if (!keeps) {
						Reflect.deleteProperty(Uint8Array, 'fromBase64');
						Reflect.deleteProperty(Uint8Array.prototype, 'toBase64');
					}
					const hasEngine = 'fromBase64' in Uint8Array && 'toBase64' in Uint8Array.prototype;
					return { hasEngine, read: loaded.readTexts(texts), spelled: loaded.spelled(lengths) };
				}, given);
				expect(hasEngine).toBe(isOfEngine);
				expectStrict(made.read);
				expect(made.spelled).not.toContain(false);
			}
		} finally {
			await browser.close();
			server.close();
		}
	});
});
