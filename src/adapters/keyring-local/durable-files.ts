import { link, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCodeOf } from '../../errors.ts';
import { makeDirectory, OWNER_ONLY_FILE, syncDirectory, unfinishedPathIn } from '../../local-files/index.ts';

/**
 * Creates a file, complete and on the disk, or not at all. False if the name is taken, or if another process swept the unfinished
 * file away, which happens only after the name was taken. link(2) decides between processes. A process that is killed leaves nothing
 * that another process must wait for.
 */
export async function publishFile(path: string, bytes: Uint8Array): Promise<boolean> {
	const directory = dirname(path);
	const unfinished = unfinishedPathIn(directory);
	const file = await open(unfinished, 'wx', OWNER_ONLY_FILE);
	try {
		await file.writeFile(bytes);
		await file.sync();
		await link(unfinished, path);
	} catch (error) {
		if (['EEXIST', 'ENOENT'].includes(errorCodeOf(error))) return false;
		throw error;
	} finally {
		await file.close();
		await rm(unfinished, { force: true });
	}
	await syncDirectory(directory);
	return true;
}

/**
 * Makes an owner-only directory, and any missing parents. Leaves an existing directory as it is but still flushes its entry: the process
 * that made it may have been killed before it did so.
 */
export async function makeDirectoryDurably(directory: string): Promise<void> {
	makeDirectory(directory);
	await syncDirectory(dirname(directory));
}

/** Truncates a file to zero bytes, durably. */
export async function empty(path: string): Promise<void> {
	const file = await open(path, 'r+');
	try {
		await file.truncate(0);
		await file.sync();
	} finally {
		await file.close();
	}
}
