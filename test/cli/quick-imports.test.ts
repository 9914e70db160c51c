import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { resolveQuickly } from '../../src/cli/quick-imports.ts';
import { launch } from '../system/program.ts';

const PACKAGE = new URL('../../node_modules/drizzle-orm/', import.meta.url);
const OURS = new URL('../../src/cli/main.ts', import.meta.url).href;
const NODES = { url: 'the result of Node' };
const resolve = (specifier: string, parentURL: string | undefined) =>
	resolveQuickly(specifier, { conditions: [], importAttributes: {}, parentURL }, () => NODES);

describe('an import', () => {
	it('from one Drizzle file to another resolves as Node would, to that file as a module', () => {
		expect(JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8')).type).toBe('module');
		const names = readdirSync(PACKAGE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
		// A package.json in a subdirectory could change the format.
		expect(
			readdirSync(PACKAGE, { recursive: true, encoding: 'utf8' }).filter((name) => /\bpackage\.json$/.test(name)),
		).toEqual(['package.json']);
		const files = new Set(names.map((name) => new URL(name, PACKAGE).href));
		let quick = 0;
		for (const file of files)
			for (const [, specifier = ''] of readFileSync(new URL(file), 'utf8').matchAll(
				/^(?:import|export|\}).* from "([^"]+)";$/gm,
			)) {
				const resolved = resolve(specifier, file);
				if (!specifier.startsWith('.')) expect(resolved).toBe(NODES);
				else {
					expect(resolved).toMatchObject({ format: 'module', shortCircuit: true });
					expect(files, `${specifier} of ${file}`).toContain(resolved.url);
					quick += 1;
				}
			}
		expect(quick).toBeGreaterThan(500);
	});

	it('of every file that a command loads resolves as Node would', async () => {
		const { stdout, stderr } = await launch({}, process.execPath, [
			fileURLToPath(new URL('compare-imports.ts', import.meta.url)),
		]).ended;
		expect(stderr).toBe('');
		const { compared, quick, differing } = JSON.parse(stdout);
		expect(differing).toEqual([]);
		expect(compared).toBeGreaterThan(5_000);
		expect(quick).toBeGreaterThan(2_500);
	});

	it.each([
		['of the package itself', 'drizzle-orm/pg-core', import.meta.url],
		['of another package by Drizzle', 'pg', new URL('node-postgres/driver.js', PACKAGE).href],
		['of a non-module by Drizzle', './sql.cjs', new URL('sql/index.js', PACKAGE).href],
		['by a Drizzle file that is no module', './sql.js', new URL('sql/index.cjs', PACKAGE).href],
		['of a file of ours', './names.ts', pathToFileURL('/src/cli/files/get.ts').href],
		['by the program of neither its own file nor a package', './page.json', OURS],
		['by the program of a Node module', 'node:fs', OURS],
		['by another package', './a.js', 'file:///srv/node_modules/drizzle-orm-other/index.js'],
		['by a file only named like Drizzle', './a.js', 'file:///srv/drizzle-orm/index.js'],
		['with a query', './sql.js?x', new URL('sql/index.js', PACKAGE).href],
		['without an importing file', './a.js', undefined],
	])('%s is left to Node', (_, specifier, parent) => {
		expect(resolve(specifier, parent)).toBe(NODES);
	});
});
