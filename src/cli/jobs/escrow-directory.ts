import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCodeOf, FirmsealError } from '../../errors.ts';
import { syncDirectory } from '../../local-files/index.ts';
import { writeErrorOf } from '../files/index.ts';

export interface FileToWrite {
	readonly name: string;
	readonly bytes: Uint8Array;
}

/**
 * Creates a new directory with these files, which only its owner may read. It appears under its name complete and durable, or not at all.
 * @throws FirmsealError CONFLICT if the path exists, BAD_USER_INPUT if the path can't be written
 */
export async function writeDirectory(out: string, files: readonly FileToWrite[]): Promise<void> {
	const path = resolve(out);
	await assertFree(path);
	const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
	try {
		await mkdir(draft, { mode: 0o700 });
		for (const { name, bytes } of files) await writeFile(join(draft, name), bytes);
		await syncDirectory(draft);
		await assertFree(path);
		await rename(draft, path);
		await syncDirectory(dirname(path));
	} catch (error) {
		await rm(draft, { recursive: true, force: true }).catch(() => {});
		throw ['ENOTEMPTY', 'EEXIST'].includes(errorCodeOf(error)) ? nameTakenError() : writeErrorOf(error);
	}
}

const nameTakenError = () =>
	new FirmsealError(
		'CONFLICT',
		'The path of --out exists, and nothing was overwritten: give the path of a new directory.',
	);

async function assertFree(path: string): Promise<void> {
	const isFree = await lstat(path).then(
		() => false,
		(error: unknown) => {
			if (errorCodeOf(error) === 'ENOENT') return true;
			throw writeErrorOf(error);
		},
	);
	if (!isFree) throw nameTakenError();
}

async function writeFile(path: string, bytes: Uint8Array): Promise<void> {
	const file = await open(path, 'wx', 0o600);
	try {
		await file.writeFile(bytes);
		await file.sync();
	} finally {
		await file.close();
	}
}
