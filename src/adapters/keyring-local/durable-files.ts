import { randomUUID } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCodeOf } from '../../errors.ts';
import { makeDirectory, syncDirectory } from '../../local-files/index.ts';

const OWNER_ONLY_FILE = 0o600;
const UNFINISHED = /^\.[0-9a-f-]{36}\.new$/;

/**
 * Creates a file, complete and on the disk, or not at all. False if the name is taken, or if another process swept the unfinished
 * file away, which happens only after the name was taken. link(2) decides between processes. A process that is killed leaves nothing
 * that another process must wait for.
 */
export async function publishFile(path: string, bytes: Uint8Array): Promise<boolean> {
	const directory = dirname(path);
	const unfinished = join(directory, `.${randomUUID()}.new`);
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

export function isUnfinished(name: string): boolean {
	return UNFINISHED.test(name);
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

/** Resolves to `absent` if there is no such file or directory. */
export async function orIfAbsent<Found, Absent>(found: Promise<Found>, absent: Absent): Promise<Found | Absent> {
	try {
		return await found;
	} catch (error) {
		if (errorCodeOf(error) === 'ENOENT') return absent;
		throw error;
	}
}
