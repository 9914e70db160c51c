import { link, lstat, open, rename, stat } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import { errorCodeOf, FirmsealError } from '../../errors.ts';
import { writeErrorOf } from './file-errors.ts';
import { removePart } from './part-file.ts';

export const throwWriteError = (error: unknown): never => {
	throw writeErrorOf(error);
};

/** What is complete under such a name would be taken for what another run left, and published under another. @throws FirmsealError BAD_USER_INPUT */
export function assertNotPart(path: string, what: 'file' | 'export'): void {
	if (/\.part$/i.test(basename(path)))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			`A name that ends with .part is that of an incomplete ${what}: give another by --out.`,
		);
}

/** @throws FirmsealError CONFLICT for a place that is taken, BAD_USER_INPUT for one that can't be written */
export async function assertPathFree(path: string, force: boolean): Promise<void> {
	assertNotPart(path, 'file');
	const directory = await stat(dirname(path)).catch(throwWriteError);
	if (!directory.isDirectory()) throwWriteError({ code: 'ENOTDIR' });
	const there = await lstat(path).catch((error: unknown) =>
		errorCodeOf(error) === 'ENOENT' ? null : throwWriteError(error),
	);
	if (there === null && (path.endsWith('/') || path.endsWith(sep)))
		throw new FirmsealError('BAD_USER_INPUT', 'A name that ends with a slash is a directory’s: name a file by --out.');
	if (there === null) return;
	if (there.isDirectory()) throwWriteError({ code: 'EISDIR' });
	if (!there.isFile() && !there.isSymbolicLink())
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'This is no file that can be replaced: name another, or use --out - and the shell.',
		);
	if (!force) throw nameTakenError();
}

const nameTakenError = () =>
	new FirmsealError('CONFLICT', 'There is a file of this name: name another by --out, or replace it with --force.');

/** Gives it its name at once. Without force by a link, which fails where a file has come meanwhile. */
export async function publishPartFile(part: string, path: string, force: boolean): Promise<void> {
	await assertPathFree(path, force);
	const isLinked = !force && (await link(part, path).then(() => true, refusedLink));
	if (isLinked) await removePart(part);
	else await rename(part, path).catch(throwWriteError);
	// That the name is there after a power cut: where a directory can't be told so, it is there soon.
	const directory = await open(dirname(path), 'r').catch(() => null);
	await directory?.sync().catch(() => {});
	await directory?.close();
}

/** Some file systems have no links. */
function refusedLink(error: unknown): false {
	if (errorCodeOf(error) === 'EEXIST') throw nameTakenError();
	return false;
}
