import { type FileHandle, lstat, open, realpath, unlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { type ByteRange, mapErrors, ObjectStoreError, type PlaintextStore } from '../../documents/index.ts';
import { errorCodeOf, SetupError } from '../../errors.ts';
import { nullIfAbsent, syncDirectory } from '../../local-files/index.ts';
import { READING, toObjectStoreError, withObjectStoreErrors } from './directories.ts';
import { objectAbsentError, readFrom } from './read-object.ts';

const PLACE = 'The directory in FIRMSEAL_CLEAR_OBJECTS';

const ABSENT = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'];

/**
 * Unencrypted files that another program has written below a directory. Follows no link out of the directory. Needs
 * guardPlaintextStore(), which checks locations. @throws SetupError if the directory can't be used.
 */
export async function openPlaintextFiles(directory: string): Promise<PlaintextStore> {
	const root = await realpath(directory).catch((error: unknown) => {
		throw new SetupError(`${PLACE} cannot be used (${errorCodeOf(error)}): fix the path.`);
	});
	const { dev, ino } = await lstat(root);
	/** An unmounted disk leaves an empty directory, whose files would look deleted. */
	async function assertMounted(): Promise<void> {
		const now = await lstat(root).catch(() => null);
		if (now?.dev !== dev || now.ino !== ino)
			throw new ObjectStoreError('AWAY', `${PLACE} is gone: mount its disk again.`);
	}
	async function* readWithin(location: string, range: ByteRange, signal: AbortSignal): AsyncIterable<Uint8Array> {
		await assertMounted();
		const found = await openWithin(root, location);
		if (found === null) throw objectAbsentError();
		yield* readFrom(found, range, signal);
	}
	return {
		measure: (location) =>
			withObjectStoreErrors(async () => {
				await assertMounted();
				const found = await openWithin(root, location);
				await found?.file.close();
				return found?.size ?? null;
			}, PLACE),
		read: (location, range, signal) =>
			mapErrors(readWithin(location, range, signal), (error) => toObjectStoreError(error, PLACE)),
		remove: (location) =>
			withObjectStoreErrors(async () => {
				await assertMounted();
				const found = await nullIfAbsent(lstat(join(root, location)), ABSENT);
				if (found === null) return { outcome: 'ABSENT' };
				const path = await pathWithin(root, location);
				if (path === null || !found.isFile()) return { outcome: 'OTHER' };
				await unlink(path);
				await syncDirectory(dirname(path));
				return { outcome: 'GONE' };
			}, PLACE),
	};
}

/** Path of a file; null if it doesn't exist, or a link leads out of the directory. */
async function pathWithin(root: string, location: string): Promise<string | null> {
	const path = join(root, location);
	const parent = await nullIfAbsent(realpath(dirname(path)), ABSENT);
	if (parent === null) return null;
	if (parent !== root && !parent.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
	return (await nullIfAbsent(lstat(path), ABSENT)) && path;
}

/** null if there is no file, or something else, such as a link or a directory. */
async function openWithin(root: string, location: string): Promise<{ file: FileHandle; size: number } | null> {
	const path = await pathWithin(root, location);
	if (path === null) return null;
	const file = await nullIfAbsent(open(path, READING), ['ELOOP', 'ENOENT', 'ENXIO']);
	if (file === null) return null;
	const stats = await file.stat();
	if (stats.isFile()) return { file, size: stats.size };
	await file.close();
	return null;
}
