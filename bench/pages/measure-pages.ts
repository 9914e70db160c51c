import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { OWNER, requestLease, TICKET, useLease } from '../../tools/screenshots/demo-lease.ts';
import { type Installation, startInstallation } from '../../tools/screenshots/installation.ts';
import { type Fact, type Facts, fact } from '../harness/facts.ts';
import { spreadOf } from '../harness/rounds.ts';
import type { Section, SectionContext } from '../harness/section.ts';
import { measureAnnouncing } from './announcing.ts';
import { fillLog } from './fill-log.ts';

/** Milliseconds. */
const VIEW_TARGET = 1_500;
const EVENT_TARGET = 2_000;
const ACCESS_TARGET = 1_000;
const CHROMIUM = '/usr/bin/chromium';
const MEMBER = 'member@northgate.example';
const COMPLETE = /^The list is complete:/;

/** What a person waits for, in Chromium, at `npm start` with its demo. */
export const pages: Section = {
	name: 'pages',
	title: 'Pages',
	needsPeers: true,
	program: CHROMIUM,
	steps: () => 4,
	async measure(context) {
		const announcing = await measureAnnouncing(context);
		context.onStep();
		const installation = await startInstallation();
		try {
			const browser = await chromium.launch({
				executablePath: CHROMIUM,
				args: ['--no-sandbox', '--disable-gpu'],
			});
			try {
				const facts: Facts[] = [];
				for (const measure of [measureViews, measureEvents, measureAccess]) {
					context.signal.throwIfAborted();
					facts.push(await measure(browser, installation, context));
					context.onStep();
				}
				return { tables: [announcing], facts };
			} finally {
				await browser.close();
			}
		} finally {
			await installation.close();
		}
	},
};

/** From the address to what a person sees first, each time in a new browser profile, whose cache is empty. */
async function measureViews(browser: Browser, { url }: Installation, { scale }: SectionContext): Promise<Facts> {
	const facts: Fact[] = [];
	for (const path of ['/', '/operator', '/verify']) {
		const times: number[] = [];
		for (let n = 0; n < scale.pages.views; n++) {
			await inProfile(browser, async (profile) => {
				const page = await profile.newPage();
				times.push(
					await took(async () => {
						await page.goto(`${url}${path}`);
						await page.getByRole('heading', { level: 1 }).waitFor();
					}),
				);
			});
		}
		facts.push(fact(`${path}, median`, spreadOf(times).median, 'ms', VIEW_TARGET));
	}
	return { title: 'From the address to the first view, with an empty cache', facts };
}

/** From the answer to the person who writes a note to the screen of another person who has the list open. */
async function measureEvents(browser: Browser, { url, ask }: Installation, { scale }: SectionContext): Promise<Facts> {
	const times: number[] = [];
	await inProfile(browser, async (profile) => {
		const page = await signIn(profile, url, MEMBER, '/notes');
		await page.getByRole('table').first().waitFor();
		for (let n = 0; n < scale.pages.events; n++) {
			const title = `Measured ${n}`;
			await ask(OWNER, `mutation { createNote(input: { title: "${title}", body: "" }) { note { id } } }`);
			times.push(await took(() => page.getByRole('link', { name: title, exact: true }).waitFor()));
		}
	});
	return {
		title: 'From a note that another person has written to its line in an open list',
		facts: [
			fact('median', spreadOf(times).median, 'ms', EVENT_TARGET),
			fact('longest', Math.max(...times), 'ms', EVENT_TARGET),
		],
	};
}

/** From the first click after the sign-in to the story of a lease and the verdict on the log: two clicks. */
async function measureAccess(
	browser: Browser,
	installation: Installation,
	{ scale, signal }: SectionContext,
): Promise<Facts> {
	const { entries } = scale.pages;
	const asked = await requestLease(installation);
	await useLease(installation, asked);
	await fillLog(installation, { firm: asked.firm, entries, signal });
	const times: number[] = [];
	await inProfile(browser, async (profile) => {
		for (let visit = 0; visit < 1 + scale.pages.views; visit++) {
			const page = await signIn(profile, installation.url, OWNER, '/');
			const answered = async () => {
				await page.getByRole('navigation').getByRole('link', { name: 'Access' }).click();
				await page.locator('summary').filter({ hasText: TICKET }).first().click();
				await page.getByRole('table', { name: 'What was opened' }).getByRole('row').nth(1).waitFor();
				await page.getByText(COMPLETE).first().waitFor();
			};
			times.push(await took(answered));
			await page.close();
		}
	});
	const [first = Number.NaN, ...next] = times;
	return {
		title: `Who read my data, why, who agreed, is the list complete: ${entries.toLocaleString('en-US')} entries, two clicks`,
		facts: [
			fact('in a browser that has seen the log, median', spreadOf(next).median, 'ms', ACCESS_TARGET),
			fact('the first time, when every entry is read', first, 'ms'),
		],
	};
}

async function inProfile(browser: Browser, work: (profile: BrowserContext) => Promise<void>): Promise<void> {
	const profile = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
	try {
		await work(profile);
	} finally {
		await profile.close();
	}
}

async function signIn(profile: BrowserContext, url: string, email: string, at: string): Promise<Page> {
	const page = await profile.newPage();
	await page.goto(`${url}/#${at}`);
	const person = page.getByRole('button', { name: email });
	const signedIn = page.getByRole('button', { name: 'Sign out', exact: true });
	await person.or(signedIn).waitFor();
	// In a profile of an earlier visit, the issuer's session signs in without a question.
	if (await person.isVisible()) await person.click();
	await signedIn.waitFor();
	return page;
}

/** Milliseconds. */
async function took(work: () => Promise<unknown>): Promise<number> {
	const start = performance.now();
	await work();
	return performance.now() - start;
}
