import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { git } from './git.ts';

export interface SoakProgress {
	hasPassed(path: string): boolean;
	pass(path: string): void;
}

const FOLDER = new URL('../../node_modules/.cache/firmseal-tests/', import.meta.url);

/** The files that have passed on exactly these sources, so that an interrupted run can resume. `fresh` forgets them. */
export function openSoakProgress(fresh: boolean): SoakProgress {
	const file = new URL(`soak-${sourcesId()}`, FOLDER);
	if (fresh) rmSync(file, { force: true });
	mkdirSync(FOLDER, { recursive: true });
	const passed = new Set(existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);
	return {
		hasPassed: (path) => passed.has(path),
		pass(path) {
			if (!passed.has(path)) appendFileSync(file, `${path}\n`);
			passed.add(path);
		},
	};
}

/** A hash of the commit and all uncommitted changes. */
function sourcesId(): string {
	const added = git('ls-files', '--others', '--exclude-standard', '-z').split('\0').filter(Boolean);
	const hash = createHash('sha256').update(git('rev-parse', 'HEAD')).update(git('diff', 'HEAD'));
	for (const path of added) hash.update(path).update(readFileSync(new URL(`../../${path}`, import.meta.url)));
	return hash.digest('hex').slice(0, 16);
}
