import { randomUUID } from 'node:crypto';
import { constants, type FileHandle, link, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCodeOf, explainFileErrorCode, SetupError } from '../errors.ts';
import { makeDirectory } from './make-directory.ts';

/** What readOwnerOnly() takes. A key takes some 150 bytes; what is much larger is something else. */
const MAX_BYTES = 4096;

/**
 * The text of an owner-only file of at most 4,096 bytes; null when there is none.
 * @throws SetupError when it is larger or not a plain file, or another user owns it or may read or change it.
 */
export async function readOwnerOnly(path: string): Promise<string | null> {
	const file = await openPlain(path);
	if (file === null) return null;
	try {
		// Of the open file, so that it can't be exchanged between check and use.
		const stats = await file.stat();
		if (!stats.isFile() || stats.size > MAX_BYTES) {
			throw new SetupError(`${path} is not a key file: restore it from a backup.`);
		}
		if (stats.uid !== process.getuid?.()) {
			throw new SetupError(`${path} belongs to another user: give it to the user who runs Firmseal with chown.`);
		}
		if ((stats.mode & 0o077) !== 0) {
			throw new SetupError(
				`${path} is open to other users: run chmod 600 on it, and consider that they may have read the key.`,
			);
		}
		return await file.readFile('utf8');
	} finally {
		await file.close();
	}
}

/**
 * Writes a new owner-only file of any size, whole or not at all and durably; false when there is one already, which stays as it is.
 * Of several processes one wins.
 * @throws SetupError when the directory cannot hold it.
 */
export async function createOwnerOnly(path: string, text: string): Promise<boolean> {
	return draftThen(path, text, async (draft) => {
		try {
			return await publish(draft, path);
		} finally {
			await unlink(draft);
		}
	});
}

/**
 * Writes an owner-only file in place of the one that may be there, whole or not at all and durably.
 * @throws SetupError when the directory cannot hold it.
 */
export const replaceOwnerOnly = (path: string, text: string): Promise<void> =>
	draftThen(path, text, (draft) => rename(draft, path));

async function draftThen<T>(path: string, text: string, publishIt: (draft: string) => Promise<T>): Promise<T> {
	try {
		makeDirectory(dirname(path));
		const draft = `${path}.${randomUUID()}.new`;
		await writeDurably(draft, text);
		try {
			return await publishIt(draft);
		} finally {
			await syncDirectory(dirname(path));
		}
	} catch (error) {
		throw new SetupError(explainFileErrorCode(errorCodeOf(error), path));
	}
}

async function writeDurably(path: string, text: string): Promise<void> {
	const file = await open(path, 'wx', 0o600);
	try {
		await file.writeFile(text);
		await file.sync();
	} finally {
		await file.close();
	}
}

/** A hard link, unlike a rename, never replaces what is there. */
async function publish(draft: string, path: string): Promise<boolean> {
	try {
		await link(draft, path);
		return true;
	} catch (error) {
		if (errorCodeOf(error) === 'EEXIST') return false;
		throw error;
	}
}

async function openPlain(path: string): Promise<FileHandle | null> {
	try {
		// Neither through a symbolic link nor waiting at a pipe.
		return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		if (errorCodeOf(error) === 'ENOENT') return null;
		const code = errorCodeOf(error);
		// Of the way to it, and not of what is there.
		if (code === 'ENOTDIR' || code === 'EACCES') throw new SetupError(explainFileErrorCode(code, path));
		throw new SetupError(`${path} cannot be opened (${code}): make it a plain file of the user who runs Firmseal.`);
	}
}

/** What was written in a directory is on the disk when this resolves. */
export async function syncDirectory(path: string): Promise<void> {
	const directory = await open(path, 'r');
	try {
		await directory.sync();
	} finally {
		await directory.close();
	}
}
