import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('../../../src/audit/verify/', import.meta.url);

it.each(readdirSync(folder))(
	'%s imports its own folder only, so that no writer can be wrong in the same way',
	(name) => {
		const source = readFileSync(new URL(name, folder), 'utf8');
		const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, from]) => from ?? '');
		for (const from of imported) expect(from).toMatch(/^\.\/[a-z0-9-]+\.ts$/);
		expect(source).not.toMatch(/\bBuffer\b|\bprocess\??[.[]|import\(|require\(/);
	},
);
