import { describe, expect, it } from 'vitest';
import { read } from './tree.ts';

const catalogue = read('drizzle/catalogue.lock.txt');
const page = read('src/database/README.md');
const firstCells = [...page.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell).join(' ');
const spans = page.match(/`[a-z0-9_]+`/g)?.join(' ') ?? '';

it.each([
	['table', /^tables: (\w+) is a table/gm, firstCells],
	['function', /^functions: (\w+)\(/gm, spans],
	['trigger', /^triggers: CREATE TRIGGER (\w+) /gm, spans],
])('src/database/README.md names every %s of the catalogue', (_kind, form, text) => {
	const there = new Set([...catalogue.matchAll(form)].map(([, name = '']) => name));
	expect(there.size).toBeGreaterThan(5);
	expect([...there].filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});

/** The tables of the page: their header and their rows of cells. */
const tables = page
	.split(/\n(?!\|)/)
	.map((block) => block.trim().split('\n'))
	.filter((lines) => lines[1]?.startsWith('|---'))
	.map((lines) =>
		lines.map((line) =>
			line
				.slice(1, -1)
				.split('|')
				.map((cell) => cell.trim()),
		),
	)
	.map(([header = [], , ...rows]) => ({ header, rows }));

/** The privileges of the catalogue that match a form, as `NAME ROLE`. */
const holders = (form: RegExp): ReadonlySet<string> =>
	new Set([...catalogue.matchAll(form)].map(([, name, role]) => `${name} ${role}`));

describe('src/database/README.md', () => {
	const ROLES = 'firm portal operator break_glass broker worker maintenance log signer'.split(' ');

	const isTable = (of: string) => catalogue.includes(`tables: ${of.split(' ')[0]} is a table`);

	/** The cells of the tables: `NAME ROLE` with their text. A part about another role begins with that role in bold. */
	const cells = tables
		.filter(({ header }) => header[1] === 'firm')
		.flatMap(({ header, rows }) =>
			rows.flatMap(([names = '', ...row]) =>
				[...names.replace(/:.*/, '').matchAll(/\w+/g)].flatMap(([name]) =>
					row.flatMap((text, at) =>
						text.split(/; (?=\*\*)|(?=\*\*\w+\*\*)/).map((part) => {
							const [, other, rest] = /^\*\*(\w+)\*\*: (.*)/.exec(part) ?? [];
							return { of: `${name} ${other ?? header[at + 1]}`, says: rest ?? part };
						}),
					),
				),
			),
		)
		.filter(({ of }) => isTable(of));

	it('gives each role the privileges on tables that the catalogue has, and no others', () => {
		const has = holders(/^privileges: (?:select|insert|update)(?: \([^)]*\))? on (\w+) to firmseal_(\w+)$/gm);
		const selects = holders(/^privileges: select(?: \([^)]*\))? on (\w+) to firmseal_(\w+)$/gm);
		const named = new Set(cells.map(({ of }) => of));
		// The page describes several tables of maintenance by their content instead of their name.
		const left = [...has].filter((of) => isTable(of) && !named.has(of) && !of.endsWith(' maintenance'));
		expect(left).toEqual([]);
		const wrong = cells.filter(({ of, says }) => {
			if (says === '-') return has.has(of);
			if (says.startsWith('select')) return !selects.has(of);
			return !/above|by function|no privilege|the same/.test(says) && !has.has(of);
		});
		expect(wrong).toEqual([]);
	});

	it('gives each function to the roles of the catalogue', () => {
		const has = holders(/^privileges: execute on function (\w+)\([^)]*\) to firmseal_(\w+)$/gm);
		const wrong: string[] = [];
		for (const { rows } of tables.filter(({ header: [, what = ''] }) => what === 'for'))
			for (const [names = '', roles = ''] of rows) {
				const groups = roles.split(';').map((group) => group.trim());
				names.split(';').forEach((some, at) => {
					const group = groups.length === 1 ? groups[0] : groups[at];
					for (const [, name] of some.matchAll(/`(\w+)`/g)) {
						const found = ROLES.filter((role) => has.has(`${name} ${role}`))
							.sort()
							.join(', ');
						if (found !== group?.split(', ').sort().join(', ')) wrong.push(`${name}: ${group}; it is ${found}`);
					}
				});
			}
		expect(wrong).toEqual([]);
	});
});
