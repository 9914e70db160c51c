import { randomUUID } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCodeOf } from '../../errors.ts';
import { makeDirectory, syncDirectory } from '../../local-files/index.ts';

const OWNER_ONLY_FILE = 0o600;
const UNFINISHED = /^\.[0-9a-f-]{36}\.new$/;

/**
 * Writes a file that no one may have written yet: whole and on the disk, or not at all. false: the name is taken, or
 * the unfinished file was swept away, which others do only once the name is taken. link(2) decides between processes,
 * and a process that is killed leaves nothing behind that another would have to wait for.
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
 * Makes a directory for its owner only, with those above it that are missing. One that exists is left as it is, but it is on the disk for
 * certain: the process that made it may have been killed too early.
 */
export async function makeDirectoryDurably(directory: string): Promise<void> {
	makeDirectory(directory);
	await syncDirectory(dirname(directory));
}

/** Leaves the name and takes the bytes. */
export async function empty(path: string): Promise<void> {
	const file = await open(path, 'r+');
	try {
		await file.truncate(0);
		await file.sync();
	} finally {
		await file.close();
	}
}

/** `absent` when there is no such file or directory. */
export async function orIfAbsent<Found, Absent>(found: Promise<Found>, absent: Absent): Promise<Found | Absent> {
	try {
		return await found;
	} catch (error) {
		if (errorCodeOf(error) === 'ENOENT') return absent;
		throw error;
	}
}
