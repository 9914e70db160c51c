import { type FileHandle, lstat } from 'node:fs/promises';
import { FirmsealError } from '../../errors.ts';
import type { FileHead } from './file-head.ts';
import { safeFileName } from './names.ts';
import { findPart, openPart, partOf, partsIn, removePart } from './part-file.ts';
import { assertPathFree, publishPartFile, throwWriteError } from './publish-part-file.ts';
import { sha256Of } from './sha256-of.ts';
import type { Target } from './target.ts';

export interface FileTargetOptions {
	/** null: the document's name, in the directory at hand. */
	readonly out: string | null;
	/** Whether a file that is there is replaced. */
	readonly force: boolean;
	/** Asks for the head of the file, without its bytes; null: it can't be had. */
	readonly askHead: () => Promise<FileHead | null>;
	/** The SHA-256 of a version's file, in hex, as the API knows it; null: not told. */
	readonly hashOf: (versionId: string) => Promise<string | null>;
}

/**
 * A file that has its name once it is complete; until then there is an incomplete one beside it. Another run goes on with that where the API
 * tells what comes of it: whatever has the name of an incomplete file may have come from elsewhere.
 */
export function fileTarget({ out, force, askHead, hashOf }: FileTargetOptions): Target {
	let path: string | null = null;
	/** What is or will be written to. */
	let part: { readonly path: string; readonly tag: string } | null = null;
	let file: FileHandle | null = null;
	let size = 0;
	/** What the whole must be, of which an earlier run has left a part; null: all of it comes in this run. */
	let expected: string | null = null;

	async function settleOn(name: string): Promise<string> {
		await assertPathFree(name, force);
		path = name;
		return name;
	}

	/** Whether what has the part's name is what this run writes to: another run may have published or removed that. */
	async function isOwn(): Promise<boolean> {
		if (!file || !part) return part !== null;
		const there = await lstat(part.path, { bigint: true }).catch(() => null);
		const own = await file.stat({ bigint: true });
		return there?.ino === own.ino && there.dev === own.dev;
	}

	async function close(): Promise<void> {
		await file?.close();
		file = null;
	}

	async function drop(): Promise<void> {
		const path = part && (await isOwn()) ? part.path : null;
		await close();
		if (path !== null) await removePart(path);
		part = null;
		size = 0;
		expected = null;
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
			expected = left && left.size > 0 ? await hashOf(left.tag) : null;
			part = left;
			size = expected === null ? 0 : (left?.size ?? 0);
			return expected === null ? null : left;
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
				const { bytesWritten } = await file.write(piece, written, piece.length - written, size).catch(throwWriteError);
				written += bytesWritten;
				size += bytesWritten;
			}
		},
		async isWhole(head) {
			if (!file) throw new Error('Nothing is begun.');
			await file.truncate(head.total).catch(throwWriteError);
			return expected === null || expected === (await sha256Of(file.createReadStream({ start: 0, autoClose: false })));
		},
		async finish() {
			if (!file || !part || path === null) throw new Error('Nothing is begun.');
			await file.sync().catch(throwWriteError);
			if (!(await isOwn())) {
				await drop();
				throw new FirmsealError(
					'CONFLICT',
					'Another command has fetched the same file to this place meanwhile: look whether it is there, or begin again.',
				);
			}
			await close();
			await publishPartFile(part.path, path, force);
			return path;
		},
		async leave() {
			const isKept = size > 0;
			if (isKept) await close();
			else await drop();
			return isKept;
		},
	};
}
