import { expect, it } from 'vitest';
import { read } from './tree.ts';

const catalogue = read('drizzle/catalogue.lock.txt');
const rows = read('src/database/README.md').matchAll(/^\| ([^|]+) \|/gm);
const firstCells = [...rows].map(([, cell = '']) => cell).join(' ');
const spans =
	read('src/database/README.md')
		.match(/`[a-z0-9_]+`/g)
		?.join(' ') ?? '';

it.each([
	['table', /^tables: (\w+) is a table/gm, firstCells],
	['function', /^functions: (\w+)\(/gm, spans],
	['trigger', /^triggers: CREATE TRIGGER (\w+) /gm, spans],
])('src/database/README.md names every %s of the catalogue', (_kind, form, page) => {
	const there = new Set([...catalogue.matchAll(form)].map(([, name = '']) => name));
	expect(there.size).toBeGreaterThan(5);
	expect([...there].filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([]);
});
