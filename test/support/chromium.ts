import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { describe } from 'vitest';

const PROGRAM = '/usr/bin/chromium';
const isThere = existsSync(PROGRAM);
if (process.env.FIRMSEAL_CI === '1' && !isThere) throw new Error('chromium is not installed.');

const ARGS =
	'--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
		' ',
	);

/** Starts Debian's Chromium, whose only network is what a test opens. `args`: more of its own options. */
export const launchChromium = (args: readonly string[] = []): Promise<Browser> =>
	chromium.launch({ executablePath: PROGRAM, args: [...ARGS, ...args] });

/** The same with a profile in a directory, which outlives the browser. */
export const launchWithProfile = (directory: string): Promise<BrowserContext> =>
	chromium.launchPersistentContext(directory, { executablePath: PROGRAM, args: ARGS });

/** Tests in a real browser; where there is none, they are skipped by name. */
export const describeInChromium = (name: string, tests: () => void): void => {
	describe.skipIf(!isThere)(isThere ? name : `${name} (skipped: chromium is not installed)`, tests);
};
