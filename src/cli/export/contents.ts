import { lstat, readdir, rmdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isOwned, openRegular, sha256Of, writeErrorOf } from '../files/index.ts';
import { FILE_OF, FIRM_FILE } from './lists.ts';
import { MANIFEST_FILE, type ManifestFile, readManifest } from './manifest.ts';
import { README_FILE } from './readme.ts';

/** Files of every complete export. */
const ALWAYS = [README_FILE, FIRM_FILE, MANIFEST_FILE, ...Object.values(FILE_OF)];
const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const FILE_OF_VERSION = new RegExp(`^files/${ID}/\\d+/[^/]+$`);
const DIRECTORY = new RegExp(`^files(?:/${ID}(?:/\\d+)?)?$`);

/** An entry of an export's directory, as it was when the directory was read. */
export interface DirectoryEntry {
	/** The path from the directory, with slashes. */
	readonly name: string;
	readonly isDirectory: boolean;
	/** Whether an export could have written it: by its name, its kind and its owner. */
	readonly isOfExport: boolean;
	readonly ino: number;
	readonly size: number;
	readonly mtimeMs: number;
}

/** All entries below a directory. Follows no link. */
export async function entriesIn(path: string): Promise<DirectoryEntry[]> {
	const entries: DirectoryEntry[] = [];
	for (const { parentPath, name: last } of await readdir(path, { recursive: true, withFileTypes: true })) {
		const name = relative(path, join(parentPath, last)).replaceAll(sep, '/');
		const found = await lstat(join(path, name));
		const { ino, size, mtimeMs } = found;
		const isOfExport = found.isDirectory() ? DIRECTORY.test(name) : found.isFile() && isFileOfExport(name);
		const isDirectory = found.isDirectory();
		entries.push({ name, isDirectory, isOfExport: isOfExport && isOwned(found), ino, size, mtimeMs });
	}
	return entries;
}

/** Files of an incomplete export may end with .part. */
const isFileOfExport = (name: string): boolean =>
	ALWAYS.includes(name.replace(/\.part$/, '')) || FILE_OF_VERSION.test(name);

/** Whether a directory has all files that every complete export has. It may have more. */
export async function isExport(path: string): Promise<boolean> {
	const found = await lstat(path).catch(() => null);
	if (!found?.isDirectory() || !isOwned(found)) return false;
	const names = await readdir(path).catch((): string[] => []);
	return ALWAYS.every((name) => names.includes(name));
}

export interface Comparison {
	readonly entries: readonly DirectoryEntry[];
	/** The name of the first entry that no export wrote, or that was changed since; null if there is none. */
	readonly foreign: string | null;
}

/**
 * Compares an export's directory with its manifest: names, owners and lengths; with `readsFiles` also each SHA-256. The manifest may be
 * forged, so it only narrows what the names allow.
 * @throws errors of node:fs; AbortError
 */
export async function compareExport(path: string, readsFiles: boolean, signal?: AbortSignal): Promise<Comparison> {
	const entries = await entriesIn(path);
	const manifest = await readManifest(join(path, MANIFEST_FILE));
	if (manifest === null) return { entries, foreign: MANIFEST_FILE };
	const listed = new Map(manifest.files.map((file) => [file.name, file]));
	for (const { name, isDirectory, isOfExport, size } of entries) {
		const file = listed.get(name);
		const isAsListed =
			isDirectory ||
			name === MANIFEST_FILE ||
			(file?.bytes === size && (!readsFiles || file.sha256 === (await hashOfFile(join(path, name), signal))));
		if (!isOfExport || !isAsListed) return { entries, foreign: name };
	}
	return { entries, foreign: null };
}

/** The SHA-256 of a file, in hex. @throws errors of node:fs; AbortError */
export async function hashOfFile(path: string, signal?: AbortSignal): Promise<string> {
	const file = await openRegular(path);
	try {
		return await sha256Of(file, signal);
	} finally {
		await file.close();
	}
}

/** The length and the SHA-256 of a file. @throws errors of node:fs */
export const measureFile = async (path: string): Promise<Pick<ManifestFile, 'bytes' | 'sha256'>> => ({
	bytes: (await stat(path)).size,
	sha256: await hashOfFile(path),
});

export async function removeEmptyDirectories(path: string, entries: readonly DirectoryEntry[]): Promise<void> {
	const names = entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
	// Longer names first: a directory has a longer name than its parents.
	for (const name of names.toSorted((one, other) => other.length - one.length))
		await rmdir(join(path, name)).catch(() => {});
}

export function throwUnwritable(error: unknown): never {
	throw writeErrorOf(error, 'export');
}
