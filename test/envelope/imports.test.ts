import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { describe, expect, it } from 'vitest';

const entry = new URL('../../src/envelope/index.ts', import.meta.url).href;
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g;

/** Every module that a bundler would follow from `start`, packages included, with its source. */
function reach(start: string): { sources: Map<string, string>; builtins: string[] } {
	const sources = new Map<string, string>();
	const builtins: string[] = [];
	const open = [start];
	for (let url = open.pop(); url !== undefined; url = open.pop()) {
		if (sources.has(url)) continue;
		const source = readFileSync(new URL(url), 'utf8');
		sources.set(url, source);
		for (const [, specifier = ''] of source.matchAll(IMPORT)) {
			if (isBuiltin(specifier)) builtins.push(`${url} imports ${specifier}`);
			else open.push(specifier.startsWith('.') ? new URL(specifier, url).href : import.meta.resolve(specifier));
		}
	}
	return { sources, builtins };
}

describe('the envelope', () => {
	const { sources, builtins } = reach(entry);

	it('reaches its own files, the errors and canonicalize, so that the walk is a real one', () => {
		const reached = [...sources.keys()].map((url) => url.replace(/^.*\/(src|node_modules)\//, ''));
		expect(reached).toContain('errors.ts');
		expect(reached).toContain('envelope/web-field.ts');
		expect(reached).toContain('envelope/payload.ts');
		expect(reached.some((path) => path.startsWith('canonicalize/'))).toBe(true);
	});

	it('reaches no module of Node', () => {
		expect(builtins).toEqual([]);
	});

	it('uses neither Buffer nor process', () => {
		const users = [...sources].filter(([, source]) => /\b(Buffer|process)\s*[.[(]/.test(source)).map(([url]) => url);
		expect(users).toEqual([]);
	});
});
