import { lstat, readdir } from 'node:fs/promises';
import { isObjectName, isObjectTag, type ListedObject } from '../../documents/index.ts';
import { errorCodeOf } from '../../errors.ts';
import { pathOf } from './directories.ts';

/** All objects, in the order of their names. A link, and whatever else is no file, is none. */
export async function* listObjects(directory: string): AsyncIterable<ListedObject> {
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
