import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { project } from './tree.ts';

/** Files that break a floor rule, by their path. */
const FORBIDDEN = {
	'src/envelope/knows-the-log.ts': "import '../audit/index.ts';",
	'src/envelope/knows-node.ts': "import 'node:crypto';",
	'src/access/uses-buffer.ts': 'export const text = Buffer.from("a");',
	'src/keys/knows-content.ts': "import '../content/index.ts';",
	'src/encryption-directive/rules/knows-the-database.ts': "import '../../database/index.ts';",
	'src/database/knows-http.ts': "import 'fastify';",
	'src/database/statements/leases/knows-firms.ts': "import '../../../firms/index.ts';",
	'src/firms/goes-around-the-index.ts': "import '../database/statements/people/notices.ts';",
	'src/firms/knows-the-driver.ts': "import 'postgres';",
	'src/firms/imports-late.ts': "await import('../api/index.ts');",
	'src/api/knows-an-adapter.ts': "import '../adapters/keyring-local/index.ts';",
	'src/library/knows-an-adapter.ts': "import '../adapters/aead-node/index.ts';",
	'src/cli/files/knows-an-adapter.ts': "import '../../adapters/objects-filesystem/index.ts';",
	'src/processes/knows-an-adapter.ts': "import '../adapters/webhook/index.ts';",
	'src/api/resolvers/reads-tokens.ts': "import 'jose';",
	'src/adapters/aead-node/knows-content.ts': "import '../../content/index.ts';",
	'src/cli/reads-the-environment.ts': 'export const path = process.env.PATH;',
	'src/config/knows-a-folder.ts': "import '../database/plane.ts';",
} as const;

const ALLOWED = {
	'src/keys/seals.ts': "import '../envelope/index.ts';\nimport './keyring.ts';\nimport 'lru-cache';",
	'src/encryption-directive/rules/looks.ts':
		"import '../survey.ts';\nimport '../../access/index.ts';\nimport 'graphql';",
	'src/database/statements/asks.ts': "import '../tables/index.ts';\nimport 'drizzle-orm/pg-core';",
	'src/database/statements/leases/asks.ts':
		"import '../../plane.ts';\nimport '../../tables/index.ts';\nimport '../keys/data-keys.ts';",
	'src/adapters/keyring-local/wraps.ts': "import '../../keys/index.ts';\nimport '../../local-files/index.ts';",
} as const;

let directory: string;
let found: string[];

beforeAll(() => {
	directory = mkdtempSync(join(tmpdir(), 'firmseal-floors-'));
	for (const name of ['biome.json', 'package.json', 'tools']) {
		cpSync(join(project, name), join(directory, name), { recursive: true });
	}
	for (const [file, text] of Object.entries({ ...FORBIDDEN, ...ALLOWED })) {
		mkdirSync(dirname(join(directory, file)), { recursive: true });
		writeFileSync(join(directory, file), `${text}\n`);
	}
	const rules = ['noRestrictedImports', 'noRestrictedGlobals', 'noProcessEnv', 'noNodejsModules'];
	const biome = join(project, 'node_modules', '.bin', 'biome');
	const only = rules.map((rule) => `--only=${rule === 'noNodejsModules' ? 'correctness' : 'style'}/${rule}`);
	const run = spawnSync(biome, ['lint', '--reporter=github', '--max-diagnostics=none', ...only, 'src'], {
		cwd: directory,
		encoding: 'utf8',
	});
	expect(run.status).toBe(1);
	found = `${run.stdout}${run.stderr}`.split('\n').filter((line) => line.startsWith('::error'));
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

it.each(Object.keys(FORBIDDEN))('refuses %s', (file) => {
	expect(found.filter((line) => line.includes(`${file},`))).not.toEqual([]);
});

it.each(Object.keys(ALLOWED))('accepts %s', (file) => {
	expect(found.filter((line) => line.includes(`${file},`))).toEqual([]);
});

const { overrides } = JSON.parse(readFileSync(join(project, 'tools', 'floors.generated.json'), 'utf8')) as {
	overrides: { includes: string[] }[];
};

it('only wiring may import adapters', () => {
	const importers = overrides
		.filter((override) => /\.\.\/adapters\//.test(JSON.stringify(override)))
		.flatMap(({ includes }) => includes);
	expect(importers).toEqual([
		'**/src/wiring/*.ts',
		'**/src/wiring/*/**/*.ts',
		'**/src/wiring/library/*.ts',
		'**/src/wiring/library/*/**/*.ts',
	]);
});

it('every folder of src has a floor', () => {
	const covered = new Set(overrides.flatMap(({ includes }) => includes));
	const foldersIn = (path: string) =>
		readdirSync(join(project, path), { withFileTypes: true }).filter((entry) => entry.isDirectory());
	const folders = [...foldersIn('src').filter(({ name }) => name !== 'adapters'), ...foldersIn('src/adapters')].map(
		({ parentPath, name }) => join(parentPath, name).slice(project.length),
	);
	expect(folders.filter((folder) => !covered.has(`**/${folder}/*.ts`))).toEqual([]);
});
