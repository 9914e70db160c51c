import { expect, it } from 'vitest';
import { files, read } from './tree.ts';

/** Pages that auditors read. */
const PAGES = [
	'docs/explanation/processes.md',
	'docs/reference/compliance.md',
	'deploy/README.md',
	'SECURITY.md',
	'CONTRIBUTING.md',
];
const known = new Set(files());
const folders = new Set(
	[...known].flatMap((path) => path.split('/').map((_, end, parts) => parts.slice(0, end).join('/'))),
);

/** Paths from the root of the repository. */
const PATH = /(?<![\w./-])(?:src|test|drizzle|deploy|docs|schema|bench|examples|tools|\.ci)\/[\w./-]*\w\/?/g;

/** Comments begin a line or follow a space, unlike slashes in URLs and patterns. In SQL, `-->` marks a statement and is no comment. */
const COMMENT = { ts: /(?<=^|\s)(?:\/\*[\s\S]*?\*\/|\/\/.*$)/gm, sql: /^\s*--(?!>).*$/gm };

/** Files whose paths have another root or are historical, and generated pages. */
const LEFT_OUT =
	/^examples\/adopter\/|^docs\/(how-to\/adopt|reference\/promises)\.md$|^test\/package\/adopter|\.generated\.|^CHANGELOG\.md$/;

/** The text of every page, and the comments of every source and migration. */
const texts: readonly (readonly [path: string, text: string])[] = files()
	.filter((path) => !LEFT_OUT.test(path))
	.flatMap((path) => {
		if (path.endsWith('.md')) return [[path, read(path)] as const];
		const comment = /\.m?ts$/.test(path) ? COMMENT.ts : path.endsWith('.sql') ? COMMENT.sql : null;
		return comment ? [[path, (read(path).match(comment) ?? []).join('\n')] as const] : [];
	});

it('every file that a page or a comment names by its path exists', () => {
	expect(texts.length).toBeGreaterThan(1_000);
	const missing = texts.flatMap(([path, text]) => {
		const parts = [...text.matchAll(/npm test -- ([^`\n]*)/g)].flatMap(([, given = '']) => given.split(' '));
		const named = [...new Set(text.match(PATH))].map((each) => each.replace(/\/$/, ''));
		return named
			.filter((each) => !known.has(each) && !folders.has(each) && !parts.includes(each))
			.filter((each) => !/^docs\/explanation\/decisions\/\d{4}$/.test(each))
			.map((each) => `${path} names ${each}`);
	});
	expect(missing).toEqual([]);
});

/** `decision 0012`, `docs/explanation/decisions/0043` and `[0026](../decisions/…)` are decisions, as every number in docs/; others are migrations. */
const NUMBER = /(decisions?[ /]\[?|\[(?=00\d\d\]\([^)]*decisions\/))?(?<![\w.:+-])(00\d\d)(?![\w:-]|\.\d)/g;

it('every migration or decision that a page or a comment names by its number exists', () => {
	const numbersIn = (folder: string) =>
		new Set(files().flatMap((path) => new RegExp(`^${folder}/(\\d{4})[-_]`).exec(path)?.[1] ?? []));
	const [migrations, decisions] = [numbersIn('drizzle'), numbersIn('docs/explanation/decisions')];
	expect(Math.min(migrations.size, decisions.size)).toBeGreaterThan(10);
	const missing = texts.flatMap(([path, text]) =>
		[...text.matchAll(NUMBER)]
			.filter(([, of, number = '']) => !(of || path.startsWith('docs/') ? decisions : migrations).has(number))
			.map(([, , number]) => `${path} names ${number}`),
	);
	expect(missing).toEqual([]);
});

const readmes = files().filter((path) => /^src\/.*README\.md$/.test(path));

it.each(readmes)('every source file that %s names exists', (readme) => {
	const names = new Set(files().flatMap((path) => path.split('/').slice(-1)));
	const named = [...new Set(read(readme).match(/(?<![\w.-])[\w-]+\.ts\b/g))];
	expect(named.filter((name) => !names.has(name) && name !== 'test.ts')).toEqual([]);
});

it('docs/reference/compliance.md names for each control a test or a page, or states that there is none', () => {
	const rows = read('docs/reference/compliance.md')
		.split('\n')
		.filter((line) => /^\| (CC|A1|C1|\(|\d)/.test(line))
		.map((line) => line.split('|').map((cell) => cell.trim()));
	expect(rows.length).toBeGreaterThan(30);
	const unshown = rows.filter(([, , , shown = '']) => !/test\/|docs\/|^-$|^as there$/.test(shown));
	expect(unshown).toEqual([]);
	expect(rows.filter((cells) => cells.length !== 6).map(([, control]) => control)).toEqual([]);
});

it('comments name no source file and no function that does not exist', () => {
	const names = new Set([...known].flatMap((path) => path.split('/').slice(-1)));
	const sources = [...known]
		.filter((path) => /^(?:src|test|tools|bench|deploy|drizzle|examples\/demo|\.ci)\/.*\.(?:ts|mjs|js|sql)$/.test(path))
		.map((path) => ({ path, text: read(path), comment: path.endsWith('.sql') ? COMMENT.sql : COMMENT.ts }));
	const words = new Set(sources.flatMap(({ text, comment }) => text.replace(comment, '').match(/\w+/g) ?? []));
	const missing = sources.flatMap(({ path, text, comment }) =>
		(text.match(comment) ?? []).flatMap((each) =>
			[
				...(each.match(/(?<![\w.-])[\w-]{2,}(?:\.\w+)*\.ts\b/g) ?? []).filter((name) => !names.has(name)),
				...[...each.matchAll(/\b(\w+)\(\)/g)].flatMap(([call, name = '']) => (words.has(name) ? [] : [call])),
			].map((name) => `${path}: ${name}`),
		),
	);
	expect(missing).toEqual([]);
});

it('no page claims a certification', () => {
	for (const page of PAGES)
		expect(read(page)).not.toMatch(/\b(is|are|fully) (certified|compliant)\b|SOC 2 (certified|compliant)/i);
});
