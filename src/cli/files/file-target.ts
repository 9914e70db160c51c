import type { FileHandle } from 'node:fs/promises';
import type { FileHead } from './file-head.ts';
import { safeFileName } from './names.ts';
import { findPart, openPart, partOf, partsIn, removePart } from './part-file.ts';
import { assertFree, publish, throwUnwritten } from './place.ts';
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
