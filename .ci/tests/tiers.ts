import { FAST_CHECK, reachedFrom } from './imports.ts';

/** Only `npm run test:soak` and CI run it. A cheaper test shows the same promise. */
const isSoakOnly = (path: string): boolean => path.endsWith('.soak.test.ts');

export const fastFiles = (paths: readonly string[]): readonly string[] => paths.filter((path) => !isSoakOnly(path));

/** The files that do more in soak than in fast: soak files, and files whose count, server or seed depends on the tier. */
export const deeperInSoak = (paths: readonly string[]): readonly string[] =>
	paths.filter((path) => {
		const reached = reachedFrom(path);
		return isSoakOnly(path) || reached.has('test/support/scale.ts') || reached.has(FAST_CHECK);
	});
