import { chmod, type FileHandle, lstat, mkdir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCodeOf, FirmsealError } from '../../errors.ts';
import { isObject, jsonIn } from '../call/index.ts';
import { foreignPartError, isOwned, openPart, openRegular } from '../files/index.ts';
import { type DirectoryEntry, entriesIn, removeEmptyDirectories, throwUnwritable } from './contents.ts';
import { FILE_OF, FIRM_FILE } from './lists.ts';
import { type FoundRecord, fileOf } from './records.ts';

/** Only the owner may enter it. */
const DIRECTORY_MODE = 0o700;

/**
 * Opens the directory of an incomplete export, or creates it. Resolves with true if an earlier run left files in it. The caller holds its
 * lock. firm.json is written first, because it says which firm the other files belong to.
 * @throws FirmsealError CONFLICT if the directory holds anything but an incomplete export of this firm
 */
export async function openPartDirectory(path: string, firm: Readonly<Record<string, unknown>>): Promise<boolean> {
	await mkdir(path, { mode: DIRECTORY_MODE }).catch((error: unknown) =>
		errorCodeOf(error) === 'EEXIST' ? undefined : throwUnwritable(error),
	);
	const found = await lstat(path).catch(throwUnwritable);
	if (!found.isDirectory() || !isOwned(found)) throw foreignPartError(path);
	await chmod(path, DIRECTORY_MODE).catch(throwUnwritable);
	const entries = await entriesIn(path).catch(throwUnwritable);
	const foreign = findForeign(entries);
	if (foreign) throw foreignPartError(join(path, foreign.name));
	const firmFile = join(path, FIRM_FILE);
	if (entries.some(({ name }) => !name.startsWith(FIRM_FILE)) && (await idIn(firmFile)) !== firm.id)
		throw new FirmsealError(
			'CONFLICT',
			`The incomplete export in ${JSON.stringify(path)} is not of this firm: name another path with --out, or remove it.`,
		);
	await writeWhole(firmFile, [`${JSON.stringify(firm, null, '\t')}\n`]);
	return entries.length > 0;
}

/** The first entry that no run has written. A run has one complete file for each version. */
function findForeign(entries: readonly DirectoryEntry[]): DirectoryEntry | undefined {
	const versions = new Set<string>();
	return entries.find(({ name, isDirectory, isOfExport }) => {
		if (!isOfExport || isDirectory || !name.startsWith('files/') || name.endsWith('.part')) return !isOfExport;
		const isSecond = versions.has(dirname(name));
		versions.add(dirname(name));
		return isSecond;
	});
}

/** The `id` in a firm's file; null if the file is missing or has no id. */
async function idIn(path: string): Promise<unknown> {
	const file = await openRegular(path).catch(() => null);
	try {
		const firm = jsonIn((await file?.readFile('utf8')) ?? '');
		return isObject(firm) ? firm.id : null;
	} finally {
		await file?.close();
	}
}

/** Writes a file atomically: if the run is interrupted, the file is either complete or absent. */
export async function writeWhole(path: string, pieces: Iterable<string>): Promise<void> {
	const file = await openPart(`${path}.part`);
	try {
		await file.truncate(0);
		await file.writeFile(pieces);
		await file.sync();
	} catch (error) {
		throwUnwritable(error);
	} finally {
		await file.close();
	}
	await rename(`${path}.part`, path).catch(throwUnwritable);
}

export interface RecordFiles {
	/** Appends each record to the file of its type. */
	write(records: readonly FoundRecord[]): Promise<void>;
	/** Resolves when all is on the disk. */
	close(): Promise<void>;
}

/** Empties all files of records, to write them from the beginning: they are small compared with the files of documents. */
export async function openRecordFiles(path: string): Promise<RecordFiles> {
	const files = new Map<string, FileHandle>();
	const close = async () => {
		for (const file of files.values()) {
			try {
				await file.sync();
			} finally {
				await file.close();
			}
		}
	};
	try {
		for (const name of Object.values(FILE_OF)) {
			files.set(name, await openPart(join(path, name)));
			await files.get(name)?.truncate(0);
		}
	} catch (error) {
		await close();
		throwUnwritable(error);
	}
	return {
		async write(records) {
			for (const [name, found] of Map.groupBy(records, fileOf)) {
				const lines = found.map(({ values }) => `${JSON.stringify(values)}\n`);
				await files.get(name)?.writeFile(lines.join('')).catch(throwUnwritable);
			}
		},
		close: () => close().catch(throwUnwritable),
	};
}

/**
 * Removes files that earlier runs fetched and the firm no longer has, and empty directories.
 * @throws FirmsealError CONFLICT if another program has put a file there
 */
export async function removeUnlisted(path: string, listed: ReadonlySet<string>): Promise<void> {
	const entries = await entriesIn(path).catch(throwUnwritable);
	for (const { name, isDirectory, isOfExport } of entries) {
		if (isDirectory || listed.has(name)) continue;
		if (!isOfExport) throw foreignPartError(join(path, name));
		await unlink(join(path, name)).catch(throwUnwritable);
	}
	await removeEmptyDirectories(path, entries);
}
