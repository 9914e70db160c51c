import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import lock from '../../package-lock.json' with { type: 'json' };
import type { Packed } from './pack.ts';
import { type Ended, type RunOptions, run } from './run.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

type Names = Readonly<Record<string, string>>;

interface Package {
	readonly version?: string;
	readonly dependencies?: Names;
	readonly devDependencies?: Names;
	readonly optionalDependencies?: Names;
	readonly peerDependencies?: Names;
	readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}
const locked: Readonly<Record<string, Package>> = lock.packages;

/**
 * Installs our package with npm. All other packages are copied from this checkout and locked at their versions here, so that npm
 * only unpacks and links the tarball. npm runs offline, so a missing package fails by name.
 */
export function installPackage({ tarball, content }: Packed, project: Package, options: RunOptions): Promise<Ended> {
	const ours = JSON.parse(readFileSync(join(content, 'package.json'), 'utf8'));
	const root = { ...project, dependencies: { ...project.dependencies, firmseal: `file:${tarball}` } };
	const paths = copyPackages({ ...needs(ours), ...project.dependencies, ...project.devDependencies }, options.cwd);
	const packages = {
		'': root,
		// npm would fetch a package again if its lock entry had a hash or unlinked programs.
		...Object.fromEntries(paths.map((path) => [path, { ...locked[path], integrity: undefined, bin: undefined }])),
		'node_modules/firmseal': { ...ours, resolved: root.dependencies.firmseal },
	};
	writeFileSync(join(options.cwd, 'package.json'), JSON.stringify(root));
	writeFileSync(join(options.cwd, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
	return run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error'], options);
}

/** Copies packages with their dependencies, and returns their paths. */
function copyPackages({ firmseal: _, ...names }: Names, project: string): readonly string[] {
	const paths = new Set(Object.keys(names).map((name) => nearest('', name)));
	for (const path of paths) for (const name of Object.keys(needs(locked[path]))) paths.add(nearest(path, name));
	const here = [...paths].filter((path) => existsSync(join(CHECKOUT, path)));
	for (const path of here) {
		const from = join(CHECKOUT, path);
		const filter = (file: string) => file === from || basename(file) !== 'node_modules';
		cpSync(from, join(project, path), { recursive: true, verbatimSymlinks: true, filter });
	}
	return here;
}

function needs({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: Package = {}): Names {
	const peers = Object.entries(peerDependencies ?? {}).filter(([name]) => !peerDependenciesMeta?.[name]?.optional);
	return { ...dependencies, ...optionalDependencies, ...Object.fromEntries(peers) };
}

/** The path at which the package at `from` resolves the package `name`. */
function nearest(from: string, name: string): string {
	const path = `${from && `${from}/`}node_modules/${name}`;
	if (path in locked) return path;
	if (!from) throw new Error(`package-lock.json has no ${name}.`);
	return nearest(from.replace(/\/?node_modules\/(@[^/]+\/)?[^/]+$/, ''), name);
}
