import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSdlFiles } from '../../src/api/sdl-files.ts';
import { fieldsOf, parseSdl } from '../../tools/pages/sdl.ts';
import { files, read } from './tree.ts';

interface Package {
	readonly dependencies: Readonly<Record<string, string>>;
	readonly devDependencies: Readonly<Record<string, string>>;
	readonly peerDependencies: Readonly<Record<string, string>>;
	readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
	readonly scripts: Readonly<Record<string, string>>;
	readonly version: string;
}

const parsed = JSON.parse(read('package.json')) as Package;
const { dependencies, devDependencies, version } = parsed;
/** Peer dependencies, which users of the package install. This repository pins them as development dependencies. */
const peers = Object.keys(parsed.peerDependencies).filter((name) => !parsed.peerDependenciesMeta[name]?.optional);
const all = { ...dependencies, ...devDependencies };

/** The text under a heading, up to the next heading of the same level. */
function section(document: string, heading: string): string {
	const [, ...parts] = document.split(/^## /m);
	return parts.find((part) => part.startsWith(`${heading}\n`)) ?? '';
}

describe('docs/explanation/dependencies.md', () => {
	const rows = (heading: string) =>
		[...section(read('docs/explanation/dependencies.md'), heading).matchAll(/^\| `([^`]+)` \|/gm)].map(
			([, name = '']) => name,
		);

	it('lists every runtime dependency, and nothing else', () => {
		expect(rows('At run time').sort()).toEqual([...Object.keys(dependencies), ...peers].sort());
	});

	it('lists every development dependency, and nothing else', () => {
		const only = Object.keys(devDependencies).filter((name) => !peers.includes(name));
		expect(rows('For development').sort()).toEqual(only.sort());
	});
});

describe('docs/reference', () => {
	it('has, like every page, no unmatched quote in a shell comment, since zsh does not ignore comments', () => {
		for (const page of files().filter((path) => path.endsWith('.md')))
			for (const [, block = ''] of read(page).matchAll(/^```(?:sh|bash)\n([\s\S]*?)^```$/gm))
				for (const [comment] of block.matchAll(/(?<=^|\s)#\s.*$/gm))
					expect([page, comment, /['"`]/.test(comment.replaceAll(/(['"`])[^'"`]*\1/g, ''))]).toEqual([
						page,
						comment,
						false,
					]);
	});
});

describe('CONTRIBUTING.md', () => {
	it('shows how to run one test, by a title that exists', () => {
		const [, file = '', name = ''] = /vitest run (\S+) -t '([^']+)'/.exec(read('CONTRIBUTING.md')) ?? [];
		expect(read(file)).toContain(`it('${name}`);
	});

	/** A block of the map: the line that begins with its name, and the indented lines after it. */
	const mapOf = (name: string) =>
		new RegExp(`^${name}/.*(?:\\n +.*)*`, 'm').exec(section(read('CONTRIBUTING.md'), 'The map'))?.[0] ?? '';
	const names = (folder: string) => [
		...new Set(files(folder).map((path) => path.slice(folder.length + 1).replace(/\/.*$/s, '/'))),
	];
	const isNamed = (text: string) => (name: string) =>
		new RegExp(`(?<![\\w/.-])${name.replaceAll('.', '\\.')}`).test(text);

	it.each(['src', 'src/adapters', 'docs'])('maps everything in %s', (folder) => {
		const map = mapOf(folder.split('/')[0] ?? '');
		const there = names(folder).filter((name) => folder !== 'src/adapters' || name.endsWith('/'));
		expect(there.length).toBeGreaterThan(2);
		expect(there.filter((name) => !isNamed(map)(name))).toEqual([]);
	});

	it('maps no file that does not exist', () => {
		const known = new Set(
			['.ci', 'tools', 'src', 'docs', 'schema', 'drizzle', 'web']
				.flatMap((folder) => files(folder))
				.map((path) => basename(path)),
		);
		const named = [...section(read('CONTRIBUTING.md'), 'The map').matchAll(/[\w.-]+\.(?:ts|md|json|graphql)\b/g)];
		expect(named.length).toBeGreaterThan(10);
		expect(named.flatMap(([name]) => (known.has(name) ? [] : [name]))).toEqual([]);
	});
});

describe('SECURITY.md', () => {
	it('lists each field of a firm-owned type that operators see, and no other', () => {
		const sdl = parseSdl(readSdlFiles());
		const marked = [...sdl.types.keys()].flatMap((type) =>
			fieldsOf(sdl, type)
				.filter(({ directives }) => directives?.some(({ name }) => name.value === 'metadata'))
				.map(({ name }) => `${type}.${name.value}`),
		);
		const lists = section(read('SECURITY.md'), 'What operators see').matchAll(/^- `(\w+)`: ((?:.|\n {2})*)/gm);
		const listed = [...lists].flatMap(([, type, fields = '']) =>
			fields.split(/,\s+/).map((field) => `${type}.${field}`),
		);
		expect(listed.sort()).toEqual(marked.filter((field) => field !== 'FirmOwned.firmId').sort());
	});

	it('lists each table of which the operators’ login may read every column, and no other', () => {
		const may = /^privileges: select on (\w+) to firmseal_operator$/gm;
		const there = [...read('drizzle/catalogue.lock.txt').matchAll(may)].map(([, table]) => table);
		const [, sentence = ''] =
			/all of the tables ([^.]+)\./.exec(section(read('SECURITY.md'), 'What operators see')) ?? [];
		expect([...sentence.matchAll(/`(\w+)`/g)].map(([, table]) => table)).toEqual(there);
	});
});

describe('package.json', () => {
	it('pins every dependency to an exact version', () => {
		expect(Object.entries(all).filter(([, range]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(range))).toEqual([]);
	});

	it('has no bin, since npx would then read every package of a checkout: npm ci links the command', () => {
		expect(parsed).not.toHaveProperty('bin');
		expect(parsed.scripts.prepare).toContain('ln -sf ../../src/cli/firmseal.js node_modules/.bin/firmseal');
	});

	it('is not in a registry, which every page with an npx command says', () => {
		const pages = files().filter((path) =>
			/^(?:README|deploy\/README|docs\/(?!explanation\/decisions)[\w/-]+)\.md$/.test(path),
		);
		const withNpx = pages.filter((path) => read(path).includes('npx firmseal'));
		expect(withNpx.length).toBeGreaterThan(5);
		expect(withNpx.filter((path) => !/npm's\s+registry/.test(read(path)))).toEqual([]);
	});

	it('has the version that the command prints and that a heading of the change log has', () => {
		expect(read('src/cli/run-command.ts')).toContain(`.version('${version}')`);
		expect(read('CHANGELOG.md')).toMatch(new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\]`, 'm'));
	});
});

describe('package-lock.json', () => {
	const lock = JSON.parse(read('package-lock.json')) as {
		packages: Record<string, { resolved?: string; integrity?: string; link?: boolean; inBundle?: boolean }>;
	};
	const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

	it('names no host for packages', () => {
		expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
	});

	it('has the hash of every package except bundled ones', () => {
		const unknown = packages.filter(([, { integrity, inBundle }]) => !integrity && !inBundle);
		expect(unknown.map(([path]) => path)).toEqual([]);
	});
});
