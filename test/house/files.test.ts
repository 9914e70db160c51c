import { basename, dirname } from 'node:path';
import { expect, it } from 'vitest';
import { GENERATED_PAGES } from '../../tools/pages/generated-pages.ts';
import { files, read } from './tree.ts';

const GENERATED =
	/\.generated\.|(^|\/)package-lock\.json$|^drizzle\/(meta\/|catalogue\.lock\.txt$)|^test\/vectors\/|^\.ci\/tests\/durations\.json$|\.(log|png)$/;
const pages: readonly string[] = Object.values(GENERATED_PAGES);
const written = files().filter((path) => !GENERATED.test(path) && !pages.includes(path));
const code = written.filter((path) => /\.(ts|js|graphql)$/.test(path));

it('finds the files of this project', () => {
	expect(code).toContain('src/errors.ts');
	expect(code.length).toBeGreaterThan(100);
});

it('no file has more than 500 lines', () => {
	expect(written.filter((path) => read(path).split('\n').length > 500)).toEqual([]);
});

it('the median file of code has at most 120 lines', () => {
	const lengths = code.map((path) => read(path).split('\n').length).sort((a, b) => a - b);
	expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(120);
});

it('src/ has only folders, errors.ts and index.ts at its root', () => {
	const atRoot = files('src').filter((path) => dirname(path) === 'src');
	expect(atRoot.map((path) => basename(path)).sort()).toEqual(['errors.ts', 'index.ts']);
});

it('names of code files and folders are kebab-case', () => {
	const isKebab = (name: string) => /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/.test(name);
	const isKebabPath = (path: string) => isKebab(basename(path)) && dirname(path).split('/').every(isKebabFolder);
	const isKebabFolder = (name: string) => name === '.' || isKebab(name);
	expect(code.filter((path) => !isKebabPath(path))).toEqual([]);
});

it('no file has a vague name', () => {
	const vague = /(^|[-/.])(manager|helper|util|utils|service|handler|common|misc)s?([-/.]|$)/;
	// Two decided names: RequestServices and LeaseServices.
	const decided = /(^|\/)(request|lease)-services\.ts$/;
	expect(code.filter((path) => vague.test(path) && !decided.test(path))).toEqual([]);
});

// Node's recursive mkdir never returns where it can't create a directory, such as below /proc. makeDirectory() of src/local-files does.
it('no file of src/ lets Node create a directory recursively', () => {
	const made = code.filter((path) => /\bmkdir(Sync)?\([^;]*\brecursive\b/.test(read(path)));
	expect(made.filter((path) => path.startsWith('src/'))).toEqual([]);
	expect(made.filter((path) => path.startsWith('test/'))).not.toEqual([]);
});

it.each(['README.md', 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'LICENSE', '.ci/run'])('%s exists', (path) => {
	expect(files()).toContain(path);
});

it('no file names the machine it was written on', () => {
	const homes = ['home', 'root', 'Users', 'work', 'workspace'].map((name) => `(?<![\\w.])/${name}/`);
	const local = new RegExp(`${homes.join('|')}|https?://[^\\s/]*registry|^registry\\s*=`, 'm');
	expect(files().filter((path) => local.test(read(path)))).toEqual([]);
});
