import { expect, it } from 'vitest';
import { describeInstalled, ENTRIES } from './adopter.ts';
import { bundle } from './bundle.ts';

/** An import, the files that it may include, and their maximum minified size in bytes. */
const SMALL = [
	["export { FirmsealError } from 'firmseal'", /^errors\.js$/, 1_000],
	["export { sealed } from 'firmseal'", /^(database\/sealed\.js|node_modules\/drizzle-orm\/.*)$/, 12_000],
	["export { encodeContext } from 'firmseal/envelope'", /^(errors|envelope\/context)\.js$/, 1_000],
	["export { encryptChunked } from 'firmseal/envelope'", /^(errors|envelope\/[a-z-]+)\.js$/, 6_000],
	["export { leafHash } from 'firmseal/audit'", /^(errors|audit\/verify\/[a-z0-9-]+)\.js$/, 2_000],
	["export { verifyInclusion } from 'firmseal/audit'", /^(errors|audit\/verify\/[a-z0-9-]+)\.js$/, 4_000],
	["export { verifyCheckpoint } from 'firmseal/audit'", /^(errors|audit\/verify\/[a-z0-9-]+)\.js$/, 6_000],
] as const;

describeInstalled('a bundle', (cwd) => {
	it.each(SMALL)('a bundle of %s contains nothing else', async (text, mayBring, most) => {
		const { kept, bytes } = await bundle(text, cwd, text.includes("'firmseal'") ? 'node' : 'browser');
		expect(kept.filter((path) => !mayBring.test(path))).toEqual([]);
		expect(kept.length).toBeGreaterThan(0);
		expect(bytes).toBeLessThan(most);
	});

	it.each(ENTRIES)('a bundle that imports nothing from %s is empty', async (entry) => {
		const { kept } = await bundle(`import '${entry}'; export const nothing = 0;`, cwd, 'node');
		expect(kept).toEqual([]);
	});
});
