import { constants, type Stats } from 'node:fs';
import { access, lstat, readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import {
	isObjectName,
	isObjectTag,
	type ListedObject,
	mapErrors,
	type ObjectStore,
	ObjectStoreError,
	type StoreFinding,
} from '../../documents/index.ts';
import { errorCodeOf, explainFileErrorCode, SetupError } from '../../errors.ts';
import { makeDirectory, nullIfAbsent } from '../../local-files/index.ts';
import { countTag, deleteTag, sweepUnfinished } from './delete-objects.ts';
import { flawOf, hasDirectory, openObject, pathOf, toObjectStoreError, withObjectStoreErrors } from './directories.ts';
import { readObject } from './read-object.ts';
import { roomIn, writeObject } from './write-object.ts';

export interface FilesystemObjectsOptions {
	/** Absolute path. */
	readonly directory: string;
	/** Whether to make a missing directory; true unless given. If it is false, a missing directory holds no objects, and check() refuses it. */
	readonly make?: boolean;
}

/** Bytes. `firmseal doctor` complains if less is free. */
const ROOM = 2 ** 30;

/**
 * Objects as files on one machine (README.md). Needs guardStore(), which checks names, ranges and the bounds of a write.
 * @throws SetupError if the directory can't be made, or other users can access it.
 */
export async function openFilesystemObjects({
	directory,
	make = true,
}: FilesystemObjectsOptions): Promise<ObjectStore> {
	const stats = await openDirectory(directory, make);
	const flaw = stats && flawOf(stats, 'directory');
	if (flaw) throw new SetupError(fixFor(directory, flaw));
	return {
		bucket: basename(directory),
		write: (name, body, { size }) => withObjectStoreErrors(() => writeObject(directory, name, body, size)),
		measure: (name) =>
			withObjectStoreErrors(async () => {
				const object = await openObject(directory, name);
				await object?.file.close();
				return object?.size ?? null;
			}),
		read: (name, range, signal) => mapErrors(readObject(directory, name, range, signal), toObjectStoreError),
		delete: (tag) => withObjectStoreErrors(() => deleteTag(directory, tag)),
		list: () => mapErrors(listObjects(directory), toObjectStoreError),
		count: (tag) => withObjectStoreErrors(() => countTag(directory, tag)),
		// A directory retains nothing.
		retained: async () => null,
		sweep: (before) => withObjectStoreErrors(() => sweepUnfinished(directory, before)),
		inspect: () => inspectDirectory(directory),
		check: () =>
			withObjectStoreErrors(async () => {
				if (!(await hasDirectory(directory)))
					throw new ObjectStoreError('REFUSED', `${directory} is gone: restore it from a backup.`);
				await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
			}),
	};
}

/** Makes the directory if `make` is true; null if there is none. @throws SetupError */
async function openDirectory(directory: string, make: boolean): Promise<Stats | null> {
	try {
		if (make) makeDirectory(directory);
		return await nullIfAbsent(lstat(directory));
	} catch (error) {
		throw new SetupError(explainFileErrorCode(errorCodeOf(error), directory));
	}
}

async function inspectDirectory(directory: string): Promise<readonly StoreFinding[]> {
	const { flaw, room } = await withObjectStoreErrors(async () => ({
		flaw: flawOf(await lstat(directory), 'directory'),
		room: await roomIn(directory),
	}));
	return [
		{
			check: 'only its owner can access the directory of objects',
			ok: flaw === null,
			fix: flaw && fixFor(directory, flaw),
		},
		{
			check: 'the disk of the objects has at least 1 GiB free',
			ok: room >= ROOM,
			fix:
				room >= ROOM ? null : `The disk of ${directory} has ${Math.floor(room / 2 ** 20)} MiB free: free some space.`,
		},
	];
}

const fixFor = (directory: string, flaw: string) =>
	`${directory} ${flaw}: it must be a directory that only the user who runs Firmseal can access. Use chown and chmod 700.`;

/** An entry may be deleted at any moment, or not be a directory. */
const ABSENT = ['ENOENT', 'ENOTDIR'];

/** All objects, in the order of their names. Skips links and anything else that is not a file. */
async function* listObjects(directory: string): AsyncIterable<ListedObject> {
	const tags = ((await nullIfAbsent(readdir(directory), ABSENT)) ?? []).filter(isObjectTag).sort();
	for (const tag of tags) {
		const files = (await nullIfAbsent(readdir(pathOf(directory, tag)), ABSENT)) ?? [];
		const names = files
			.map((file) => `${tag}/${file}`)
			.filter(isObjectName)
			.sort();
		for (const name of names) {
			const stats = await nullIfAbsent(lstat(pathOf(directory, name)), ABSENT);
			if (stats?.isFile()) yield { name, size: stats.size };
		}
	}
}
