import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** A file beside the one that names it: `from './x.ts'`, `import('../x.ts')`, `new URL('../x.sql', import.meta.url)`. */
const BESIDE = /['"`](\.\.?\/[\w./-]*)['"`]/g;
/** A file or folder by its path from the top, as in what is spawned: `join(PROJECT, 'src/cli/main.ts')`. */
const FROM_THE_TOP = /['"`]((?:src|test|schema|drizzle|deploy|examples|bench)\/[\w./-]+)['"`]/g;
/** Of the packages only what makes a test random is followed. */
const RANDOM = /from '(@fast-check\/vitest|fast-check)'/;
export const FAST_CHECK = 'fast-check';

const direct = new Map<string, readonly string[]>();

function importsOf(path: string): readonly string[] {
	const known = direct.get(path);
	if (known) return known;
	const text = /\.(ts|js|mjs)$/.test(path) && isFile(path) ? readFileSync(join(project, path), 'utf8') : '';
	const beside = [...text.matchAll(BESIDE)].map(([, target = '']) => normalize(join(dirname(path), target)));
	const named = [...text.matchAll(FROM_THE_TOP)].map(([, target = '']) => normalize(target));
	const found = [...beside, ...named].filter((target) => isFile(target));
	const all = [...new Set([...found, ...(RANDOM.test(text) ? [FAST_CHECK] : [])])];
	direct.set(path, all);
	return all;
}

const isFile = (path: string): boolean =>
	!path.startsWith('..') && existsSync(join(project, path)) && statSync(join(project, path)).isFile();

/** The file, and every file of the project that it imports or names, directly or through others. */
export function reachedFrom(path: string): ReadonlySet<string> {
	const reached = new Set([path]);
	for (const each of reached) if (each !== FAST_CHECK) for (const next of importsOf(each)) reached.add(next);
	return reached;
}
