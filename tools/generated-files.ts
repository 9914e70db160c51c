import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GENERATED_PAGES } from './pages/generated-pages.ts';

/** Generates all files in a copy of the project, so that the check changes nothing, and compares them. */
const project = fileURLToPath(new URL('..', import.meta.url));
const GENERATED = [
	'drizzle',
	'src/api/schema-types.generated.ts',
	'src/client/content-inputs.generated.ts',
	'src/client/coordinates.generated.ts',
	'tools/floors.generated.json',
	...Object.values(GENERATED_PAGES),
	'test/clients/operations.generated.ts',
	'web/kit/api/operator-hashes.generated.ts',
	'web/kit/api/operator.generated.ts',
	'web/kit/api/workspace.generated.ts',
];
const SOURCES = [
	'.ci',
	'docs',
	'tools',
	'drizzle',
	'schema',
	'src',
	'test',
	'SECURITY.md',
	'package.json',
	'tsconfig.json',
	'codegen.ts',
	'web/codegen.ts',
	'drizzle.config.ts',
];

function filesBelow(root: string, path: string): string[] {
	const full = join(root, path);
	if (!statSync(full, { throwIfNoEntry: false })?.isDirectory()) return [path];
	return readdirSync(full).flatMap((name) => filesBelow(root, join(path, name)));
}

function read(root: string, path: string): string | null {
	const full = join(root, path);
	return statSync(full, { throwIfNoEntry: false }) ? readFileSync(full, 'utf8') : null;
}

/** The files that differ, or that only one side has. */
function differences(copy: string): string[] {
	const paths = new Set(GENERATED.flatMap((path) => [...filesBelow(project, path), ...filesBelow(copy, path)]));
	return [...paths].filter((path) => read(project, path) !== read(copy, path)).sort();
}

const copy = mkdtempSync(join(tmpdir(), `${basename(import.meta.filename, '.ts')}-`));
try {
	for (const name of SOURCES) cpSync(join(project, name), join(copy, name), { recursive: true });
	symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
	const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'generate'], {
		cwd: copy,
		// The compile cache of this copy is useless for the next.
		env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const stale = status === 0 ? differences(copy) : [];
	if (status !== 0) console.error(`${stdout}${stderr}\`npm run generate\` fails.`);
	for (const path of stale)
		console.error(`${path} is not up to date: run \`npm run generate\` and commit what it writes.`);
	if (status !== 0 || stale.length > 0) process.exitCode = 1;
} finally {
	rmSync(copy, { recursive: true, force: true });
}
