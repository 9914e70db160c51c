import { lstat, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComparedEntry } from './contents.ts';

/**
 * Removes from an export's directory what was compared, in the order in which that was: a directory after what is in it. What has come
 * or changed since then stays, and with it the directories that it is in. false: so does something, or it could not be removed.
 */
export async function removeCompared(path: string, compared: readonly ComparedEntry[]): Promise<boolean> {
	for (const { name, isDirectory, found } of compared) {
		const at = join(path, name);
		if (isDirectory) await rmdir(at).catch(() => {});
		else if (await isSame(at, found)) await unlink(at).catch(() => {});
	}
	return rmdir(path).then(
		() => true,
		() => false,
	);
}

async function isSame(path: string, { ino, size, mtimeMs }: ComparedEntry['found']): Promise<boolean> {
	const now = await lstat(path).catch(() => null);
	return now?.ino === ino && now.size === size && now.mtimeMs === mtimeMs;
}
