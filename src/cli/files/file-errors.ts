import { errorCodeOf, FirmsealError, SetupError } from '../../errors.ts';

/** A sentence for each error of the operating system about a person's file. Without the path, which the person has typed. */
const READING: Readonly<Record<string, string>> = {
	ENOENT: 'There is no such file: check its path.',
	ENOTDIR: 'There is no such file: check its path.',
	ELOOP: 'The file can’t be found, since links lead in a circle: check its path.',
	ENAMETOOLONG: 'There is no such file: no file has so long a name.',
	EACCES: 'The file can’t be read: you have no permission for it.',
	EPERM: 'The file can’t be read: you have no permission for it.',
	EISDIR: 'This is a directory: name a file, or pack the directory into one.',
	ENXIO: 'This is not a file that can be read.',
	EIO: 'The file can’t be read: its disk reports an error.',
};

const WRITING: Readonly<Record<string, string>> = {
	ENOENT: 'There is no directory for the {}: make it first, or name another path with --out.',
	ENOTDIR: 'There is no directory for the {}: make it first, or name another path with --out.',
	ELOOP: 'There is no directory for the {}, since links lead in a circle: name another path with --out.',
	EISDIR: 'There is a directory of this name: name a file with --out.',
	ENAMETOOLONG: 'The name is longer than the disk allows: name another with --out.',
	EACCES: 'The {} can’t be written here: you have no permission for it.',
	EPERM: 'The {} can’t be written here: you have no permission for it.',
	EROFS: 'The {} can’t be written here: the disk is read-only.',
	ENOSPC: 'The disk has no room for the {}: free some space.',
	EDQUOT: 'The disk has no room for the {}: your quota is used up.',
	EFBIG: 'The file is larger than this disk allows: name another path with --out.',
	EIO: 'The {} can’t be written: its disk reports an error.',
};

function sentenceOf(sentences: typeof READING, error: unknown, noun: string): unknown {
	const sentence = sentences[errorCodeOf(error)];
	return sentence === undefined ? error : new FirmsealError('BAD_USER_INPUT', sentence.replace('{}', noun));
}

/** The error to throw for an error of node:fs. Returns an unknown error unchanged. */
export const readErrorOf = (error: unknown): unknown => sentenceOf(READING, error, 'file');
export const writeErrorOf = (error: unknown, noun: 'file' | 'export' = 'file'): unknown =>
	sentenceOf(WRITING, error, noun);

export const throwWriteError = (error: unknown): never => {
	throw writeErrorOf(error);
};

/** The same error with one more sentence, which says how to continue. Returns an unforeseen error unchanged. */
export function withHint(error: unknown, hint: string): unknown {
	if (error instanceof FirmsealError) return new FirmsealError(error.code, `${error.message} ${hint}`);
	if (error instanceof SetupError) return new SetupError(`${error.message} ${hint}`);
	return error;
}

export const RESUME_HINT = 'What was fetched is kept: run the same command again to continue.';
