import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newDirectory } from './program.ts';

/** The path where a shell finds a program; it may be a link to another program. */
export const programAt = (name: string): string =>
	execFileSync('sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim();

/**
 * A PATH of these programs and no others. Each program logs its arguments, which every user of a machine can read, before it runs. A shell's
 * built-in commands have no such arguments.
 */
export function watchedPath(...names: readonly string[]): { readonly path: string; calls(): string } {
	const path = newDirectory();
	const log = join(newDirectory(), 'arguments');
	for (const name of names) {
		const program = name === 'node' ? process.execPath : programAt(name);
		const text = `#!/bin/sh\nprintf '%s\\n' "${name} $*" >> '${log}'\nexec '${program}' "$@"\n`;
		writeFileSync(join(path, name), text, { mode: 0o755 });
	}
	return { path, calls: () => (existsSync(log) ? readFileSync(log, 'utf8') : '') };
}
