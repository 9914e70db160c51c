import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('../../src/audit/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));

it.each(files)('%s imports only its own folder, the errors, and two pure packages', (name) => {
	const source = readFileSync(new URL(name, folder), 'utf8');
	const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, from]) => from ?? '');
	for (const from of imported) expect(from).toMatch(/^(\.\/[a-z0-9-]+\.ts|\.\.\/errors\.ts|zod|canonicalize)$/);
	expect(source).not.toMatch(/\bBuffer\b|import\(|require\(/);
});
