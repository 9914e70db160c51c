import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GENERATED_PAGES } from '../../tools/pages/generated-pages.ts';
import { anchorOf } from '../../tools/pages/markdown.ts';
import { files, read } from './tree.ts';

const documents = files().filter((path) => path.endsWith('.md'));

/** Not among GENERATED_PAGES, since a run of tests or of the bench writes most of them. */
const MEASURED =
	/^docs\/reference\/(attacks|attacks-on-leases|attacks-on-the-log|coverage|performance|performance\/.*)\.md$/;
const generated: readonly string[] = Object.values(GENERATED_PAGES);

const headings = (path: string) =>
	[
		...read(path)
			.replaceAll(/^```.*?^```/gms, '')
			.matchAll(/^#+ (.+)$/gm),
	].map(([, heading = '']) => anchorOf(heading));

const lengthOf = (path: string) => read(path).split('\n').length - 1;

it('turns a heading into an anchor as GitHub does', () => {
	const made = ['Add a field', 'Query.notes', '@encrypted', 'time-entry.graphql', 'A `code`, and é_1'].map(anchorOf);
	expect(made).toEqual(['add-a-field', 'querynotes', 'encrypted', 'time-entrygraphql', 'a-code-and-é_1']);
});

describe('links of pages', () => {
	const links = documents.flatMap((path) =>
		[...read(path).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, target = '', anchor]) => ({
			path,
			to: target ? join(dirname(path), target).replace(/\/$/, '') : path,
			anchor,
		})),
	);
	const there = new Set(
		files().flatMap((path) => path.split('/').map((_, n, parts) => parts.slice(0, n + 1).join('/'))),
	);

	it('lead to a file or folder of this repository', () => {
		expect(links.length).toBeGreaterThan(300);
		expect(links.filter(({ to }) => to !== '.' && !there.has(to)).map(({ path, to }) => `${path} -> ${to}`)).toEqual(
			[],
		);
	});

	it('lead to headings that exist', () => {
		const broken = links.filter(
			({ to, anchor }) => anchor !== undefined && documents.includes(to) && !headings(to).includes(anchor),
		);
		expect(broken.map(({ path, to, anchor }) => `${path} -> ${to}#${anchor}`)).toEqual([]);
	});
});

it.each(['docs/reference/api.md', 'docs/reference/content-fields.md'])(
	'no two headings of %s have the same anchor',
	(path) => {
		const all = headings(path);
		expect(all.filter((anchor, index) => all.indexOf(anchor) < index)).toEqual([]);
	},
);

describe('README.md', () => {
	it('has at most 150 lines and 9,000 characters', () => {
		expect(lengthOf('README.md')).toBeLessThanOrEqual(150);
		expect(read('README.md').length).toBeLessThanOrEqual(9_000);
	});
});

describe('docs/', () => {
	const pages = files('docs').filter((path) => path.endsWith('.md') && path !== 'docs/README.md');
	const isDecision = (path: string) => path.startsWith('docs/explanation/decisions/');

	it('has four sections, an index and pictures, and nothing else', () => {
		const shelves = [...new Set(files('docs').map((path) => path.split('/')[1]))].sort();
		expect(shelves).toEqual(['README.md', 'explanation', 'how-to', 'images', 'reference', 'tutorial']);
	});

	it('has no page over 300 lines, except generated ones', () => {
		const long = [...pages, 'SECURITY.md', 'CONTRIBUTING.md'].filter(
			(path) => !MEASURED.test(path) && !generated.includes(path) && lengthOf(path) > 300,
		);
		expect(long).toEqual([]);
	});

	it('says at the top of each page which section it belongs to and who it is for', () => {
		const SECTION = {
			tutorial: 'Tutorial',
			'how-to': 'How-to',
			reference: 'Reference',
			explanation: 'Explanation',
		} as const;
		const says = (path: string) => {
			const section = SECTION[path.split('/')[1] as keyof typeof SECTION];
			return new RegExp(`^(?:<!--.*-->\\n\\n)?# .+\\n\\n\\*${section}\\b[^*]*\\bFor \\w`).test(read(path));
		};
		const silent = pages.filter((path) => !isDecision(path) && !/\/performance\//.test(path) && !says(path));
		expect(silent).toEqual([]);
	});

	it('lists every page in its index', () => {
		const index = read('docs/README.md');
		const listed = pages.filter((path) => !isDecision(path) && !/\/performance\//.test(path));
		expect(listed.filter((path) => !index.includes(`](${path.slice('docs/'.length)})`))).toEqual([]);
	});
});
