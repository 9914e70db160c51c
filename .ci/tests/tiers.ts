import { FAST_CHECK, reachedFrom } from './imports.ts';

/** Run by `npm run test:soak` and CI only; what it promises has a cheaper test as well. */
const isSoakOnly = (path: string): boolean => path.endsWith('.soak.test.ts');

export const fastFiles = (paths: readonly string[]): readonly string[] => paths.filter((path) => !isSoakOnly(path));

/** The files that do more in soak than in fast: those of soak alone, and those with a count, a server or a seed of each tier. */
export const deeperInSoak = (paths: readonly string[]): readonly string[] =>
	paths.filter((path) => {
		const reached = reachedFrom(path);
		return isSoakOnly(path) || reached.has('test/support/scale.ts') || reached.has(FAST_CHECK);
	});
