import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Versions of packages by name. */
export type Peers = Readonly<Record<string, string>>;

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** The dependencies in a folder's package.json. */
export const wantedPeers = (folder: string): Peers => read(join(folder, 'package.json')).dependencies;

/** The packages that its node_modules lacks or holds in another version. */
export const missingPeers = (folder: string): string[] =>
	Object.entries(wantedPeers(folder))
		.filter(([name, version]) => installedVersion(folder, name) !== version)
		.map(([name]) => name);

function installedVersion(folder: string, name: string): string | null {
	const manifest = join(folder, 'node_modules', name, 'package.json');
	return statSync(manifest, { throwIfNoEntry: false }) ? read(manifest).version : null;
}

/**
 * Installs the peers that are missing. They are not dependencies of the project, which keeps its `npm ci` small.
 * @returns null if that fails, as without a network: the run then measures everything else
 */
export function installPeers(): Peers | null {
	const folder = join(import.meta.dirname, '..');
	const missing = missingPeers(folder);
	if (missing.length === 0) return wantedPeers(folder);
	process.stderr.write(`Installing ${missing.join(', ')}: npm ci --prefix bench\n`);
	const options = ['--prefix', folder, '--fetch-retries=1', '--loglevel=error'];
	// Standard output has only the tables.
	spawnSync('npm', ['ci', ...options], { stdio: ['ignore', 2, 2] });
	if (missingPeers(folder).length === 0) return wantedPeers(folder);
	process.stderr.write(
		'The packages in bench/package.json could not be installed, so nothing is compared with them.\n',
	);
	return null;
}
