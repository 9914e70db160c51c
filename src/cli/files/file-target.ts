import { type FileHandle, lstat } from 'node:fs/promises';
import { FirmsealError } from '../../errors.ts';
import type { FileHead } from './file-head.ts';
import { safeFileName } from './names.ts';
import { findPart, openPart, partOf, partsIn, removePart } from './part-file.ts';
import { assertPathFree, publishPartFile, throwWriteError } from './publish-part-file.ts';
import { sha256Of } from './sha256-of.ts';
import type { Target } from './target.ts';

interface FileTargetOptions {
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
 * A file that gets its name once it is complete; until then there is an incomplete one beside it. Another run goes on with that only if the
 * API says what must come of it: what has the name of an incomplete file may have come from elsewhere.
 */
export class FileTarget implements Target {
	readonly #options: FileTargetOptions;
	/** null: not known before the file's head. */
	#path: string | null = null;
	/** What is or will be written to. */
	#part: { readonly path: string; readonly tag: string } | null = null;
	#file: FileHandle | null = null;
	#size = 0;
	/** The SHA-256 that the whole must have if an earlier run has left a part of it; null: all of it comes in this run. */
	#expected: string | null = null;

	constructor(options: FileTargetOptions) {
		this.#options = options;
	}

	async found(): Promise<{ readonly tag: string; readonly size: number } | null> {
		if (this.#file && this.#part) return this.#size > 0 ? { tag: this.#part.tag, size: this.#size } : null;
		const path = await this.#findPath();
		const left = path === null ? null : await findPart(path);
		this.#expected = left && left.size > 0 ? await this.#options.hashOf(left.tag) : null;
		this.#part = left;
		this.#size = this.#expected === null ? 0 : (left?.size ?? 0);
		return this.#expected === null ? null : left;
	}

	/** null: there is nothing to go on with, so the name can wait for the file's head. */
	async #findPath(): Promise<string | null> {
		const { out, askHead } = this.#options;
		if (this.#path !== null) return this.#path;
		if (out !== null) return this.#settleOn(out);
		// The name is worth a question only if there may be something to go on with.
		const head = (await partsIn('.')).length > 0 ? await askHead() : null;
		return head && this.#settleOn(safeFileName(head.name));
	}

	async #settleOn(path: string): Promise<string> {
		await assertPathFree(path, this.#options.force);
		this.#path = path;
		return path;
	}

	async discard(): Promise<void> {
		const path = this.#part && (await this.#isOwn()) ? this.#part.path : null;
		await this.#close();
		if (path !== null) await removePart(path);
		this.#part = null;
		this.#size = 0;
		this.#expected = null;
	}

	async begin(head: FileHead): Promise<void> {
		const own = partOf(this.#path ?? (await this.#settleOn(safeFileName(head.name))), head.tag);
		if (this.#part && this.#part.path !== own) await this.discard();
		this.#file ??= await openPart(own);
		this.#part = { path: own, tag: head.tag };
		// Nothing is cut off: another run that fetches the same file to here writes the same bytes to the same positions.
		this.#size = head.start;
	}

	async write(piece: Uint8Array): Promise<void> {
		const { file } = this.#begun();
		for (let written = 0; written < piece.length; ) {
			const rest = piece.length - written;
			const { bytesWritten } = await file.write(piece, written, rest, this.#size).catch(throwWriteError);
			written += bytesWritten;
			this.#size += bytesWritten;
		}
	}

	async isWhole(head: FileHead): Promise<boolean> {
		const { file } = this.#begun();
		await file.truncate(head.total).catch(throwWriteError);
		if (this.#expected === null) return true;
		return this.#expected === (await sha256Of(file.createReadStream({ start: 0, autoClose: false })));
	}

	async finish(): Promise<string> {
		const { file, part, path } = this.#begun();
		await file.sync().catch(throwWriteError);
		if (!(await this.#isOwn())) {
			await this.discard();
			throw new FirmsealError(
				'CONFLICT',
				'Another command has fetched the same file to this place meanwhile: look whether it is there, or begin again.',
			);
		}
		await this.#close();
		await publishPartFile(part.path, path, this.#options.force);
		return path;
	}

	async leave(): Promise<boolean> {
		const isKept = this.#size > 0;
		if (isKept) await this.#close();
		else await this.discard();
		return isKept;
	}

	#begun() {
		if (!this.#file || !this.#part || this.#path === null) throw new Error('Nothing is begun.');
		return { file: this.#file, part: this.#part, path: this.#path };
	}

	/** Whether the file with the part's name is the one that this run writes to: another run may have published or removed it. */
	async #isOwn(): Promise<boolean> {
		if (!this.#file || !this.#part) return this.#part !== null;
		const there = await lstat(this.#part.path, { bigint: true }).catch(() => null);
		const own = await this.#file.stat({ bigint: true });
		return there?.ino === own.ino && there.dev === own.dev;
	}

	async #close(): Promise<void> {
		await this.#file?.close();
		this.#file = null;
	}
}
