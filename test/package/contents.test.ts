import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { packed } from './adopter.ts';
import { PLANTED } from './pack.ts';

const { content } = packed;

const paths = readdirSync(content, { recursive: true, withFileTypes: true })
	.filter((entry) => entry.isFile())
	.map((entry) => relative(content, join(entry.parentPath, entry.name)));

const SHIPPED = [
	/^package\.json$/,
	/^(README|CHANGELOG|SECURITY)\.md$/,
	/^LICENSE$/,
	/^dist\/([a-z0-9-]+\/)*[a-z0-9-]+(\.generated)?\.(js|d\.ts)$/,
	/^schema\/[a-z-]+\.graphql$/,
	/^schema\/operations\/operator\/[a-z-]+\.graphql$/,
	/^schema\/operations\/operator\/fragments\/[a-z-]+\.graphql$/,
	/^drizzle\/\d{4}_[a-z_]+\.sql$/,
	/^drizzle\/(meta\/_journal\.json|sealed\.lock\.json|catalogue\.lock\.txt)$/,
	/^src\/cli\/firmseal\.js$/,
	/^src\/(envelope|audit)\/FORMAT\.md$/,
	/^src\/audit\/single-file\/verify-audit-log\.mjs$/,
	// The pages: their files are named after their content.
	/^web\/dist\/((operator|verify)\/)?index\.html$/,
	/^web\/dist\/manifest\.json$/,
	/^web\/dist\/assets\/[\w-]+\.(js|css|svg|html)$/,
];

it('contains the files that run and those that users need to read, and nothing else', () => {
	expect(paths.filter((path) => !SHIPPED.some((pattern) => pattern.test(path)))).toEqual([]);
	expect(SHIPPED.filter((pattern) => !paths.some((path) => pattern.test(path)))).toEqual([]);
});

it.each(PLANTED)('excludes %s', (planted) => {
	expect(paths).not.toContain(planted);
});

it('contains the types of public exports, but not those of the program', () => {
	expect(paths).toContain('dist/index.d.ts');
	expect(paths.filter((path) => /^dist\/(cli|api|firms)\/.*\.d\.ts$/.test(path))).toEqual([]);
});

it('contains no path of the machine that packed it', () => {
	const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
	const here = [checkout, dirname(content), homedir() + (homedir().endsWith('/') ? '' : '/')];
	const traces = paths.filter((path) => {
		const text = readFileSync(join(content, path), 'utf8');
		return here.some((place) => text.includes(place)) || /sourceMappingURL|_authToken|file:\/\//.test(text);
	});
	expect(traces).toEqual([]);
});

it('imports no TypeScript, which Node refuses below node_modules', () => {
	const leftovers = paths
		.filter((path) => path.endsWith('.js') && path !== 'src/cli/firmseal.js')
		.filter((path) => /(from|import\() ?['"]\.[^'"]*\.ts['"]/.test(readFileSync(join(content, path), 'utf8')));
	expect(leftovers).toEqual([]);
});
