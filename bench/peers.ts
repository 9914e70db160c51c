import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Versions of packages by name. */
export type Peers = Readonly<Record<string, string>>;

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** The packages that a folder's package.json asks for. */
export const wantedPeers = (folder: string): Peers => read(join(folder, 'package.json')).dependencies;

/** Those of them that its node_modules doesn't hold, or in another version. */
export const missingPeers = (folder: string): string[] =>
	Object.entries(wantedPeers(folder))
		.filter(([name, version]) => installedVersion(folder, name) !== version)
		.map(([name]) => name);

function installedVersion(folder: string, name: string): string | null {
	const manifest = join(folder, 'node_modules', name, 'package.json');
	return statSync(manifest, { throwIfNoEntry: false }) ? read(manifest).version : null;
}

/**
 * The peers, installed if they are missing; null where that fails: a machine without a network measures everything else.
 * They are no dependencies of the project, so that its own `npm ci` stays small.
 */
export function installPeers(): Peers | null {
	const folder = import.meta.dirname;
	const missing = missingPeers(folder);
	if (missing.length === 0) return wantedPeers(folder);
	process.stderr.write(`Installing ${missing.join(', ')}: npm ci --prefix bench\n`);
	const options = ['--prefix', folder, '--fetch-retries=1', '--loglevel=error'];
	// Standard output is for the tables.
	spawnSync('npm', ['ci', ...options], { stdio: ['ignore', 2, 2] });
	if (missingPeers(folder).length === 0) return wantedPeers(folder);
	process.stderr.write('The packages in bench/package.json could not be installed, so they are not compared.\n');
	return null;
}
