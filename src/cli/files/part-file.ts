import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { errorCodeOf, FirmsealError } from '../../errors.ts';
import { syncDirectory } from '../../local-files/index.ts';
import { throwWriteError, writeErrorOf } from './file-errors.ts';
import { shorten } from './names.ts';

/** For its owner only. */
const MODE = 0o600;
/** Bytes of the longest name that file systems take. */
const LONGEST = 255;
/** The tag of a document's file is the id of its version, a UUIDv7. Other commands use words as tags. */
const PART = /\.([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.part$/;

/** The path of an incomplete file. Its tag is the id of the version that it is a part of, or a word. */
export const partOf = (path: string, tag: string): string => {
	const end = `.${tag}.part`;
	return join(dirname(path), shorten(basename(path), LONGEST - end.length) + end);
};

/** The path to give to acquireLockFile() for `path`. */
export const lockOf = (path: string): string => join(dirname(path), shorten(basename(path), LONGEST - 80));

/** Removes the incomplete files of other versions that earlier runs left for the same path. The caller holds the lock of the path. */
export async function removeOtherParts(path: string, own: string): Promise<void> {
	for (const { part } of await findParts(path)) if (part !== own) await removePart(part);
}

/** The incomplete files of document versions that earlier runs left for the same path. `size`: in bytes. */
export async function findParts(path: string) {
	const found: { readonly part: string; readonly tag: string; readonly size: number }[] = [];
	for (const name of await readdir(dirname(path)).catch(() => [])) {
		const tag = PART.exec(name)?.[1];
		const part = tag === undefined ? null : partOf(path, tag);
		if (tag === undefined || part === null || basename(part) !== name) continue;
		const stats = await lstat(part).catch(() => null);
		if (stats && isOwn(stats)) found.push({ part, tag, size: stats.size });
	}
	return found;
}

/**
 * Opens an incomplete file for reading and writing, or creates it. Only its owner may read it. Follows no link.
 * @throws FirmsealError CONFLICT if something else has this name; the error if the file can't be written
 */
export async function openPart(path: string): Promise<FileHandle> {
	const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
	const file = await open(path, flags, MODE).catch((error: unknown) => {
		// A link, a directory, a socket.
		throw ['ELOOP', 'EISDIR', 'ENXIO'].includes(errorCodeOf(error)) ? foreignPartError(path) : writeErrorOf(error);
	});
	if (!isOwn(await file.stat())) {
		await file.close();
		throw foreignPartError(path);
	}
	await file.chmod(MODE);
	return file;
}

export const removePart = (path: string): Promise<void> => unlink(path).catch(() => {});

interface Stat {
	readonly uid: number;
	readonly nlink: number;
	isFile(): boolean;
}

const isOwn = (found: Stat): boolean => found.isFile() && found.nlink === 1 && isOwned(found);

/** Always true on systems where users have no ids. */
export const isOwned = ({ uid }: Pick<Stat, 'uid'>): boolean =>
	process.getuid === undefined || uid === process.getuid();

export const foreignPartError = (path: string) =>
	new FirmsealError(
		'CONFLICT',
		`${JSON.stringify(path)} was not written by an earlier run of this command: move or remove it.`,
	);

/** Another run would take a complete file of such a name for an incomplete one. @throws FirmsealError BAD_USER_INPUT */
export function assertNotPart(path: string, what: 'file' | 'export'): void {
	if (/\.part$/i.test(basename(path)))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			`A name that ends with .part is that of an incomplete ${what}: name another with --out.`,
		);
}

/** @throws FirmsealError CONFLICT if the path is taken, BAD_USER_INPUT if it can't be written */
export async function assertPathFree(path: string, force: boolean): Promise<void> {
	assertNotPart(path, 'file');
	const directory = await stat(dirname(path)).catch(throwWriteError);
	if (!directory.isDirectory()) throwWriteError({ code: 'ENOTDIR' });
	const there = await lstat(path).catch((error: unknown) =>
		errorCodeOf(error) === 'ENOENT' ? null : throwWriteError(error),
	);
	if (there === null && (path.endsWith('/') || path.endsWith(sep)))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'A name that ends with a slash is a directory’s: name a file with --out.',
		);
	if (there === null) return;
	if (there.isDirectory()) throwWriteError({ code: 'EISDIR' });
	if (!there.isFile() && !there.isSymbolicLink())
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'This is not a file that can be replaced: name another, or use --out - and the shell.',
		);
	if (!force) throw nameTakenError();
}

const nameTakenError = () =>
	new FirmsealError('CONFLICT', 'There is a file of this name: name another with --out, or replace it with --force.');

/** Renames a complete file to its final name. Without `force` this makes a hard link, which fails if another file has taken the name. */
export async function publishPartFile(part: string, path: string, force: boolean): Promise<void> {
	await assertPathFree(path, force);
	const isLinked = !force && (await link(part, path).then(() => true, refusedLink));
	if (isLinked) await removePart(part);
	else await rename(part, path).catch(throwWriteError);
	await syncDirectory(dirname(path)).catch(() => {});
}

/** Some file systems have no links. */
function refusedLink(error: unknown): false {
	if (errorCodeOf(error) === 'EEXIST') throw nameTakenError();
	return false;
}
