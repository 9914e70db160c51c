import { createReadStream } from 'node:fs';
import { lstat, opendir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCK_FILE_SUFFIX, openRegular, sha256Of } from '../files/index.ts';
import { type Listed, listedIn } from './listed-files.ts';
import { FILE_OF, FIRM_FILE } from './lists.ts';
import { README_FILE } from './readme.ts';
import { FORMAT } from './state.ts';

export const MANIFEST = 'manifest.json';
/** What only a run that goes on needs: it isn't in the complete export. */
export const RESUME = 'resume';

/** What every complete export has. */
const ALWAYS = [README_FILE, FIRM_FILE, MANIFEST, ...Object.values(FILE_OF)];
const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** The file of a version; and what a run that comes late may leave in what another has completed. */
const FILES = new RegExp(
	`^(?:files/${ID}/\\d+/[^/]+|${RESUME}/(?:running${LOCK_FILE_SUFFIX}|state\\.json(?:\\.new)?|(?:files|failures)\\.jsonl))$`,
);
const DIRECTORIES = new RegExp(`^(?:${RESUME}|files(?:/${ID}(?:/\\d+)?)?)$`);

/** By its name, from the export's directory. */
export const isFileOfExport = (name: string): boolean => ALWAYS.includes(name) || FILES.test(name);

/** Whether it has all that a complete export has, and a manifest that begins as one; more may be beside that. */
export async function isExport(path: string): Promise<boolean> {
	const found = await lstat(path).catch(() => null);
	if (!found?.isDirectory() || !isOwn(found)) return false;
	const names = new Set(await readdir(path).catch(() => []));
	return ALWAYS.every((name) => names.has(name)) && (await isManifest(join(path, MANIFEST)));
}

export interface ContentsComparison {
	/** Whether each file is read to compare its SHA-256, and not only its length. */
	readonly isRead: boolean;
	readonly signal?: AbortSignal;
	/** Is told what is as the export was written: a directory after all that is in it. */
	readonly onCompared?: (compared: ComparedEntry) => void;
}

/** By its name, from the export's directory. */
export interface ComparedEntry {
	readonly name: string;
	readonly isDirectory: boolean;
	/** As it was before it was compared. */
	readonly found: { readonly ino: number; readonly size: number; readonly mtimeMs: number };
}

/**
 * The first in an export's directory that no export writes, that is another user's, or that is not as the manifest lists it; null: nothing.
 * The manifest may be forged, so it can only exclude files that the name patterns allow, never add any. Returns the manifest's own name if it
 * cannot be read as one.
 */
export async function findForeignEntry(path: string, comparison: ContentsComparison): Promise<string | null> {
	// Before it is read: the walk may come to it much later.
	const { ino, size, mtimeMs } = await lstat(join(path, MANIFEST));
	const listed = await listedIn(join(path, MANIFEST));
	if (listed === null) return MANIFEST;
	return otherBelow(path, '', isAsListed(listed, comparison), (one) =>
		comparison.onCompared?.(one.name === MANIFEST ? { ...one, found: { ino, size, mtimeMs } } : one),
	);
}

type IsAsListed = (path: string, name: string, bytes: number) => Promise<boolean>;

async function otherBelow(
	path: string,
	within: string,
	isSame: IsAsListed,
	onCompared: ContentsComparison['onCompared'],
): Promise<string | null> {
	for await (const entry of await opendir(join(path, within))) {
		const name = `${within}${entry.name}`;
		const found = await lstat(join(path, name));
		const isOfExport = found.isDirectory() ? DIRECTORIES.test(name) : found.isFile() && isFileOfExport(name);
		if (!isOfExport || !isOwn(found)) return name;
		if (found.isFile() && !(await isSame(join(path, name), name, found.size))) return name;
		const other = found.isDirectory() ? await otherBelow(path, `${name}/`, isSame, onCompared) : null;
		if (other !== null) return other;
		const { ino, size, mtimeMs } = found;
		onCompared?.({ name, isDirectory: found.isDirectory(), found: { ino, size, mtimeMs } });
	}
	return null;
}

const isAsListed =
	(listed: ReadonlyMap<string, Listed>, { isRead, signal }: ContentsComparison): IsAsListed =>
	async (path, name, bytes) => {
		if (name === MANIFEST || name.startsWith(`${RESUME}/`)) return true;
		const file = listed.get(name);
		if (file?.bytes !== bytes) return false;
		return !isRead || file.sha256 === (await sha256Of(createReadStream(path, signal && { signal })));
	};

export const isOwn = ({ uid }: { readonly uid: number }): boolean =>
	process.getuid === undefined || uid === process.getuid();

/** By how it begins: it may be long. */
async function isManifest(path: string): Promise<boolean> {
	const file = await openRegular(path).catch(() => null);
	if (file === null) return false;
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(100), 0, 100, 0);
		return buffer.subarray(0, bytesRead).toString().startsWith(`{\n\t"format": "${FORMAT}",`);
	} catch {
		return false;
	} finally {
		await file.close();
	}
}
