import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, open, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCodeOf, FirmsealError } from '../../errors.ts';
import { assertNotPart, throwWriteError, withHint, writeErrorOf } from '../files/index.ts';
import { type ComparedEntry, findForeignEntry, isExport, isOwn } from './contents.ts';

/** For its owner only. */
const DIRECTORY_MODE = 0o700;

/** An export's directory, and the one beside it in which it is made. */
export const partialPathOf = (out: string): string => join(dirname(out), `${basename(out)}.part`);

/** What another export is called from when it is replaced until it is removed: nothing else has that name. */
const replacedOf = (out: string): string => join(dirname(out), `${basename(out)}.${randomUUID()}.replaced`);
const REPLACED = /^\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.replaced$/;

/** What was to be replaced and is still there. */
export interface RemainingExport {
	readonly path: string;
	/** Whether nothing of it was removed. */
	readonly isWhole: boolean;
}

/**
 * @throws FirmsealError CONFLICT for a place that is taken: an export is replaced by force, anything else never; BAD_USER_INPUT for one
 * that can't be written
 */
export async function assertExportPathFree(out: string, force: boolean): Promise<void> {
	assertNotPart(out, 'export');
	const parent = await stat(dirname(out)).catch(throwUnwritable);
	if (!parent.isDirectory()) throwUnwritable({ code: 'ENOTDIR' });
	if (!(await isThere(out))) return;
	if (!(await isExport(out)))
		throw new FirmsealError(
			'CONFLICT',
			'There is something of this name that is no export: name another place by --out.',
		);
	if (!force)
		throw new FirmsealError(
			'CONFLICT',
			'There is an export of this name: name another place by --out, or replace it with --force.',
		);
	const other = await findForeignEntry(out, { isRead: false }).catch(throwUnwritable);
	if (other !== null)
		throw new FirmsealError(
			'CONFLICT',
			`There is something in the directory of this name that no export has written, such as ${JSON.stringify(other)}: name another place by --out, or move that elsewhere.`,
		);
}

/** Whether it was there already. @throws FirmsealError CONFLICT for what isn't a directory of one's own; what keeps it from being made */
export async function ensureExportDirectory(path: string): Promise<boolean> {
	const isNew = await mkdir(path, { mode: DIRECTORY_MODE }).then(
		() => true,
		(error: unknown) => (errorCodeOf(error) === 'EEXIST' ? false : throwUnwritable(error)),
	);
	const found = await lstat(path).catch(throwUnwritable);
	if (!found.isDirectory() || !isOwn(found)) throw foreignPartError();
	await chmod(path, DIRECTORY_MODE).catch(throwUnwritable);
	return !isNew;
}

export const foreignPartError = () =>
	new FirmsealError(
		'CONFLICT',
		'Something else has the name of the incomplete export, which ends with .part: remove it.',
	);

/**
 * Renames a complete export to its final name. With `force` an older export of that name is removed afterwards, if it holds only what was
 * exported, unchanged. Returns where the old export, or the rest of it, still is; null if it is gone.
 */
export async function publishExport(
	out: string,
	force: boolean,
	signal?: AbortSignal,
): Promise<RemainingExport | null> {
	await assertExportPathFree(out, force);
	const replaced = force && (await isThere(out)) ? replacedOf(out) : null;
	if (replaced !== null) await rename(out, replaced).catch(throwWriteError);
	await rename(partialPathOf(out), out).catch(async (error: unknown) => {
		const why = await whyNotNamed(out, error);
		const isBack = !isTaken(error) && replaced !== null && (await rename(replaced, out).then(isSo, isNotSo));
		if (replaced === null || isBack) throw why;
		throw withHint(why, `What had this name before is kept as ${JSON.stringify(replaced)}.`);
	});
	const kept = replaced === null ? null : await remove(replaced, signal);
	// That the name is there after a power cut: where a directory can't be told so, it is there soon.
	const parent = await open(dirname(out), 'r').catch(() => null);
	await parent?.sync().catch(() => {});
	await parent?.close();
	return kept;
}

const isSo = () => true;
const isNotSo = () => false;

/** Whether something else has got the name that an export was to have. */
const isTaken = (error: unknown): boolean => ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errorCodeOf(error));

async function whyNotNamed(out: string, error: unknown): Promise<unknown> {
	if (isTaken(error)) {
		const taken = await assertExportPathFree(out, false).catch((taken: unknown) => taken);
		return taken ?? writeErrorOf(error);
	}
	if (errorCodeOf(error) !== 'ENOENT') return writeErrorOf(error);
	return new FirmsealError(
		'CONFLICT',
		'Another run has given its own export this name meanwhile: read that one, or run this again with another --out.',
	);
}

/** Removes an export that is nothing else. The new one is complete by now: a failure only keeps the old one. */
async function remove(path: string, signal: AbortSignal | undefined): Promise<RemainingExport | null> {
	const compared: ComparedEntry[] = [];
	const comparison = {
		isRead: true,
		onCompared: (one: ComparedEntry) => void compared.push(one),
		...(signal && { signal }),
	};
	const isNothingElse =
		(await isExport(path)) &&
		(await findForeignEntry(path, comparison).then(
			(other) => other === null,
			() => false,
		));
	if (!isNothingElse) return { path, isWhole: true };
	return (await removeCompared(path, compared)) ? null : { path, isWhole: false };
}

/**
 * Removes from an export's directory what was compared, in the order in which that was: a directory after what is in it. What has come
 * or changed since then stays, and with it the directories that it is in. false: so does something, or it could not be removed.
 */
async function removeCompared(path: string, compared: readonly ComparedEntry[]): Promise<boolean> {
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

/** What was moved aside for an export of this name, and is there still: a run was killed then, or has said that it keeps it. */
export async function findReplacedExports(out: string): Promise<string[]> {
	const names = await readdir(dirname(out)).catch(() => []);
	const isReplaced = (name: string) =>
		name.startsWith(basename(out)) && REPLACED.test(name.slice(basename(out).length));
	return names.filter(isReplaced).map((name) => join(dirname(out), name));
}

const isThere = (path: string): Promise<boolean> =>
	lstat(path).then(
		() => true,
		(error: unknown) => (errorCodeOf(error) === 'ENOENT' ? false : throwUnwritable(error)),
	);

const UNWRITABLE: Readonly<Record<string, string>> = {
	ENOENT: 'There is no directory for the export: make it first, or name another place by --out.',
	ENOTDIR: 'There is no directory for the export: make it first, or name another place by --out.',
	ELOOP: 'There is no directory for the export, since links lead in a circle: name another place by --out.',
	EACCES: 'The export can’t be written here: you have no permission for it.',
	EPERM: 'The export can’t be written here: you have no permission for it.',
	EROFS: 'The export can’t be written here: the disk can only be read.',
};

function throwUnwritable(error: unknown): never {
	const sentence = UNWRITABLE[errorCodeOf(error)];
	if (sentence !== undefined) throw new FirmsealError('BAD_USER_INPUT', sentence);
	return throwWriteError(error);
}
