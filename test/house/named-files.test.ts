import { expect, it } from 'vitest';
import { files, read } from './tree.ts';

const PAGES = [
	'docs/operations.md',
	'docs/compliance.md',
	'docs/deployment.md',
	'deploy/README.md',
	'SECURITY.md',
	'CONTRIBUTING.md',
];
const known = new Set(files());
const folders = new Set(
	[...known].flatMap((path) => path.split('/').map((_, end, parts) => parts.slice(0, end).join('/'))),
);

/** Paths from the top, as these pages write them. */
const PATH = /(?<![\w./-])(?:src|test|drizzle|deploy|docs|schema|bench|examples|tools|\.ci)\/[\w./-]*\w\/?/g;

it.each(PAGES)('every file and folder that %s names exists', (page) => {
	const named = [...new Set(read(page).match(PATH))].map((path) => path.replace(/\/$/, ''));
	expect(named.length).toBeGreaterThan(2);
	// What follows `npm test --` is a part of a path.
	const parts = [...read(page).matchAll(/npm test -- ([^`\n]*)/g)].flatMap(([, given = '']) => given.split(' '));
	expect(named.filter((path) => ![known, folders].some((of) => of.has(path)) && !parts.includes(path))).toEqual([]);
});

const readmes = files().filter((path) => /^src\/.*README\.md$/.test(path));

it.each(readmes)('every source file that %s names exists', (readme) => {
	const names = new Set(files().flatMap((path) => path.split('/').slice(-1)));
	const named = [...new Set(read(readme).match(/(?<![\w.-])[\w-]+\.ts\b/g))];
	expect(named.filter((name) => !names.has(name) && name !== 'test.ts')).toEqual([]);
});

it('docs/compliance.md names for each control a test or a page, or states that there is none', () => {
	const rows = read('docs/compliance.md')
		.split('\n')
		.filter((line) => /^\| (CC|A1|C1|\(|\d)/.test(line))
		.map((line) => line.split('|').map((cell) => cell.trim()));
	expect(rows.length).toBeGreaterThan(30);
	const unshown = rows.filter(([, , , shown = '']) => !/test\/|docs\/|^-$|^as there$/.test(shown));
	expect(unshown).toEqual([]);
	expect(rows.filter((cells) => cells.length !== 6).map(([, control]) => control)).toEqual([]);
});

it('no page claims a certification', () => {
	for (const page of PAGES)
		expect(read(page)).not.toMatch(/\b(is|are|fully) (certified|compliant)\b|SOC 2 (certified|compliant)/i);
});
