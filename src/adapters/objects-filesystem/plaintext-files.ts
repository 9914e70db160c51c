import { type FileHandle, lstat, open, realpath, unlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { ObjectStoreError, type PlaintextStore } from '../../documents/index.ts';
import { errorCodeOf, SetupError } from '../../errors.ts';
import { syncDirectory } from '../../local-files/index.ts';
import { READING, toObjectStoreError, withObjectStoreErrors } from './directories.ts';
import { readFrom } from './read-object.ts';

const PLACE = 'The directory in FIRMSEAL_CLEAR_OBJECTS';

/**
 * Files in the clear that another program has written below a directory. No link is followed out of it. To be guarded: locations are
 * checked there. @throws SetupError when the directory can't be used.
 */
export async function openPlaintextFiles(directory: string): Promise<PlaintextStore> {
	const root = await realpath(directory).catch((error: unknown) => {
		throw new SetupError(`${PLACE} cannot be used (${errorCodeOf(error)}): fix the path.`);
	});
	const { dev, ino } = await lstat(root);
	/** A disk that was taken away leaves a directory without files: no one is to think that they are gone. */
	async function assertThere(): Promise<void> {
		const now = await lstat(root).catch(() => null);
		if (now?.dev !== dev || now.ino !== ino)
			throw new ObjectStoreError('AWAY', `${PLACE} is gone: bring its disk back.`);
	}
	return {
		measure: (location) =>
			withObjectStoreErrors(async () => {
				await assertThere();
				const found = await openWithin(root, location);
				await found?.file.close();
				return found?.size ?? null;
			}, PLACE),
		async *read(location, range, signal) {
			try {
				await assertThere();
				const found = await openWithin(root, location);
				if (found === null) throw new ObjectStoreError('ABSENT', 'There is no object of that name.');
				yield* readFrom(found, range, signal);
			} catch (error) {
				throw toObjectStoreError(error, PLACE);
			}
		},
		remove: (location) =>
			withObjectStoreErrors(async () => {
				await assertThere();
				const found = await lstat(join(root, location)).catch(unlessAbsent);
				if (found === null) return { outcome: 'ABSENT' };
				const path = await pathWithin(root, location);
				if (path === null || !found.isFile()) return { outcome: 'OTHER' };
				await unlink(path);
				await syncDirectory(dirname(path));
				return { outcome: 'GONE' };
			}, PLACE),
	};
}

/** Where a file is; null: there is none, or a link leads elsewhere. */
async function pathWithin(root: string, location: string): Promise<string | null> {
	const path = join(root, location);
	try {
		const parent = await realpath(dirname(path));
		if (parent !== root && !parent.startsWith(root.endsWith(sep) ? root : root + sep)) return null;
		await lstat(path);
		return path;
	} catch (error) {
		return unlessAbsent(error);
	}
}

function unlessAbsent(error: unknown): null {
	if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCodeOf(error))) return null;
	throw error;
}

/** null: there is no file, but a link, a directory or something else. */
async function openWithin(root: string, location: string): Promise<{ file: FileHandle; size: number } | null> {
	const path = await pathWithin(root, location);
	if (path === null) return null;
	const file = await open(path, READING).catch((error: unknown) => {
		if (['ELOOP', 'ENOENT', 'ENXIO'].includes(errorCodeOf(error))) return null;
		throw error;
	});
	if (file === null) return null;
	const stats = await file.stat();
	if (stats.isFile()) return { file, size: stats.size };
	await file.close();
	return null;
}
