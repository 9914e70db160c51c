import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { startInstallation } from './installation.ts';
import { SCREENS, type Screen, type Story } from './screens.ts';

/**
 * `npm run screenshots`: starts an installation of its own with the demo, signs in as the demo's people in Debian's Chromium, writes
 * docs/images/, and ends all that it has started. Names after the command choose pictures; all steps of the story still happen.
 */
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
/** Bytes; pictures are in the repository, and a page shows several. */
const LARGEST = 150_000;
const SCHEMES = ['light', 'dark'] as const;

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !SCREENS.some((screen) => screen.name === name));
if (unknown.length > 0)
	throw new Error(`There is no picture ${unknown}. There are: ${SCREENS.map(({ name }) => name)}.`);

mkdirSync(IMAGES, { recursive: true });
const installation = await startInstallation();
try {
	const browser = await chromium.launch({
		executablePath: '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu'],
	});
	try {
		const story: Story = { installation };
		for (const screen of SCREENS) {
			await screen.before?.(story);
			if (chosen.length > 0 && !chosen.includes(screen.name)) continue;
			await take(browser, screen, story);
		}
	} finally {
		await browser.close();
	}
} finally {
	await installation.close();
}

async function take(browser: Browser, { name, person, at, show }: Screen, story: Story): Promise<void> {
	const context = await browser.newContext({
		viewport: { width: 1280, height: 800 },
		reducedMotion: 'reduce',
		locale: 'en-GB',
		timezoneId: 'UTC',
	});
	const page = await context.newPage();
	await page.goto(installation.url + at(story));
	if (person !== null) {
		await page.getByRole('button', { name: person }).click();
		await page.getByRole('button', { name: 'Sign out', exact: true }).waitFor();
	}
	await show(page, story);
	// Nothing is loading, and no part of a screen has a cursor in it.
	await page
		.getByText(/^(Loading|One moment|Opening|Checking)\b.* …$/)
		.first()
		.waitFor({ state: 'hidden' });
	for (const colorScheme of SCHEMES) {
		await page.emulateMedia({ colorScheme });
		const picture = await page.screenshot({ caret: 'hide', animations: 'disabled' });
		if (picture.length > LARGEST)
			throw new Error(`The picture ${name} has ${picture.length} bytes, more than ${LARGEST}.`);
		writeFileSync(`${IMAGES}${name}-${colorScheme}.png`, picture);
		console.log(`docs/images/${name}-${colorScheme}.png ${picture.length} bytes`);
	}
	await context.close();
}
