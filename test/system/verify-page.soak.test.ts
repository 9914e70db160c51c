import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { signedBundle, VKEY } from '../audit/verify/bundle-cases.ts';
import { newSigner } from '../audit/verify/note-signer.ts';
import { FIRM, leafOf } from '../audit/verify/write-log.ts';
import { type LogScene, makeLogScene } from '../audit-log/proofs/log-scene.ts';
import { describeInChromium, launchChromium } from '../support/chromium.ts';
import { endAll, firmseal, newDirectory, PROJECT } from './program.ts';

/** The verifier's page in a real browser, from a server that has only its files, with a log that a real installation exported. */

const PAGES = join(PROJECT, 'web/dist');
const TYPES: Readonly<Record<string, string>> = {
	html: 'text/html',
	js: 'text/javascript',
	css: 'text/css',
	svg: 'image/svg+xml',
};
/** What a careful deployer sends; the page has most of it itself, for a host that sends no headers. */
const POLICY =
	"default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; img-src 'self' data:; connect-src 'none'; require-trusted-types-for 'script'; trusted-types firmseal; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; report-uri /report";

describeInChromium('the verifier’s page', () => {
	let scene: LogScene;
	let server: Server;
	let browser: Browser;
	let host: string;
	let policy: string | null = null;
	let vkey: string;
	const directory = newDirectory();
	const at = (name: string) => join(directory, name);
	/** What the server was asked for and does not have, reports included; the browser's errors; requests elsewhere. */
	const complaints: string[] = [];
	/** The files that the server has sent. */
	const served = new Set<string>();

	beforeAll(async () => {
		execFileSync(process.execPath, ['web/build.ts'], { cwd: PROJECT, stdio: 'pipe' });
		server = createServer(({ url = '' }, answer) => {
			const path = normalize(new URL(url, 'http://page').pathname).replace(/\/$/, '');
			const file = join(PAGES, path.includes('.') ? path : `${path}/index.html`);
			if (policy !== null) answer.setHeader('content-security-policy', policy);
			if (existsSync(file)) {
				served.add(file);
				answer.setHeader('content-type', TYPES[file.split('.').at(-1) ?? ''] ?? 'text/plain');
				answer.end(readFileSync(file));
			} else {
				complaints.push(`the server has no ${url}`);
				answer.writeHead(404).end();
			}
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		browser = await launchChromium();
		scene = await makeLogScene();
		const { north } = scene;
		const as = { FIRMSEAL_URL: scene.api.url, FIRMSEAL_TOKEN: `${north.owner}` };
		const save = async (name: string) => {
			await scene.worker.publishLog();
			await firmseal(as, 'audit', 'export', '--out', at(name));
		};
		await scene.append(north.id, 20);
		await save('older.jsonl');
		writeFileSync(at('kept'), (await firmseal(as, 'audit', 'checkpoint')).stdout);
		await scene.append(north.id, 30);
		await save('log.jsonl');
		[vkey = ''] = await scene.keys(north.id);
		writeFileSync(at('firm.vkey'), `${vkey}\n`);
		const [entry] = await scene.leaves(north.id);
		await firmseal(as, 'audit', 'proof', '--entry', entry?.id ?? '', '--out', at('entry.tlog-proof'));
	}, 240_000);
	afterAll(async () => {
		await browser?.close();
		server?.close();
		await endAll();
		await scene?.installation.close();
	});
	afterEach(async () => {
		for (const context of browser.contexts()) await context.close();
		complaints.length = 0;
		policy = null;
	});

	async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
		const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
		const page = await context.newPage();
		page.on('console', (message) => complaints.push(message.text()));
		page.on('pageerror', ({ message }) => complaints.push(message));
		page.on('request', (request) => {
			if (!request.url().startsWith(`${host}/`) && !request.url().startsWith('blob:')) complaints.push(request.url());
		});
		await page.goto(`${host}/verify/`);
		await page.locator('body.ready').waitFor();
		return page;
	}

	const give = (page: Page, ...names: string[]) => page.locator('#files').setInputFiles(names.map(at));
	const headline = (page: Page) => page.locator('.headline');
	const linesIn = (name: string) => readFileSync(at(name), 'utf8').split('\n');
	const write = (name: string, lines: readonly string[]) => writeFileSync(at(name), lines.join('\n'));

	/** Drops files as a person does, anywhere on the page. */
	async function drop(page: Page, ...names: string[]): Promise<void> {
		const files = names.map((name) => ({ name, text: readFileSync(at(name), 'utf8') }));
		const transfer = await page.evaluateHandle(`(() => {
			const made = new DataTransfer();
			for (const { name, text } of ${JSON.stringify(files)}) made.items.add(new File([text], name));
			return made;
		})()`);
		await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
		await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
	}

	async function expectAccessible(page: Page): Promise<void> {
		const { violations } = await new AxeBuilder({ page }).analyze();
		expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
	}

	const width = (page: Page) => page.evaluate('document.documentElement.scrollWidth');

	it.each([
		['a static host', null],
		['a host that sends the policy', POLICY],
	])('verifies a dropped log from %s, and asks for nothing but its own files', async (_, sent) => {
		policy = sent;
		const page = await open();
		await drop(page, 'log.jsonl', 'firm.vkey');
		await headline(page).waitFor();
		expect(await headline(page).textContent()).toBe('Complete and unchanged');
		expect(await page.locator('#progress').isVisible()).toBe(false);
		const said = (await firmseal({}, 'audit', 'verify', '--bundle', at('log.jsonl'), '--vkey-file', at('firm.vkey')))
			.stdout;
		const [sentence = '', entries = ''] = said.split('\n');
		const shown = (await page.locator('#verdict').textContent()) ?? '';
		expect(shown).toContain(sentence);
		expect(shown).toContain(entries.replace(/^entries +/, ''));
		expect(said).toContain((await page.locator('#note').textContent()) ?? 'no note');
		expect(complaints).toEqual([]);
	});

	it('names the line and the reason after one byte was changed', async () => {
		const lines = linesIn('log.jsonl');
		write('broken.jsonl', lines.with(4, (lines[4] ?? '').replace('"v":1', '"v" 1')));
		write('changed.jsonl', lines.with(4, (lines[4] ?? '').replace(/"at":"2/, '"at":"3')));
		const page = await open();
		await give(page, 'broken.jsonl', 'firm.vkey');
		await headline(page).waitFor();
		expect(await headline(page).textContent()).toContain('Not verified');
		const rows = page.locator('#findings tbody tr');
		expect(await rows.nth(0).textContent()).toContain('The entries do not lead to the root of the checkpoint.');
		expect(await rows.nth(1).locator('td').allTextContents()).toEqual([
			'5',
			'broken.jsonl',
			'The entry in line 5 is not one that the log may have: A line is not JSON.',
		]);
		await page.getByRole('button', { name: 'Begin again' }).click();
		expect(await headline(page).count()).toBe(0);

		await give(page, 'changed.jsonl', 'firm.vkey', 'kept');
		await headline(page).waitFor();
		expect(await rows.nth(0).textContent()).toContain('A line from 2 to ');
		await page.getByRole('button', { name: 'Remove kept' }).click();
		await give(page, 'log.jsonl');
		await page.getByText('the other copy was changed').waitFor();
		expect(await rows.nth(0).locator('td').first().textContent()).toBe('5');
		expect(complaints).toEqual([]);
	});

	it('refuses a wrong key, and compares an older checkpoint, an older copy and a proof', async () => {
		const page = await open();
		await give(page, 'log.jsonl');
		await page.getByLabel('Verifier keys').fill(newSigner(vkey.split('+')[0] ?? '').vkey);
		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');
		await headline(page).waitFor();
		expect(await page.locator('#findings').textContent()).toContain('The note has no signature by the verifier key.');
		await page.getByRole('button', { name: 'Begin again' }).click();
		await give(page, 'log.jsonl', 'older.jsonl', 'firm.vkey', 'entry.tlog-proof');
		await headline(page).waitFor();
		expect(await headline(page).textContent()).toBe('Complete and unchanged');
		expect(await page.locator('#verdict').textContent()).toContain('It continues the log that you kept');
		await page.getByRole('button', { name: 'Remove older.jsonl' }).click();
		await give(page, 'kept');
		await page.getByText('the log begins with the ').waitFor();
		expect(complaints).toEqual([]);
	});

	it('takes what it needs from a folder', async () => {
		mkdirSync(at('folder/inner'), { recursive: true });
		for (const name of ['log.jsonl', 'firm.vkey']) writeFileSync(at(`folder/inner/${name}`), readFileSync(at(name)));
		writeFileSync(at('folder/package.json'), '{}');
		const page = await open();
		await page.locator('#folder').setInputFiles(at('folder'));
		await headline(page).waitFor();
		expect(await headline(page).textContent()).toBe('Complete and unchanged');
		expect(await page.locator('#list li').count()).toBe(2);
	});

	it.each([
		['empty', '', 'is empty.'],
		['photo.png', '\x89PNG\0\0', 'is no text'],
		['letter.txt', 'Dear owner,\n', 'is neither an exported log'],
	])('says in one sentence why it does not take %s', async (name, content, says) => {
		writeFileSync(at(name), content, 'latin1');
		const page = await open();
		await give(page, name, 'firm.vkey');
		await page.getByText('not usable').waitFor();
		expect(await page.getByRole('alert').textContent()).toContain(`"${name}" ${says}`);
		expect(await headline(page).count()).toBe(0);
	});

	it('works by keyboard alone, and moves the reader to the verdict', async () => {
		const page = await open();
		const reach = async (name: string) => {
			for (let pressed = 0; pressed < 20; pressed++) {
				await page.keyboard.press('Tab');
				const [id, text] = await page.evaluate<string[]>(
					'[document.activeElement.id, document.activeElement.textContent]',
				);
				if (id === name || text === name) return;
			}
			throw new Error(`Tab does not reach ${name}`);
		};
		const chooser = page.waitForEvent('filechooser');
		await reach('Choose files');
		await page.keyboard.press('Enter');
		await (await chooser).setFiles([at('log.jsonl')]);
		await page.getByText('A verifier key is missing').waitFor();
		await reach('keys');
		await page.keyboard.insertText(vkey);
		await reach('Verify');
		await page.keyboard.press('Enter');
		await headline(page).waitFor();
		expect(await page.evaluate('document.activeElement.className')).toBe('headline');
		await reach('filter-action');
		await page.keyboard.press('ArrowDown');
		await reach('Show these entries');
		await page.keyboard.press('Enter');
		await page.locator('#found').waitFor();
		expect(await page.locator('#found tbody tr').count()).toBeGreaterThan(0);
		expect(complaints).toEqual([]);
	});

	it.each(['light', 'dark'] as const)(
		'has no accessibility violation and no horizontal scroll, %s',
		async (colorScheme) => {
			const page = await open({ colorScheme, viewport: { width: 320, height: 640 } });
			await expectAccessible(page);
			expect(await width(page)).toBe(320);
			await give(page, 'log.jsonl', 'firm.vkey');
			await headline(page).waitFor();
			await page.getByRole('button', { name: 'Show these entries' }).click();
			await page.locator('#found').waitFor();
			await expectAccessible(page);
			expect(await width(page)).toBe(320);
			write('cut.jsonl', linesIn('log.jsonl').slice(0, 9));
			await page.getByRole('button', { name: 'Begin again' }).click();
			await give(page, 'cut.jsonl', 'firm.vkey');
			await page.locator('#findings').waitFor();
			await expectAccessible(page);
			expect(await width(page)).toBe(320);
		},
	);

	it('loads at most 30 kB, the worker included', async () => {
		served.clear();
		const page = await open();
		await give(page, 'log.jsonl', 'firm.vkey');
		await headline(page).waitFor();
		expect([...served].filter((file) => /\/worker-/.test(file)).length).toBe(1);
		const sizes = [...served].map((file) => gzipSync(readFileSync(file)).length);
		const total = sizes.reduce((sum, size) => sum + size, 0);
		expect(total).toBeGreaterThan(10_000);
		expect(total).toBeLessThanOrEqual(30_000);
	});

	it('prints the verdict and not the form', async () => {
		const page = await open();
		await give(page, 'log.jsonl', 'firm.vkey');
		await headline(page).waitFor();
		await page.emulateMedia({ media: 'print' });
		expect(await headline(page).isVisible()).toBe(true);
		for (const hidden of ['header.top', '#given', '#progress', '#verdict button', '#entries form'])
			expect(await page.locator(hidden).first().isVisible()).toBe(false);
	});

	it('saves reports and the checkpoint that it made itself', async () => {
		const page = await open();
		await give(page, 'log.jsonl', 'firm.vkey');
		await headline(page).waitFor();
		const saved = async (name: string) => {
			const download = page.waitForEvent('download');
			await page.getByRole('button', { name }).click();
			return readFileSync(await (await download).path(), 'utf8');
		};
		expect(await saved('Save the report as text')).toMatch(/^Complete and unchanged\n/);
		expect(JSON.parse(await saved('Save the report as JSON'))).toMatchObject({ outcome: 'WHOLE' });
		expect((await saved('Save the checkpoint')).trimEnd()).toBe(await page.locator('#note').textContent());
	});

	it('shows text of a hostile log as text, with every character visible', async () => {
		const hostile = '<img src=x onerror="document.title=1">';
		const name = 'a\u202egpj.jsonl';
		writeFileSync(at(name), signedBundle([leafOf(FIRM, 1, { action: hostile, lease: hostile, plane: 'firm' })]));
		writeFileSync(at('test.vkey'), VKEY);
		const page = await open();
		await give(page, name, 'test.vkey');
		await headline(page).waitFor();
		await page.getByRole('button', { name: 'Show these entries' }).click();
		await page.locator('#found').waitFor();
		expect(await page.locator('main img').count()).toBe(0);
		expect(await page.locator('#actions').textContent()).toContain(hostile);
		expect(await page.locator('#list').textContent()).toContain('a\\u{202e}gpj.jsonl');
		expect(await page.content()).not.toContain('\u202e');
		expect(complaints).toEqual([]);
	});

	it('verifies 100,000 entries while the page can be used, and stops at once when it is cancelled', async () => {
		const leaves = Array.from({ length: 100_000 }, (_, n) => leafOf(FIRM, n + 1, { records: ['A'.repeat(400)] }));
		writeFileSync(at('large.jsonl'), signedBundle(leaves));
		writeFileSync(at('test.vkey'), VKEY);
		const page = await open();
		// The longest time between two frames.
		await page.evaluate(`{
			let before = performance.now();
			globalThis.longest = 0;
			const frame = (now) => {
				longest = Math.max(longest, now - before);
				before = now;
				requestAnimationFrame(frame);
			};
			requestAnimationFrame(frame);
		}`);
		const begun = page.waitForEvent('worker');
		await give(page, 'large.jsonl', 'test.vkey');
		const ended = (await begun).waitForEvent('close');
		await page.getByRole('button', { name: 'Cancel' }).click();
		await ended;
		expect(await page.getByRole('alert').textContent()).toBe('Cancelled: nothing was verified.');
		expect([page.workers(), await headline(page).count()]).toEqual([[], 0]);
		await page.getByRole('button', { name: 'Verify' }).click();
		await headline(page).waitFor();
		expect(await headline(page).textContent()).toBe('Complete and unchanged');
		expect(await page.locator('#facts').textContent()).toContain('100,000, from ');
		expect(await page.evaluate('longest')).toBeLessThan(2_000);
	});

	it('starts no script but its own worker', async () => {
		const page = await open();
		const tried = await page.evaluate(`(() => {
			try {
				new Worker('/assets/other.js');
				return 'started';
			} catch (error) {
				return error.name;
			}
		})()`);
		expect(tried).toBe('TypeError');
		expect(complaints.length).toBeGreaterThan(0);
	});
});
