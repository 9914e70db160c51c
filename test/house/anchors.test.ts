import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { anchorOf } from '../../tools/pages/markdown.ts';
import { files, read } from './tree.ts';

const documents = files().filter((path) => path.endsWith('.md'));

const headings = (path: string) =>
	[
		...read(path)
			.replaceAll(/^```.*?^```/gms, '')
			.matchAll(/^#+ (.+)$/gm),
	].map(([, heading = '']) => anchorOf(heading));

it('turns a heading into an anchor as GitHub does', () => {
	const made = ['Add a field', 'Query.notes', '@encrypted', 'time-entry.graphql', 'A `code`, and é_1'].map(anchorOf);
	expect(made).toEqual(['add-a-field', 'querynotes', 'encrypted', 'time-entrygraphql', 'a-code-and-é_1']);
});

it('links to headings lead to existing ones', () => {
	const links = documents.flatMap((path) =>
		[...read(path).matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)#([^)\s]+)\)/g)].map(([, target = '', anchor = '']) => ({
			path,
			to: target ? join(dirname(path), target) : path,
			anchor,
		})),
	);
	const broken = links.filter(({ to, anchor }) => documents.includes(to) && !headings(to).includes(anchor));
	expect(broken.map(({ path, to, anchor }) => `${path} -> ${to}#${anchor}`)).toEqual([]);
	expect(links.length).toBeGreaterThan(10);
});

it.each(['docs/reference/api.md', 'docs/reference/content-fields.md'])(
	'no two headings of %s have the same anchor',
	(path) => {
		const all = headings(path);
		expect(all.filter((anchor, index) => all.indexOf(anchor) < index)).toEqual([]);
	},
);
