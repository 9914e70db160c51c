import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, BrowserContext, JSHandle, Page } from 'playwright-core';
import { launchChromium } from '../../support/chromium.ts';
import { listen } from '../../support/listen.ts';
import type * as PageCode from './page.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** A worker may load its own code, and has no network besides. */
const WORKER_POLICY = "default-src 'none'; script-src 'self'; connect-src 'none'";
const PAGE_POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'none'";

export interface Tab {
	readonly page: Page;
	readonly code: JSHandle<typeof PageCode>;
}

/** A browser, and a server of the page and its worker. */
export class VaultBrowser {
	readonly #server: Server;
	readonly #browser: Browser;
	readonly #address: string;

	private constructor(server: Server, browser: Browser, port: number) {
		this.#server = server;
		this.#browser = browser;
		// Passkeys work at localhost, but not at an address.
		this.#address = `http://localhost:${port}/`;
	}

	static async open(): Promise<VaultBrowser> {
		const [server, browser] = await Promise.all([pageServer(), launchChromium()]);
		return new VaultBrowser(server, browser, await listen(server));
	}

	async close(): Promise<void> {
		await this.#browser.close();
		this.#server.close();
	}

	/** With nothing in it. */
	profile(): Promise<BrowserContext> {
		return this.#browser.newContext();
	}

	async tab(profile: BrowserContext): Promise<Tab> {
		const page = await profile.newPage();
		await page.goto(this.#address);
		return { page, code: await loaded(page) };
	}

	get origin(): string {
		return new URL(this.#address).origin;
	}
}

const loaded = (page: Page): Promise<JSHandle<typeof PageCode>> =>
	page.evaluateHandle<typeof PageCode>("import('/page.js')");

/** A passkey of a platform, whose user always agrees. */
export async function addAuthenticator(page: Page, hasPrf = true) {
	const session = await page.context().newCDPSession(page);
	await session.send('WebAuthn.enable');
	const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
		options: {
			protocol: 'ctap2',
			ctap2Version: 'ctap2_1',
			transport: 'internal',
			hasResidentKey: true,
			hasUserVerification: true,
			isUserVerified: true,
			automaticPresenceSimulation: true,
			hasPrf,
		},
	});
	const verifies = (isUserVerified: boolean) =>
		session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
	return { session, authenticatorId, verifies };
}

async function pageServer(): Promise<Server> {
	const { outputFiles } = await build({
		entryPoints: ['page.ts', 'worker.ts', 'wide-worker.ts'],
		absWorkingDir: FOLDER,
		outdir: '/',
		bundle: true,
		splitting: true,
		format: 'esm',
		minify: true,
		write: false,
		logLevel: 'silent',
	});
	const files = new Map(outputFiles.map(({ path, text }) => [path, text]));
	return createServer(({ url = '/' }, response) => {
		const script = files.get(url);
		if (url !== '/' && script === undefined) return void response.writeHead(404).end();
		const [type, policy] = script === undefined ? ['text/html', PAGE_POLICY] : ['text/javascript', WORKER_POLICY];
		response.writeHead(200, { 'content-type': type, 'content-security-policy': policy });
		response.end(script ?? '<!doctype html><title>vault</title>');
	});
}
