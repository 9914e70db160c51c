import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ObjectStoreError, tagOfObject } from '../../documents/index.ts';
import { errorCodeOf } from '../../errors.ts';
import { nullIfAbsent } from '../../local-files/index.ts';

const OWNER_ONLY_DIRECTORY = 0o700;

/** Follows no link, and doesn't wait for the writer of a pipe. */
export const READING = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Path of an object. guardStore() has checked the name, so it can't lead out of the directory. */
export const pathOf = (directory: string, name: string): string => join(directory, name);

/** Directory of all objects that share the object's tag. */
export const directoryOf = (directory: string, name: string): string => join(directory, tagOfObject(name));

/** Makes an owner-only directory. Leaves an existing one as it is. */
export async function makeOwnerOnly(path: string): Promise<void> {
	await mkdir(path, { mode: OWNER_ONLY_DIRECTORY }).catch((error: unknown) => {
		if (errorCodeOf(error) !== 'EEXIST') throw error;
	});
}

/** Why something isn't a file or directory that only this user can have made; null if it is. */
export function flawOf(stats: Stats, kind: 'file' | 'directory'): string | null {
	if (!(kind === 'file' ? stats.isFile() : stats.isDirectory())) return `is not a ${kind}`;
	if (stats.uid !== process.getuid?.()) return 'belongs to another user';
	if ((stats.mode & 0o077) !== 0) return 'is open to other users';
	return null;
}

/** Whether the directory exists. @throws ObjectStoreError REFUSED for a link, or if other users can access it. */
export async function hasDirectory(path: string): Promise<boolean> {
	const stats = await nullIfAbsent(lstat(path));
	if (stats !== null) refuseFlaw(flawOf(stats, 'directory'));
	return stats !== null;
}

/**
 * Opens an object for reading; null if there is none.
 * @throws ObjectStoreError REFUSED for a link or a pipe, or if other users can access it.
 */
export async function openObject(directory: string, name: string): Promise<{ file: FileHandle; size: number } | null> {
	if (!(await hasDirectory(directoryOf(directory, name)))) return null;
	const file = await nullIfAbsent(open(pathOf(directory, name), READING)).catch((error: unknown) => {
		if (errorCodeOf(error) === 'ELOOP') refuseFlaw('is not a file');
		throw error;
	});
	if (file === null) return null;
	try {
		// Checks the open file, so that it can't be exchanged between check and use.
		const stats = await file.stat();
		refuseFlaw(flawOf(stats, 'file'));
		return { file, size: stats.size };
	} catch (error) {
		await file.close();
		throw error;
	}
}

function refuseFlaw(flaw: string | null): void {
	if (flaw === null) return;
	throw new ObjectStoreError(
		'REFUSED',
		`Something in the directory of objects ${flaw}, but only Firmseal may put files there: fix Firmseal's own files with chown and chmod, and remove the others.`,
	);
}

const OBJECTS = 'The directory of objects';

/** Translates an error of the file system, without its path. `subject` begins the sentence. */
export function toObjectStoreError(error: unknown, subject = OBJECTS): unknown {
	const code = errorCodeOf(error);
	if (code === 'ENOSPC' || code === 'EDQUOT') return storeFullError();
	if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
		return new ObjectStoreError(
			'REFUSED',
			`${subject} cannot be used (${code}): make the user who runs Firmseal its owner.`,
		);
	if (/^E[A-Z0-9]+$/.test(code))
		return new ObjectStoreError('AWAY', `${subject} cannot be used now (${code}): check its disk.`);
	return error;
}

export async function withObjectStoreErrors<Answer>(work: () => Promise<Answer>, subject = OBJECTS): Promise<Answer> {
	try {
		return await work();
	} catch (error) {
		throw toObjectStoreError(error, subject);
	}
}

export const storeFullError = () =>
	new ObjectStoreError(
		'FULL',
		'The disk of the objects has no room for the file: free some space, then repeat the upload.',
	);
