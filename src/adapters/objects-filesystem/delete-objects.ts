import { lstat, opendir, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isObjectTag } from '../../documents/index.ts';
import { isUnfinished, nullIfAbsent, syncDirectory } from '../../local-files/index.ts';

/** Deletes all files of a tag, finished or not. Follows no links. */
export async function deleteTag(directory: string, tag: string): Promise<void> {
	await rm(join(directory, tag), { recursive: true, force: true, maxRetries: 5 });
	await syncDirectory(directory);
}

/** Number of files of a tag, finished or not. An empty directory of the tag counts as one. */
export async function countTag(directory: string, tag: string): Promise<number> {
	const entries = await nullIfAbsent(readdir(join(directory, tag)));
	return entries === null ? 0 : Math.max(1, entries.length);
}

/** Deletes unfinished files last written to before `before`, and empty directories. Returns the number of files. */
export async function sweepUnfinished(directory: string, before: Date): Promise<number> {
	let taken = 0;
	for await (const entry of await opendir(directory)) {
		if (!entry.isDirectory() || !isObjectTag(entry.name)) continue;
		const ofTag = join(directory, entry.name);
		const { unfinished, others } = await lookInto(ofTag);
		const old = [];
		for (const name of unfinished) if (await isOlder(join(ofTag, name), before)) old.push(name);
		for (const name of old) await nullIfAbsent(unlink(join(ofTag, name)));
		taken += old.length;
		const isEmpty = !others && old.length === unfinished.length;
		// A writer is about to use a directory that was made just now.
		if (isEmpty && (old.length > 0 || (await isOlder(ofTag, before)))) await rmdir(ofTag).catch(() => {});
	}
	return taken;
}

async function lookInto(ofTag: string): Promise<{ unfinished: string[]; others: boolean }> {
	const unfinished: string[] = [];
	let others = false;
	const entries = await nullIfAbsent(opendir(ofTag));
	for await (const { name } of entries ?? []) {
		if (isUnfinished(name)) unfinished.push(name);
		else others = true;
	}
	return { unfinished, others };
}

const isOlder = async (path: string, before: Date): Promise<boolean> =>
	((await nullIfAbsent(lstat(path)))?.mtimeMs ?? Number.POSITIVE_INFINITY) < before.getTime();
