import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output } from './run.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Directories that do not belong to the checkout or are too large to copy. */
const LEFT_OUT = new Set(['node_modules', '.git', '.firmseal', '.stryker-tmp', 'reports', 'coverage', 'dist']);

/** Files that a checkout may have and that must not be shipped. Each is created before the package is packed. */
export const PLANTED = [
	'.env',
	'.npmrc.bak',
	'.firmseal/root.key',
	'dist/stale.js',
	'drizzle/dump.sql',
	'drizzle/meta/0000_snapshot.json.orig',
	'schema/.env',
	'schema/operations/operator/.env',
	'schema/operations/operator/fragments/.env',
	'src/envelope/planted.test.ts',
	'src/cli/.firmseal/root.key',
];

export interface Packed {
	readonly tarball: string;
	/** The directory with the unpacked tarball. */
	readonly content: string;
}

/** Packs a copy of the checkout, so that no other test sees the build. */
export async function packProject(directory: string): Promise<Packed> {
	const copy = join(directory, 'checkout');
	cpSync(PROJECT, copy, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) || path === PROJECT });
	symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
	for (const path of PLANTED) {
		mkdirSync(dirname(join(copy, path)), { recursive: true });
		writeFileSync(join(copy, path), 'planted');
	}
	const printed = await output('npm', ['pack', '--silent', '--pack-destination', directory], { cwd: copy });
	const tarball = join(directory, printed.trim().split('\n').at(-1) ?? '');
	await output('tar', ['-xzf', tarball, '-C', directory], { cwd: directory });
	return { tarball, content: join(directory, 'package') };
}
