import { readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FirmsealError } from '../../errors.ts';
import { makeDirectory } from '../../local-files/index.ts';
import { type ApiCredentials, DisconnectedError, invalidApiAnswer, type RetryPolicy } from '../call/index.ts';
import { type ByteProgress, fetchFile, safeFileName, showBytes } from '../files/index.ts';
import { hashOfFile, measureFile, throwUnwritable } from './contents.ts';
import type { ExportFailure } from './failures.ts';
import type { ManifestFile } from './manifest.ts';

/** The file of a version, as the API describes it. */
export interface VersionFile {
	readonly documentId: string;
	readonly versionId: string;
	readonly number: number;
	readonly byteSize: number;
	/** In hex; null if the API doesn't give it: then only the length can be compared. */
	readonly sha256: string | null;
	/** The path from the export's directory, with slashes. */
	readonly name: string;
}

/** The files of a document's versions. The number becomes a part of a path; ids were checked when they were received. */
export function filesOf({ id: documentId, name, versions }: Readonly<Record<string, unknown>>): VersionFile[] {
	return (versions as (VersionFile & { readonly id: string })[]).flatMap(
		({ id: versionId, number, byteSize, sha256 }) => {
			if (byteSize === null) return [];
			if (!Number.isSafeInteger(number) || number < 1) throw invalidApiAnswer();
			const path = `files/${documentId}/${number}/${safeFileName(String(name))}`;
			return [{ documentId: String(documentId), versionId, number, byteSize, sha256, name: path }];
		},
	);
}

export interface FetchOptions {
	readonly person: ApiCredentials;
	/** The directory of the incomplete export. */
	readonly directory: string;
	readonly retry: RetryPolicy;
	/** Sends a small query to the API. @throws the error if the export can't continue */
	readonly ping: () => Promise<unknown>;
}

export interface FetchedFiles {
	readonly files: readonly ManifestFile[];
	readonly failures: readonly ExportFailure[];
}

/**
 * Fetches files, and compares the files on the disk with the API's description. Keeps a file of an earlier run if its SHA-256 is right. Keeps
 * and reports a fetched file that differs.
 * @throws an error that would affect every file
 */
export async function fetchFiles(options: FetchOptions, wanted: readonly VersionFile[]): Promise<FetchedFiles> {
	const total = wanted.reduce((sum, { byteSize }) => sum + byteSize, 0);
	const all = showBytes('Files');
	const files: ManifestFile[] = [];
	const failures: ExportFailure[] = [];
	let [passed, isKeyLost] = [0, false];
	try {
		for (const file of wanted) {
			const progress = { ...all, reach: (done: number) => all.reach(Math.min(passed + done, total), total) };
			// Waits for an unavailable key only once, not again for each file.
			const retry = { ...options.retry, notify: all.say, ...(isKeyLost && { tries: 1 }) };
			const failed = await keepOrFetch({ ...options, retry }, file, progress);
			if (failed === 'KEY_UNAVAILABLE') isKeyLost = true;
			// Throws if the API can't be reached. Otherwise the connection is cut for this file only.
			if (failed === 'CUT') await options.ping();
			const found = failed === null ? await measureFile(join(options.directory, file.name)) : null;
			const code = failed ?? differenceOf(file, found);
			const { name, documentId, versionId } = file;
			if (found)
				files.push({ name, ...found, documentId, versionId, isVerified: code === null && file.sha256 !== null });
			if (code !== null) failures.push({ coordinate: 'DocumentVersion.content', recordId: versionId, code });
			passed += file.byteSize;
			progress.reach(0);
		}
		return { files, failures };
	} finally {
		all.end();
	}
}

/** Errors about one file. The other files are still fetched. */
const OF_ONE_FILE: ReadonlySet<string> = new Set(['NOT_FOUND', 'CIPHERTEXT_INVALID', 'KEY_UNAVAILABLE']);

/** Resolves with the reason why the file can't be fetched; null if the file is on the disk. */
async function keepOrFetch(
	{ person, directory, retry }: FetchOptions,
	file: VersionFile,
	progress: ByteProgress,
): Promise<ExportFailure['code'] | null> {
	const path = join(directory, file.name);
	try {
		makeDirectory(dirname(path));
	} catch (error) {
		throwUnwritable(error);
	}
	if (await keepFetched(path, file.sha256)) return null;
	const request = { path: `/documents/${file.documentId}/versions/${file.number}/content`, retry };
	const target = { pathOf: async () => path, hashOf: async () => file.sha256, force: true, progress };
	try {
		await fetchFile(person, request, target);
		return null;
	} catch (error) {
		const isOfFile = error instanceof FirmsealError && OF_ONE_FILE.has(error.code);
		if (!isOfFile && !(error instanceof DisconnectedError)) throw error;
		return isOfFile ? error.code : 'CUT';
	}
}

/** Keeps the file that an earlier run fetched for this version, also if the document had another name then. False if no file is kept. */
async function keepFetched(path: string, sha256: string | null): Promise<boolean> {
	const names = await readdir(dirname(path)).catch(throwUnwritable);
	const name = names.find((each) => !each.endsWith('.part'));
	if (name === undefined) return false;
	const found = join(dirname(path), name);
	const isKept = sha256 !== null && (await hashOfFile(found)) === sha256;
	await (isKept ? rename(found, path) : unlink(found)).catch(throwUnwritable);
	return isKept;
}

function differenceOf({ byteSize, sha256 }: VersionFile, found: Pick<ManifestFile, 'bytes' | 'sha256'> | null) {
	if (found === null) return null;
	if (found.bytes !== byteSize) return 'LENGTH_DIFFERS';
	return sha256 !== null && found.sha256 !== sha256 ? 'SHA256_DIFFERS' : null;
}
