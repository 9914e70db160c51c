import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const project = fileURLToPath(new URL('../..', import.meta.url));

/** Directories with files of others, or files that a run writes. */
const LEFT_OUT = new Set([
	'node_modules',
	'.git',
	'.firmseal',
	'coverage',
	'dist',
	'cdk.out',
	'reports',
	'.stryker-tmp',
]);

/** Every file of the project, as a path from its root. */
export function files(below = ''): string[] {
	return readdirSync(join(project, below), { withFileTypes: true }).flatMap((entry) => {
		if (LEFT_OUT.has(entry.name)) return [];
		const path = join(below, entry.name);
		return entry.isDirectory() ? files(path) : [path];
	});
}

export const read = (path: string): string => readFileSync(join(project, path), 'utf8');

/** Code on one line, so that its formatting does not count. */
export const flat = (code: string): string => code.replaceAll(/\s+/g, ' ').trim();
