import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

/** The output of git without its last line break. @throws Error if the exit code is not 0 */
export const git = (...args: readonly string[]): string =>
	execFileSync('git', args, {
		cwd,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
		maxBuffer: 1 << 28,
	}).trimEnd();

/** Paths that differ between a commit and the present files, including new files; null if git does not know the commit. */
export function changedSince(commit: string | null): ReadonlySet<string> | null {
	if (commit === null) return null;
	try {
		const changed = git('diff', '--name-only', '--no-renames', commit);
		const added = git('ls-files', '--others', '--exclude-standard');
		return new Set([...changed.split('\n'), ...added.split('\n')].filter(Boolean));
	} catch {
		return null;
	}
}
