import { type FileHandle, link, lstat, open, rmdir, statfs, unlink } from 'node:fs/promises';
import { createThreadedHash, ObjectStoreError, type StoredObject } from '../../documents/index.ts';
import { errorCodeOf } from '../../errors.ts';
import { nullIfAbsent, OWNER_ONLY_FILE, syncDirectory, unfinishedPathIn } from '../../local-files/index.ts';
import { directoryOf, hasDirectory, makeOwnerOnly, pathOf, storeFullError } from './directories.ts';

/** Bytes between flushes, so that the final flush is short. */
const SYNC_EVERY = 32 * 2 ** 20;

/**
 * Writes an object, complete and on the disk, or not at all. The file has a temporary name until its bytes are on the disk. link(2),
 * unlike a rename, never replaces an existing file, so the slower of two writers finds the name taken.
 */
export async function writeObject(
	directory: string,
	name: string,
	body: AsyncIterable<Uint8Array>,
	size: number | null,
): Promise<StoredObject> {
	const path = pathOf(directory, name);
	const ofTag = directoryOf(directory, name);
	if (await nullIfAbsent(lstat(path))) throw objectExistsError();
	if (size !== null && (await roomIn(directory)) < size) throw storeFullError();
	const draft = await beginDraft(ofTag);
	try {
		const stored = await pour(body, draft.file);
		await link(draft.path, path).catch((error: unknown) => {
			throw errorCodeOf(error) === 'EEXIST' ? objectExistsError() : error;
		});
		await unlink(draft.path);
		await syncDirectory(ofTag);
		await syncDirectory(directory);
		return stored;
	} catch (error) {
		await unlink(draft.path).catch(() => {});
		// Fails, as it should, while the directory holds other files of the tag.
		await rmdir(ofTag).catch(() => {});
		throw error;
	}
}

async function beginDraft(ofTag: string): Promise<{ readonly path: string; readonly file: FileHandle }> {
	const path = unfinishedPathIn(ofTag);
	for (let attempts = 1; ; attempts++) {
		await makeOwnerOnly(ofTag);
		await hasDirectory(ofTag);
		try {
			return { path, file: await open(path, 'wx', OWNER_ONLY_FILE) };
		} catch (error) {
			// Another writer of the same tag has failed and removed the directory.
			if (errorCodeOf(error) !== 'ENOENT' || attempts === 5) throw error;
		}
	}
}

/** Writes and hashes the body. Always closes the file. */
async function pour(body: AsyncIterable<Uint8Array>, file: FileHandle): Promise<StoredObject> {
	let size = 0;
	let unsynced = 0;
	let syncing = Promise.resolve();
	const hash = createThreadedHash(async (bytes) => {
		await writeAll(file, bytes);
		unsynced += bytes.length;
		if (unsynced < SYNC_EVERY) return;
		unsynced = 0;
		await syncing;
		syncing = file.datasync();
		syncing.catch(() => {});
	});
	try {
		for await (const piece of body) {
			size += piece.length;
			await hash.update(piece);
		}
		const sha256 = await hash.digest();
		await syncing;
		await file.sync();
		return { size, sha256 };
	} finally {
		hash.close();
		await file.close();
	}
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
	for (let start = 0; start < bytes.length; ) start += (await file.write(bytes, start)).bytesWritten;
}

/** Free bytes on the disk of the directory. */
export async function roomIn(directory: string): Promise<number> {
	const { bavail, bsize } = await statfs(directory);
	return bavail * bsize;
}

const objectExistsError = () => new ObjectStoreError('EXISTS', 'An object with this name already exists.');
