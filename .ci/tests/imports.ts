import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** A file or folder with a path relative to the file that names it: `from './x.ts'`, `import('../x.ts')`, `new URL('../schema/', import.meta.url)`. */
const BESIDE = /['"`](\.\.?\/[\w./-]*)['"`]/g;
/** A file or folder with a path relative to the project, as for spawned programs: `join(PROJECT, 'src/cli/main.ts')`. */
const FROM_THE_TOP = /['"`]((?:src|test|schema|drizzle|deploy|examples|bench)\/[\w./-]+)['"`]/g;
/** These tests reach everything in the package. */
const PACKAGED = /^test\/package\//;
const OF_THE_PACKAGE = ['src', 'schema', 'drizzle'];
/** A named folder stands for its files, except for these, which serve as a base of other paths. */
const TOO_LARGE = /^(\.|src|test|bench|docs)$/;
/** Every test depends on these: the configuration, and the lock file with all packages. */
const OF_ALL = ['vitest.config.ts', 'package-lock.json'];
/** The only packages that are followed: those that make a test random. */
const RANDOM = /from '(@fast-check\/vitest|fast-check)'/;
export const FAST_CHECK = 'fast-check';

const direct = new Map<string, readonly string[]>();

function importsOf(path: string): readonly string[] {
	const known = direct.get(path);
	if (known) return known;
	const text = /\.(ts|js|mjs)$/.test(path) && isFile(path) ? readFileSync(join(project, path), 'utf8') : '';
	const beside = [...text.matchAll(BESIDE)].map(([, target = '']) => normalize(join(dirname(path), target)));
	const named = [...text.matchAll(FROM_THE_TOP)].map(([, target = '']) => normalize(target));
	const found = [...beside, ...named].filter((target) => !TOO_LARGE.test(target)).flatMap(filesOf);
	const packaged = PACKAGED.test(path) ? OF_THE_PACKAGE.flatMap(filesOf) : [];
	const all = [...new Set([...found, ...packaged, ...(RANDOM.test(text) ? [FAST_CHECK] : [])])];
	direct.set(path, all);
	return all;
}

const isFile = (path: string): boolean => existsSync(join(project, path)) && statSync(join(project, path)).isFile();

/** A file, or the files of a folder; nothing for a path that does not exist or lies outside. */
function filesOf(path: string): readonly string[] {
	if (path.startsWith('..') || !existsSync(join(project, path))) return [];
	if (isFile(path)) return [path];
	return readdirSync(join(project, path), { recursive: true, encoding: 'utf8' })
		.filter((name) => !name.includes('node_modules'))
		.map((name) => join(path, name))
		.filter(isFile);
}

/** The file, and every file of the project that it imports or names, directly or indirectly. */
export function reachedFrom(path: string): ReadonlySet<string> {
	const reached = new Set([path]);
	for (const each of reached) if (each !== FAST_CHECK) for (const next of importsOf(each)) reached.add(next);
	return reached;
}

/** Whether a change reaches a test file. If `changed` is null, every file counts as reached. */
export function isReached(changed: ReadonlySet<string> | null): (path: string) => boolean {
	if (changed === null || isChanged(OF_ALL)) return () => true;
	return (path) => isChanged([path]);

	function isChanged(paths: readonly string[]): boolean {
		return paths.some((path) => [...reachedFrom(path)].some((each) => changed?.has(each)));
	}
}
