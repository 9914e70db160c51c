import { createReadStream } from 'node:fs';
import { rmdir, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCodeOf, FirmsealError } from '../../errors.ts';
import type { ApiCredentials } from '../call/index.ts';
import {
	type ByteProgress,
	download,
	FileTarget,
	partsIn,
	RepeatedDisconnectError,
	sha256Of,
	throwWriteError,
} from '../files/index.ts';
import type { ExportFailure } from './failures.ts';
import { ensureExportDirectory } from './publish-export.ts';

/** A file that is to be fetched, as the API says that it is. */
export interface FileToFetch {
	readonly documentId: string;
	readonly number: number;
	readonly byteSize: number;
	/** In hex; null: not told, so that only the length can be compared. */
	readonly sha256: string | null;
	/** From the export's directory, by slashes. */
	readonly name: string;
}

export interface FetchOptions {
	readonly person: ApiCredentials;
	/** The export's. */
	readonly directory: string;
	readonly signal: AbortSignal;
	/** Of this file. */
	readonly progress: ByteProgress;
	/** Tries in a row that bring nothing. */
	readonly tries?: number;
}

export interface FetchResult {
	/** What is wrong with it; null: nothing. */
	readonly code: ExportFailure['code'] | null;
	/** null: it couldn't be had. */
	readonly file: WrittenFile | null;
}

/** As it is on the disk. */
export interface WrittenFile {
	readonly bytes: number;
	readonly sha256: string;
}

/** What is wrong with one file and no other, so that the rest is fetched all the same. */
const OF_ONE_FILE: ReadonlySet<string> = new Set(['NOT_FOUND', 'CIPHERTEXT_INVALID', 'KEY_UNAVAILABLE']);

/**
 * Fetches a file and compares what is on the disk then with what the API says of it. A file that differs is kept, and told.
 * @throws what keeps every file from being fetched or written
 */
export async function fetchFile(options: FetchOptions, wanted: FileToFetch): Promise<FetchResult> {
	const path = join(options.directory, ...wanted.name.split('/'));
	const failed = await receive(options, wanted, path);
	if (failed !== null) return { code: failed, file: null };
	const file = await measure(path);
	return { code: differenceOf(wanted, file), file };
}

async function receive(
	{ person, directory, signal, progress, tries }: FetchOptions,
	{ documentId, number, name, sha256 }: FileToFetch,
	path: string,
): Promise<ExportFailure['code'] | null> {
	const above = name.split('/').slice(0, -1);
	// One by one: none may be a link to elsewhere.
	for (const depth of above.keys()) await ensureExportDirectory(join(directory, ...above.slice(0, depth + 1)));
	const target = new FileTarget({ out: path, force: true, askHead: async () => null, hashOf: async () => sha256 });
	const address = `/documents/${documentId}/versions/${number}/content`;
	const wanted = { path: address, lease: null, signal, progress, ...(tries !== undefined && { tries }) };
	try {
		await download(person, wanted, target);
		return null;
	} catch (error) {
		await target.leave();
		const code =
			error instanceof FirmsealError && OF_ONE_FILE.has(error.code)
				? error.code
				: error instanceof RepeatedDisconnectError
					? 'CUT'
					: null;
		if (code === null) throw error;
		await removeRest(path);
		return code;
	}
}

/** Half a file is none: what runs have left of one goes, and nothing else. */
async function removeRest(path: string): Promise<void> {
	const above = dirname(path);
	for (const name of [basename(path), ...(await partsIn(above))])
		await unlink(join(above, name)).catch((error: unknown) => {
			if (errorCodeOf(error) !== 'ENOENT') throwWriteError(error);
		});
	await rmdir(above).catch(() => {});
}

async function measure(path: string): Promise<WrittenFile> {
	return { bytes: (await stat(path)).size, sha256: await sha256Of(createReadStream(path)) };
}

function differenceOf(
	{ byteSize, sha256 }: FileToFetch,
	file: WrittenFile,
): 'LENGTH_DIFFERS' | 'SHA256_DIFFERS' | null {
	if (file.bytes !== byteSize) return 'LENGTH_DIFFERS';
	return sha256 !== null && file.sha256 !== sha256 ? 'SHA256_DIFFERS' : null;
}
