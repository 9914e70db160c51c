import { type FileHandle, link, lstat, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FirmsealError } from '../../errors.ts';
import { codeOf, whyUnwritten } from './file-errors.ts';
import type { FileHead } from './file-head.ts';
import { safeFileName } from './names.ts';
import { findPart, openPart, partOf, partsIn, removePart } from './part-file.ts';
import type { Target } from './target.ts';

export interface FileTargetOptions {
	/** null: the document's name, in the directory at hand. */
	readonly out: string | null;
	/** Whether a file that is there is replaced. */
	readonly force: boolean;
	/** Asks for the head of the file, without its bytes; null: it can't be had. */
	readonly askHead: () => Promise<FileHead | null>;
}

/** A file that has its name once it is complete; until then there is an incomplete one beside it, with which another run goes on. */
export function fileTarget({ out, force, askHead }: FileTargetOptions): Target {
	let path: string | null = null;
	/** What is or will be written to. */
	let part: { readonly path: string; readonly tag: string } | null = null;
	let file: FileHandle | null = null;
	let size = 0;

	async function settleOn(name: string): Promise<string> {
		await assertFree(name, force);
		path = name;
		return name;
	}

	async function drop(): Promise<void> {
		await file?.close();
		file = null;
		if (part) await removePart(part.path);
		part = null;
		size = 0;
	}

	return {
		async found() {
			if (file && part) return size > 0 ? { tag: part.tag, size } : null;
			if (path === null && out !== null) await settleOn(out);
			// Only where there may be something to go on with is the name worth a question.
			if (path === null && (await partsIn('.')).length > 0) {
				const head = await askHead();
				if (head) await settleOn(safeFileName(head.name));
			}
			const left = path === null ? null : await findPart(path);
			part = left;
			size = left?.size ?? 0;
			return left && size > 0 ? left : null;
		},
		discard: drop,
		async begin(head) {
			const own = partOf(path ?? (await settleOn(safeFileName(head.name))), head.tag);
			if (part && part.path !== own) await drop();
			file ??= await openPart(own);
			part = { path: own, tag: head.tag };
			// Nothing is cut off: whoever else fetches the same file to here writes the same bytes to the same places.
			size = head.start;
		},
		async write(piece) {
			if (!file) throw new Error('Nothing is begun.');
			for (let written = 0; written < piece.length; ) {
				const { bytesWritten } = await file.write(piece, written, piece.length - written, size).catch(throwUnwritten);
				written += bytesWritten;
				size += bytesWritten;
			}
		},
		async finish(head) {
			if (!file || !part || path === null) throw new Error('Nothing is begun.');
			await file.truncate(head.total).catch(throwUnwritten);
			await file.sync().catch(throwUnwritten);
			await file.close();
			file = null;
			await publish(part.path, path, force);
			return path;
		},
		async leave() {
			await file?.close();
			file = null;
			if (part && size === 0) await removePart(part.path);
			return size > 0;
		},
	};
}

const throwUnwritten = (error: unknown): never => {
	throw whyUnwritten(error);
};

/** @throws FirmsealError CONFLICT for a place that is taken, BAD_USER_INPUT for one that can't be written */
async function assertFree(path: string, force: boolean): Promise<void> {
	const directory = await stat(dirname(path)).catch(throwUnwritten);
	if (!directory.isDirectory()) throwUnwritten({ code: 'ENOTDIR' });
	const there = await lstat(path).catch((error: unknown) =>
		codeOf(error) === 'ENOENT' ? null : throwUnwritten(error),
	);
	if (there === null) return;
	if (there.isDirectory()) throwUnwritten({ code: 'EISDIR' });
	if (!there.isFile() && !there.isSymbolicLink())
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'This is no file that can be replaced: name another, or use --out - and the shell.',
		);
	if (!force) throw taken();
}

const taken = () =>
	new FirmsealError('CONFLICT', 'There is a file of this name: name another by --out, or replace it with --force.');

/** Gives it its name at once. Without force by a link, which fails where a file has come meanwhile. */
async function publish(part: string, path: string, force: boolean): Promise<void> {
	await assertFree(path, force);
	const isLinked = !force && (await link(part, path).then(() => true, refusedLink));
	if (isLinked) await removePart(part);
	else await rename(part, path).catch(throwUnwritten);
	// That the name is there after a power cut: where a directory can't be told so, it is there soon.
	const directory = await open(dirname(path), 'r').catch(() => null);
	await directory?.sync().catch(() => {});
	await directory?.close();
}

/** Some file systems have no links. */
function refusedLink(error: unknown): false {
	if (codeOf(error) === 'EEXIST') throw taken();
	return false;
}
