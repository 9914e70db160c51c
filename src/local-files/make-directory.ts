import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCodeOf } from '../errors.ts';

/**
 * Creates a directory, for its owner only, and missing directories above it. Does not use `recursive` of mkdir, with which Node tries
 * forever where nothing can be created, such as below /proc. @throws the error of the file system.
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

/** Also true for a link to nothing. */
const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
