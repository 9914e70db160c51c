import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ObjectStoreError, tagOfObject } from '../../documents/index.ts';
import { errorCodeOf } from '../../errors.ts';

const OWNER_ONLY_DIRECTORY = 0o700;

/** No link, and no waiting for the writer of a pipe. */
export const READING = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Where an object is; its name has been checked, so that nothing in it leads elsewhere. */
export const pathOf = (directory: string, name: string): string => join(directory, name);

/** Where all objects of an object's tag are. */
export const directoryOf = (directory: string, name: string): string => join(directory, tagOfObject(name));

/** Makes a directory that only its owner may enter; one that is there is left as it is. */
export async function makeOwnerOnly(path: string): Promise<void> {
	await mkdir(path, { mode: OWNER_ONLY_DIRECTORY }).catch((error: unknown) => {
		if (errorCodeOf(error) !== 'EEXIST') throw error;
	});
}

/** Why something isn't a file or directory that only we can have made; null: it is one. */
export function flawOf(stats: Stats, kind: 'file' | 'directory'): string | null {
	if (!(kind === 'file' ? stats.isFile() : stats.isDirectory())) return `is no ${kind}`;
	if (stats.uid !== process.getuid?.()) return 'belongs to another user';
	if ((stats.mode & 0o077) !== 0) return 'is open to other users';
	return null;
}

/** Whether the directory of an object's tag is there. @throws ObjectStoreError REFUSED for a link or what others can reach. */
export async function hasDirectory(path: string): Promise<boolean> {
	try {
		refuseFlaw(flawOf(await lstat(path), 'directory'));
		return true;
	} catch (error) {
		if (errorCodeOf(error) === 'ENOENT') return false;
		throw error;
	}
}

/** An object to be read; null: there is none. @throws ObjectStoreError REFUSED for a link, a pipe, or what others can reach. */
export async function openObject(directory: string, name: string): Promise<{ file: FileHandle; size: number } | null> {
	if (!(await hasDirectory(directoryOf(directory, name)))) return null;
	const file = await openPlain(pathOf(directory, name));
	if (file === null) return null;
	try {
		// Of the open file, so that it can't be exchanged between check and use.
		const stats = await file.stat();
		refuseFlaw(flawOf(stats, 'file'));
		return { file, size: stats.size };
	} catch (error) {
		await file.close();
		throw error;
	}
}

async function openPlain(path: string): Promise<FileHandle | null> {
	try {
		return await open(path, READING);
	} catch (error) {
		if (errorCodeOf(error) === 'ENOENT') return null;
		if (errorCodeOf(error) === 'ELOOP') refuseFlaw('is no file');
		throw error;
	}
}

function refuseFlaw(flaw: string | null): void {
	if (flaw === null) return;
	throw new ObjectStoreError(
		'REFUSED',
		`Something in the directory of objects ${flaw}: nothing but Firmseal may put anything there; run chmod and chown on what is its own, and remove the rest.`,
	);
}

const OBJECTS = 'The directory of objects';

/** An error of the file system as the port names it, without a path. `subject`: what the operator knows it by. */
export function toObjectStoreError(error: unknown, subject = OBJECTS): unknown {
	const code = errorCodeOf(error);
	if (code === 'ENOSPC' || code === 'EDQUOT') return storeFullError();
	if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
		return new ObjectStoreError(
			'REFUSED',
			`${subject} cannot be used (${code}): give it to the user who runs Firmseal.`,
		);
	if (/^E[A-Z0-9]+$/.test(code))
		return new ObjectStoreError('AWAY', `${subject} cannot be used now (${code}): look after its disk.`);
	return error;
}

/** Does `work`, whose errors are named so. */
export async function withObjectStoreErrors<Answer>(work: () => Promise<Answer>, subject = OBJECTS): Promise<Answer> {
	try {
		return await work();
	} catch (error) {
		throw toObjectStoreError(error, subject);
	}
}

export const storeFullError = () =>
	new ObjectStoreError('FULL', 'The disk of the objects has no room for the file: make room, and repeat the upload.');
