import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileSentenceOf, SetupError } from '../errors.ts';

const SETTING = 'FIRMSEAL_DATA_DIR';

/**
 * Makes the data directory, for its owner only, and what is missing above it. Not by `recursive` of mkdir: where nothing can be made,
 * as below /proc, Node tries for ever.
 * @throws SetupError when it cannot be made, is no directory, or belongs to somebody else.
 */
export function makeDataDirectory(path: string): void {
	try {
		make(path);
		if (statSync(path).uid !== process.getuid?.())
			throw new SetupError(
				`${path} is another user's, who could take the keys in it: set ${SETTING} to a directory of the user who runs Firmseal.`,
			);
	} catch (error) {
		if (error instanceof SetupError) throw error;
		throw new SetupError(fileSentenceOf(codeOf(error), path, SETTING));
	}
}

function make(path: string): void {
	try {
		mkdirSync(path, { mode: 0o700 });
	} catch (error) {
		const code = codeOf(error);
		if (code === 'ENOENT' && !isThere(dirname(path))) {
			make(dirname(path));
			make(path);
		} else if (code !== 'EEXIST' || !statSync(path).isDirectory()) throw error;
	}
}

/** A link is there too, wherever it leads. */
const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code);
