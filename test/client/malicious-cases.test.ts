import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { MALICIOUS_CASES, MISHAPS } from './malicious-cases.ts';

const TESTS = fileURLToPath(new URL('..', import.meta.url));

/** The names of the tests of a file, as they are written: also those of it.each and of properties. */
const namesIn = (text: string): readonly string[] =>
	[...text.matchAll(/\b(?:it|test)\b[^'"`\n]*\(\s*(['"`])(.+?)\1,|^\s*\]?\)?\)\(\s*(['"`])(.+?)\3,/gm)].map(
		(found) => found[2] ?? found[4] ?? '',
	);

it('each thing that a malicious service is known to try, or that goes wrong without one, has a test of the client', () => {
	const all = [...MALICIOUS_CASES, ...MISHAPS];
	const read = new Map<string, string>();
	for (const { file } of all) if (!read.has(file)) read.set(file, readFileSync(`${TESTS}${file}`, 'utf8'));
	const missing = all.filter(({ file, test }) => !namesIn(read.get(file) ?? '').includes(test));
	expect(missing).toEqual([]);
	for (const [file, text] of read) {
		expect(text, file).not.toMatch(/\b(?:it|test|describe)\.(?:skip|todo|only)\b/);
		expect(file, 'a test of the client').toMatch(/^clients?\//);
	}
});

it('there are at least 25 in the manner of published attacks, 10 of ours, and none twice', () => {
	const ours = MALICIOUS_CASES.filter(({ family }) => family === 'OURS');
	expect(MALICIOUS_CASES.length - ours.length).toBeGreaterThanOrEqual(25);
	expect(ours.length).toBeGreaterThanOrEqual(10);
	expect(new Set(MALICIOUS_CASES.map(({ tries }) => tries)).size).toBe(MALICIOUS_CASES.length);
	expect(MISHAPS.length).toBeGreaterThanOrEqual(8);
});
