import { errorCodeOf, FirmsealError } from '../../errors.ts';

/** What the operating system says of a person's file, as a sentence. Paths stay where they were typed. */
const READING: Readonly<Record<string, string>> = {
	ENOENT: 'There is no such file: check its path.',
	ENOTDIR: 'There is no such file: check its path.',
	ELOOP: 'The file can’t be found, since links lead in a circle: check its path.',
	ENAMETOOLONG: 'There is no such file: its name is longer than any.',
	EACCES: 'The file can’t be read: you have no permission for it.',
	EPERM: 'The file can’t be read: you have no permission for it.',
	EISDIR: 'This is a directory: name a file, or pack it into one.',
	ENXIO: 'This is no file that can be read.',
	EIO: 'The file can’t be read: its disk reports an error.',
};

const WRITING: Readonly<Record<string, string>> = {
	ENOENT: 'There is no directory for the file: make it first, or name another place by --out.',
	ENOTDIR: 'There is no directory for the file: make it first, or name another place by --out.',
	ELOOP: 'The directory for the file can’t be found, since links lead in a circle: name another place by --out.',
	EISDIR: 'There is a directory of this name: name a file by --out.',
	ENAMETOOLONG: 'The name is longer than the disk takes: name another by --out.',
	EACCES: 'The file can’t be written here: you have no permission for it.',
	EPERM: 'The file can’t be written here: you have no permission for it.',
	EROFS: 'The file can’t be written here: the disk can only be read.',
	ENOSPC: 'There is no room for the file: make some.',
	EDQUOT: 'There is no room for the file: your quota is used up.',
	EFBIG: 'The file is larger than this disk takes: name another place by --out.',
	EIO: 'The file can’t be written: its disk reports an error.',
};

const sentence = (of: typeof READING) => (error: unknown) => {
	const text = of[errorCodeOf(error)];
	return text === undefined ? error : new FirmsealError('BAD_USER_INPUT', text);
};

/** The error that is to be thrown for one of node:fs; what isn't known stays as it is. */
export const readErrorOf = sentence(READING);
export const writeErrorOf = sentence(WRITING);
