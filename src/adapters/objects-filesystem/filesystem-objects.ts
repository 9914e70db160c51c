import { constants, type Stats } from 'node:fs';
import { access, lstat, readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import {
	isObjectName,
	isObjectTag,
	type ListedObject,
	type ObjectStore,
	ObjectStoreError,
	type StoreFinding,
} from '../../documents/index.ts';
import { errorCodeOf, explainFileErrorCode, SetupError } from '../../errors.ts';
import { makeDirectory } from '../../local-files/index.ts';
import { countTag, deleteTag, nullIfAbsent, sweepUnfinished } from './delete-objects.ts';
import { flawOf, hasDirectory, openObject, pathOf, toObjectStoreError, withObjectStoreErrors } from './directories.ts';
import { readObject } from './read-object.ts';
import { roomIn, writeObject } from './write-object.ts';

export interface FilesystemObjectsOptions {
	/** Absolute path. */
	readonly directory: string;
	/** Whether it is made when it is not there; an absent one is empty, and check() refuses it. */
	readonly make?: boolean;
}

/** Bytes of the disk that doctor wants to be free. */
const ROOM = 2 ** 30;

/**
 * Objects as files of one machine (README.md). To be guarded: names, ranges and the bounds of a write are checked there.
 * @throws SetupError when the directory can't be made, or others can reach it.
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
		async *read(name, range, signal) {
			try {
				yield* readObject(directory, name, range, signal);
			} catch (error) {
				throw toObjectStoreError(error);
			}
		},
		delete: (tag) => withObjectStoreErrors(() => deleteTag(directory, tag)),
		async *list() {
			try {
				yield* listObjects(directory);
			} catch (error) {
				throw toObjectStoreError(error);
			}
		},
		count: (tag) => withObjectStoreErrors(() => countTag(directory, tag)),
		// Files have no such lock.
		retained: async () => null,
		sweep: (before) => withObjectStoreErrors(() => sweepUnfinished(directory, before)),
		inspect: () => inspectDirectory(directory),
		check: () =>
			withObjectStoreErrors(async () => {
				if (!(await hasDirectory(directory)))
					throw new ObjectStoreError('REFUSED', `${directory} is gone: bring it back from a backup.`);
				await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
			}),
	};
}

/** What is there, made if it is to be; null: nothing. @throws SetupError */
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
			check: 'the directory of objects is for its owner only',
			ok: flaw === null,
			mend: flaw && fixFor(directory, flaw),
		},
		{
			check: 'the disk of the objects has 1 GiB of room',
			ok: room >= ROOM,
			mend: room >= ROOM ? null : `The disk of ${directory} has ${Math.floor(room / 2 ** 20)} MiB: make room on it.`,
		},
	];
}

const fixFor = (directory: string, flaw: string) =>
	`${directory} ${flaw}: make it a directory of the user who runs Firmseal with chown and chmod 700.`;

/** All objects, in the order of their names. A link, or anything else that is no file, is none. */
async function* listObjects(directory: string): AsyncIterable<ListedObject> {
	const tags = ((await unlessAbsent(readdir(directory))) ?? []).filter(isObjectTag).sort();
	for (const tag of tags) {
		const files = (await unlessAbsent(readdir(pathOf(directory, tag)))) ?? [];
		const names = files
			.map((file) => `${tag}/${file}`)
			.filter(isObjectName)
			.sort();
		for (const name of names) {
			const stats = await unlessAbsent(lstat(pathOf(directory, name)));
			if (stats?.isFile()) yield { name, size: stats.size };
		}
	}
}

/** It may be deleted meanwhile, or be no directory. */
async function unlessAbsent<Found>(found: Promise<Found>): Promise<Found | null> {
	try {
		return await found;
	} catch (error) {
		if (['ENOENT', 'ENOTDIR'].includes(errorCodeOf(error))) return null;
		throw error;
	}
}
