import { randomUUID } from 'node:crypto';
import { lstat, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCodeOf, FirmsealError } from '../../errors.ts';
import { syncDirectory } from '../../local-files/index.ts';
import { assertNotPart, withHint, writeErrorOf } from '../files/index.ts';
import { compareExport, type DirectoryEntry, isExport, removeEmptyDirectories, throwUnwritable } from './contents.ts';

/** The directory beside an export's in which the export is made. */
export const partialPathOf = (out: string): string => join(dirname(out), `${basename(out)}.part`);

/** A unique name for an export that is replaced, until it is removed. */
const replacedOf = (out: string): string => join(dirname(out), `${basename(out)}.${randomUUID()}.replaced`);
const REPLACED = /^\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.replaced$/;

/** A replaced export that is still there. */
export interface RemainingExport {
	readonly path: string;
	/** Whether nothing of it was removed. */
	readonly isWhole: boolean;
}

/**
 * @throws FirmsealError CONFLICT if the path is taken: `force` allows replacing an export, and never anything else; BAD_USER_INPUT if the path
 * can't be written
 */
export async function assertExportPathFree(out: string, force: boolean): Promise<void> {
	assertNotPart(out, 'export');
	const parent = await stat(dirname(out)).catch(throwUnwritable);
	if (!parent.isDirectory()) throwUnwritable({ code: 'ENOTDIR' });
	if (!(await isThere(out))) return;
	if (!(await isExport(out)))
		throw new FirmsealError(
			'CONFLICT',
			'There is something of this name that is no export: name another path with --out.',
		);
	if (!force)
		throw new FirmsealError(
			'CONFLICT',
			'There is an export of this name: name another path with --out, or replace it with --force.',
		);
	const { foreign } = await compareExport(out, false).catch(throwUnwritable);
	if (foreign !== null)
		throw new FirmsealError(
			'CONFLICT',
			`There is something in the directory of this name that no export has written, such as ${JSON.stringify(foreign)}: name another path with --out, or move it elsewhere.`,
		);
}

/**
 * Renames a complete export to its final name. With `force` removes an older export of that name afterwards, if it holds only what was
 * exported, unchanged. Resolves with where the old export, or the rest of it, still is; null if it is gone.
 */
export async function publishExport(
	out: string,
	force: boolean,
	signal?: AbortSignal,
): Promise<RemainingExport | null> {
	await assertExportPathFree(out, force);
	const replaced = force && (await isThere(out)) ? replacedOf(out) : null;
	if (replaced !== null) await rename(out, replaced).catch(throwUnwritable);
	await rename(partialPathOf(out), out).catch(async (error: unknown) => {
		const isTaken = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errorCodeOf(error));
		const isBack = !isTaken && replaced !== null && (await isDone(rename(replaced, out)));
		const taken = isTaken ? await assertExportPathFree(out, false).catch((refused: unknown) => refused) : undefined;
		const reason = taken ?? writeErrorOf(error, 'export');
		if (replaced === null || isBack) throw reason;
		throw withHint(reason, `The export that had this name is kept as ${JSON.stringify(replaced)}.`);
	});
	const kept = replaced === null ? null : await removeExport(replaced, signal);
	await syncDirectory(dirname(out)).catch(() => {});
	return kept;
}

/** Removes an export that holds nothing else. The new one is complete by now, so a failure only keeps the old one. */
async function removeExport(path: string, signal: AbortSignal | undefined): Promise<RemainingExport | null> {
	const compared = (await isExport(path)) ? await compareExport(path, true, signal).catch(() => null) : null;
	if (compared === null || compared.foreign !== null) return { path, isWhole: true };
	const { entries } = compared;
	for (const entry of entries)
		if (!entry.isDirectory && (await isUnchanged(path, entry))) await unlink(join(path, entry.name)).catch(() => {});
	await removeEmptyDirectories(path, entries);
	return (await isDone(rmdir(path))) ? null : { path, isWhole: false };
}

/** Whether a file is the one that was compared. */
async function isUnchanged(path: string, { name, ino, size, mtimeMs }: DirectoryEntry): Promise<boolean> {
	const now = await lstat(join(path, name)).catch(() => null);
	return now?.ino === ino && now.size === size && now.mtimeMs === mtimeMs;
}

/** Exports that were moved aside for an export of this name, and are still there: a run was killed, or said that it keeps them. */
export async function findReplacedExports(out: string): Promise<string[]> {
	const names = await readdir(dirname(out)).catch((): string[] => []);
	const isReplaced = (name: string) =>
		name.startsWith(basename(out)) && REPLACED.test(name.slice(basename(out).length));
	return names.filter(isReplaced).map((name) => join(dirname(out), name));
}

const isDone = (work: Promise<unknown>): Promise<boolean> =>
	work.then(
		() => true,
		() => false,
	);

const isThere = (path: string): Promise<boolean> =>
	lstat(path).then(
		() => true,
		(error: unknown) => (errorCodeOf(error) === 'ENOENT' ? false : throwUnwritable(error)),
	);
