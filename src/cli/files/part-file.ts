import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCodeOf, FirmsealError } from '../../errors.ts';
import { writeErrorOf } from './file-errors.ts';
import { shorten } from './names.ts';

/** For its owner only. */
const MODE = 0o600;
/** Bytes of the longest name that file systems take. */
const LONGEST = 255;
/** Of a file's version, whose id is a UUIDv7: those of other commands are tagged with a word, and any other file is none of ours. */
const PART = /\.([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.part$/;

/** A file that is incomplete. Its name says of which file it is: FILE.<tag>.part. */
export interface PartFile {
	readonly path: string;
	readonly tag: string;
	/** Bytes. */
	readonly size: number;
}

export const partOf = (path: string, tag: string): string => {
	const end = `.${tag}.part`;
	return join(dirname(path), shorten(basename(path), LONGEST - end.length) + end);
};

/** Beside an incomplete file, that of the one run which has it; with room for what stands behind its name while runs contend. */
export const lockOf = (part: string): string => join(dirname(part), `${shorten(basename(part), LONGEST - 80)}.running`);

/** What is left of an earlier attempt at this path, the newest; null: nothing that is ours. */
export async function findPart(path: string): Promise<PartFile | null> {
	const found = await Promise.all(
		(await partsIn(dirname(path))).map(async (name) => {
			const tag = PART.exec(name)?.[1] ?? '';
			const part = partOf(path, tag);
			if (basename(part) !== name) return [];
			const stat = await lstat(part).catch(() => null);
			return stat && isOwn(stat) ? [{ path: part, tag, size: stat.size, time: stat.mtimeMs }] : [];
		}),
	);
	return found.flat().toSorted((one, other) => other.time - one.time)[0] ?? null;
}

/** Names of incomplete files of versions in a directory. */
export const partsIn = async (directory: string): Promise<string[]> =>
	(await readdir(directory).catch(() => [])).filter((name) => PART.test(name));

/**
 * Opens an incomplete file, and makes it if it isn't there; nobody else's, and through no link.
 * @throws FirmsealError CONFLICT when something of that name is in the way; what keeps it from being written.
 */
export async function openPart(path: string): Promise<FileHandle> {
	const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0);
	const file = await open(path, flags, MODE).catch((error: unknown) => {
		// A link, a directory, a socket.
		throw ['ELOOP', 'EISDIR', 'ENXIO'].includes(errorCodeOf(error)) ? foreignPartError() : writeErrorOf(error);
	});
	const stat = await file.stat();
	if (!isOwn(stat)) {
		await file.close();
		throw foreignPartError();
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

const isOwn = (stat: Stat): boolean =>
	stat.isFile() && stat.nlink === 1 && (process.getuid === undefined || stat.uid === process.getuid());

const foreignPartError = () =>
	new FirmsealError(
		'CONFLICT',
		'Something else has the name of the incomplete file, which ends with .part: remove it.',
	);
