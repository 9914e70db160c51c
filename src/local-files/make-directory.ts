import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCodeOf } from '../errors.ts';

/**
 * Makes a directory, for its owner only, and what is missing above it. Not by `recursive` of mkdir: where nothing can be made, as below
 * /proc, Node tries for ever. @throws what the file system says.
 */
export function makeDirectory(path: string): void {
	try {
		mkdirSync(path, { mode: 0o700 });
	} catch (error) {
		const code = errorCodeOf(error);
		if (code === 'ENOENT' && !isThere(dirname(path))) {
			makeDirectory(dirname(path));
			makeDirectory(path);
		} else if (code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
	}
}

/** A link is there too, wherever it leads. */
const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
