import { execFileSync } from 'node:child_process';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { endAll, newDirectory, PROJECT, type RunningApi, startApi, tokensOf } from '../system/program.ts';
import { inItsCustody } from './firm-custody.ts';

/** `npm start` with its demo, and people who use it in real browsers. */
export interface PagesScene {
	readonly api: RunningApi;
	readonly browser: Browser;
	/** Tokens of the demo's people by address, for what a test does beside the browser. */
	readonly tokens: Readonly<Record<string, string>>;
	/**
	 * Opens a page in a browser of its own and signs in as the person. People of the platform get the console.
	 * `at` is the part of the address after #.
	 */
	signIn(email: string, at?: string, options?: BrowserContextOptions): Promise<Page>;
	/** Opens a page in a browser of its own. `place` begins with the path. A page of people shows whom one can sign in as. */
	open(place: string, options?: BrowserContextOptions): Promise<Page>;
	/** What the browsers complained of since the last call: errors, refused by policy, requests to other servers. */
	complaints(): string[];
	/** Closes the browsers of the people. */
	forget(): Promise<void>;
	close(): Promise<void>;
}

export async function openPagesScene(env: Readonly<Record<string, string>> = {}): Promise<PagesScene> {
	execFileSync(process.execPath, ['web/build.ts'], { cwd: PROJECT, stdio: 'pipe' });
	const api = await startApi({ FIRMSEAL_DATA_DIR: newDirectory(), FIRMSEAL_PORT: '0', ...env });
	const browser = await launchChromium();
	const complaints: string[] = [];
	async function open(place: string, options: BrowserContextOptions = {}): Promise<Page> {
		const context = await browser.newContext({
			viewport: { width: 1280, height: 900 },
			reducedMotion: 'reduce',
			...options,
		});
		const page = await context.newPage();
		await record(page, [api.url], complaints);
		await page.goto(`${api.url}${place}`);
		return page;
	}
	return inItsCustody({
		api,
		browser,
		tokens: tokensOf(api),
		open,
		async signIn(email, at = '/', options = {}) {
			const page = await open(`${email.endsWith('@platform.example') ? '/operator' : '/'}#${at}`, options);
			await page.getByRole('button', { name: email }).click();
			await page.getByRole('button', { name: 'Sign out', exact: true }).waitFor();
			return page;
		},
		complaints: () => complaints.splice(0),
		async forget() {
			for (const context of browser.contexts()) await context.close();
		},
		async close() {
			await browser.close();
			await endAll();
		},
	});
}

/** An answer of the API that a person is shown, such as FORBIDDEN, is logged by the browser and is no fault. */
const EXPECTED = /^Failed to load resource: the server responded with a status of (401|403|404|409|412|422|429|503) /;

/** Adds to `complaints` what the page complains of, and its requests to servers other than `origins`. */
export async function record(page: Page, origins: readonly string[], complaints: string[]): Promise<void> {
	page.on('console', (message) => {
		if (['error', 'warning'].includes(message.type()) && !EXPECTED.test(message.text()))
			complaints.push(message.text());
	});
	page.on('pageerror', ({ message }) => complaints.push(message));
	page.on('request', (request) => {
		const isKnown = origins.some((origin) => request.url().startsWith(`${origin}/`));
		if (!isKnown && !request.url().startsWith('blob:')) complaints.push(request.url());
	});
	await page.exposeFunction('complain', (sentence: string) => complaints.push(sentence));
	await page.addInitScript(
		`document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
			complain('The policy refused ' + violatedDirective + ': ' + blockedURI + ' ' + sample));`,
	);
}

/** The screen as a whole, dialogs included, has no violation that axe knows of. */
export async function expectAccessible(page: Page): Promise<void> {
	const { violations } = await new AxeBuilder({ page }).analyze();
	const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
	if (found.length > 0) throw new Error(`axe found ${found.join('; ')}`);
}

/** Nothing is cut off and nothing needs sideways scrolling. */
export async function expectToFit(page: Page): Promise<void> {
	const beyond = await page.evaluate<number>(
		'document.documentElement.scrollWidth - document.documentElement.clientWidth',
	);
	expect(beyond).toBeLessThanOrEqual(0);
}

/** A screen that shows what it has: nothing is loading. */
export async function untilShown(page: Page): Promise<void> {
	await page.locator('main h1').first().waitFor();
	await page
		.getByText(/^(Loading|One moment|Opening|Reading|Looking)\b.* …$/)
		.first()
		.waitFor({ state: 'hidden' });
}
