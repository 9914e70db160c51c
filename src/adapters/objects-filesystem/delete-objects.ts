import { lstat, opendir, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isObjectTag } from '../../documents/index.ts';
import { errorCodeOf } from '../../errors.ts';
import { syncDirectory } from '../../local-files/index.ts';
import { isUnfinished } from './write-object.ts';

/** Everything of a tag, finished or not. A link isn't followed. */
export async function deleteTag(directory: string, tag: string): Promise<void> {
	await rm(join(directory, tag), { recursive: true, force: true, maxRetries: 5 });
	await syncDirectory(directory);
}

/** Files of a tag, finished or not; an empty directory of it is one too. */
export async function countTag(directory: string, tag: string): Promise<number> {
	const entries = await nullIfAbsent(readdir(join(directory, tag)));
	return entries === null ? 0 : Math.max(1, entries.length);
}

/** Takes files that no one has written to since `before`, and directories that hold nothing. */
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
		// One that was made just now is about to be written to.
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

/** The process that wrote it may be done with it, or have taken it away, meanwhile. */
export async function nullIfAbsent<Found>(found: Promise<Found>): Promise<Found | null> {
	try {
		return await found;
	} catch (error) {
		if (errorCodeOf(error) === 'ENOENT') return null;
		throw error;
	}
}
