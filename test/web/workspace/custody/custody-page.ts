import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../../../support/chromium.ts';
import { listen } from '../../../support/listen.ts';

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'";

type Firm = 'openOneOwner' | 'openTwoOwners' | 'openThreeOwners';

/** The screen on custody in a browser, over devices with real vaults. */
export class CustodyPages {
	readonly #server: Server;
	readonly #browser: Browser;
	readonly #address: string;
	/** What the browsers complained of. */
	readonly complaints: string[] = [];

	private constructor(server: Server, browser: Browser, port: number) {
		this.#server = server;
		this.#browser = browser;
		this.#address = `http://localhost:${port}/`;
	}

	static async open(): Promise<CustodyPages> {
		const [server, browser] = await Promise.all([pageServer(), launchChromium()]);
		return new CustodyPages(server, browser, await listen(server));
	}

	async close(): Promise<void> {
		await this.#browser.close();
		this.#server.close();
	}

	/** A page that shows the firm by one of its devices. */
	async show(firm: Firm, device: string, options: BrowserContextOptions = {}): Promise<Page> {
		const context = await this.#browser.newContext({
			viewport: { width: 1280, height: 900 },
			reducedMotion: 'reduce',
			...options,
		});
		const page = await context.newPage();
		page.on('pageerror', ({ message }) => this.complaints.push(message));
		page.on('console', (message) => {
			if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
		});
		await page.goto(`${this.#address}#/custody`);
		await page.evaluate(
			`import('/page.js').then(async (page) => { await page.firm('${firm}'); await page.show('${device}'); })`,
		);
		await page.getByRole('heading', { level: 2 }).first().waitFor();
		return page;
	}
}

/** Shows the firm by another device. */
export const showDevice = (page: Page, device: string): Promise<unknown> =>
	page.evaluate(`import('/page.js').then((page) => page.show('${device}'))`);

/** Shows beside it what another device has to answer. */
export const showRequests = (page: Page, device: string): Promise<unknown> =>
	page.evaluate(`import('/page.js').then((page) => page.answer('${device}'))`);

/** As after an event of the service. */
export const tell = (page: Page): Promise<unknown> => page.evaluate(`import('/page.js').then((page) => page.tell())`);

/** The service exchanges what owners have proposed, such as the body, and keeps the ids. */
export const changeProposals = (page: Page, changes: Readonly<Record<string, unknown>>): Promise<unknown> =>
	page.evaluate(`import('/page.js').then((page) => page.change(${JSON.stringify(changes)}))`);

/** What the service has of agreements, one for each proposal. */
export const agreementsOf = (page: Page): Promise<readonly (string | null)[]> =>
	page.evaluate(`import('/page.js').then((page) => page.agreements())`);

export const stepTime = (page: Page, milliseconds: number): Promise<unknown> =>
	page.evaluate(`import('/page.js').then((page) => page.step(${milliseconds}))`);

async function pageServer(): Promise<Server> {
	const { outputFiles } = await build({
		entryPoints: ['page.js'],
		absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
		outdir: '/',
		bundle: true,
		splitting: true,
		format: 'esm',
		jsx: 'automatic',
		loader: { '.svg': 'file' },
		define: { 'process.env.NODE_ENV': '"production"', 'globalThis.__DEV__': 'false' },
		write: false,
		logLevel: 'silent',
	});
	const files = new Map(outputFiles.map(({ path, contents }) => [path, contents]));
	const html =
		'<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>custody</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css"><div id="app"></div><div id="beside"></div>';
	const types = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' } as const;
	return createServer(({ url = '/' }, response) => {
		const file = files.get(url);
		if (url !== '/' && file === undefined) return void response.writeHead(404).end();
		const type = types[url.split('.').at(-1) as keyof typeof types] ?? 'text/html';
		response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY });
		response.end(file ?? html);
	});
}
