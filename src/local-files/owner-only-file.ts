import { randomUUID } from 'node:crypto';
import { constants, type FileHandle, link, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCodeOf, explainFileErrorCode, SetupError } from '../errors.ts';
import { makeDirectory } from './make-directory.ts';
import { OWNER_ONLY_FILE } from './unfinished-file.ts';

/** A key file has about 150 bytes; a much larger file is something else. */
const MAX_BYTES = 4096;

/**
 * The text of an owner-only file of at most 4,096 bytes. Null if there is no file.
 * @throws SetupError if the file is larger or not a regular file, or if another user owns it or may read or change it.
 */
export async function readOwnerOnly(path: string): Promise<string | null> {
	const file = await openPlain(path);
	if (file === null) return null;
	try {
		// Checks the open file, so that no one can replace it between the check and the use.
		const stats = await file.stat();
		if (!stats.isFile() || stats.size > MAX_BYTES) {
			throw new SetupError(`${path} is not a key file: restore it from a backup.`);
		}
		if (stats.uid !== process.getuid?.()) {
			throw new SetupError(`${path} belongs to another user: use chown to give it to the user who runs Firmseal.`);
		}
		if ((stats.mode & 0o077) !== 0) {
			throw new SetupError(
				`${path} is open to other users: run chmod 600 on it, and assume that they have read the key.`,
			);
		}
		return await file.readFile('utf8');
	} finally {
		await file.close();
	}
}

/**
 * Writes a new owner-only file of any size, completely or not at all, and durably. False if the file already exists, which stays unchanged.
 * If several processes write, one succeeds.
 * @throws SetupError if the file cannot be written.
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
 * Writes an owner-only file, completely or not at all, and durably. Replaces an existing file.
 * @throws SetupError if the file cannot be written.
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

/** Writes a new owner-only file. It and its content are on the disk when this resolves; its name is once the directory is, too. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
	const file = await open(path, 'wx', OWNER_ONLY_FILE);
	try {
		await file.writeFile(content);
		await file.sync();
	} finally {
		await file.close();
	}
}

/** By a hard link, which never replaces an existing file, unlike a rename. */
async function publish(draft: string, path: string): Promise<boolean> {
	try {
		await link(draft, path);
		return true;
	} catch (error) {
		if (errorCodeOf(error) === 'EEXIST') return false;
		throw error;
	}
}

/** Opens a file for reading. Null if there is none. @throws SetupError */
export async function openPlain(path: string): Promise<FileHandle | null> {
	try {
		// Follows no symbolic link, and does not wait for a pipe.
		return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		if (errorCodeOf(error) === 'ENOENT') return null;
		const code = errorCodeOf(error);
		// The error is about the directories above the file, not the file itself.
		if (code === 'ENOTDIR' || code === 'EACCES') throw new SetupError(explainFileErrorCode(code, path));
		throw new SetupError(`${path} cannot be opened (${code}): make it a regular file of the user who runs Firmseal.`);
	}
}

/** Resolves when the entries of the directory are on the disk. */
export async function syncDirectory(path: string): Promise<void> {
	const directory = await open(path, 'r');
	try {
		await directory.sync();
	} finally {
		await directory.close();
	}
}
