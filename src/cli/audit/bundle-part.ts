import type { FileHandle } from 'node:fs/promises';
import { Frontier, hashOfLeaf, MAX_LEAF_BYTES } from '../../audit/index.ts';
import { nodeSha256 } from '../../audit-log/leader/index.ts';
import {
	acquireLockFile,
	lockOf,
	openPart,
	partOf,
	publishPartFile,
	removePart,
	throwWriteError,
} from '../files/index.ts';
import { type ExportedBundleHeader, headerLine, parseHeader } from './bundle.ts';

interface OpenFile {
	/** Of the finished bundle. */
	readonly path: string;
	/** Of the incomplete bundle. */
	readonly partPath: string;
	readonly file: FileHandle;
	readonly releaseLock: () => Promise<void>;
}

/** An incomplete bundle, in a file beside the path of the finished one: the header and the leaves so far. Only one run writes to it at a time. */
export class BundlePart {
	readonly #open: OpenFile;
	#found: ExportedBundleHeader | null = null;
	#tree = new Frontier(nodeSha256);
	#bytes = 0;

	constructor(open: OpenFile) {
		this.#open = open;
	}

	/** The header that an earlier attempt left; null if there is no usable one. */
	get found(): ExportedBundleHeader | null {
		return this.#found;
	}

	/** The number of leaves so far. */
	get leaves(): number {
		return this.#tree.size;
	}

	/** The root hash over the leaves so far: 32 bytes in base64. */
	root(): string {
		return Buffer.from(this.#tree.root()).toString('base64');
	}

	/** Keeps the complete lines of an earlier attempt, up to the number of leaves in its header, and cuts the rest off. */
	async keepCompleteLines(): Promise<void> {
		const { file } = this.#open;
		for await (const line of linesOf(file)) {
			if (this.#found === null) this.#found = parseHeader(line.toString());
			else this.#tree.append(hashOfLeaf(nodeSha256, line));
			if (this.#found === null) break;
			this.#bytes += line.length + 1;
			if (this.#tree.size === this.#found.size) break;
		}
		await file.truncate(this.#bytes).catch(throwWriteError);
	}

	/** Empties the file and writes a header. */
	async begin(header: ExportedBundleHeader): Promise<void> {
		await this.#open.file.truncate(0).catch(throwWriteError);
		this.#bytes = 0;
		this.#tree = new Frontier(nodeSha256);
		await this.#write(headerLine(header));
	}

	/** `leaves` have no line ends. */
	async append(leaves: readonly string[]): Promise<void> {
		await this.#write(leaves.map((leaf) => `${leaf}\n`).join(''));
		for (const leaf of leaves) this.#tree.append(hashOfLeaf(nodeSha256, Buffer.from(leaf)));
	}

	/** Writes the footer, renames the file to its final name, and releases the lock. */
	async finish(footer: string, force: boolean): Promise<void> {
		const { file, partPath, path, releaseLock } = this.#open;
		await this.#write(footer);
		await file.sync().catch(throwWriteError);
		await file.close();
		await publishPartFile(partPath, path, force);
		await releaseLock();
	}

	/** Closes the file and releases the lock. A later run finds the leaves again; a file without leaves is removed. */
	async leave(): Promise<void> {
		await this.#open.file.close();
		if (this.leaves === 0) await removePart(this.#open.partPath);
		await this.#open.releaseLock();
	}

	async #write(text: string): Promise<void> {
		const buffer = Buffer.from(text);
		for (let written = 0; written < buffer.length; ) {
			const rest = buffer.length - written;
			const { bytesWritten } = await this.#open.file.write(buffer, written, rest, this.#bytes).catch(throwWriteError);
			written += bytesWritten;
			this.#bytes += bytesWritten;
		}
	}
}

/** @throws FirmsealError CONFLICT if another run has the file; the error if the file can't be written */
export async function openBundlePart(path: string): Promise<BundlePart> {
	const partPath = partOf(path, 'bundle');
	// Before the file is opened: a moment later another run could have renamed the file that it writes to.
	const releaseLock = await acquireLockFile(lockOf(partPath));
	const file = await openPart(partPath).catch(async (error: unknown) => {
		await releaseLock();
		throw error;
	});
	const part = new BundlePart({ path, partPath, file, releaseLock });
	try {
		await part.keepCompleteLines();
		return part;
	} catch (error) {
		await file.close();
		await releaseLock();
		throw error;
	}
}

const LINE_END = 0x0a;
/** Bytes of one read. */
const PIECE = 1024 ** 2;

/** Yields the complete lines without their ends. Stops at a line that is longer than any line of a bundle. */
async function* linesOf(file: FileHandle): AsyncGenerator<Buffer> {
	let rest: Buffer = Buffer.alloc(0);
	for (let position = 0; rest.length <= MAX_LEAF_BYTES; ) {
		const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PIECE), 0, PIECE, position).catch(throwWriteError);
		if (bytesRead === 0) return;
		position += bytesRead;
		rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
		let start = 0;
		for (let end = rest.indexOf(LINE_END); end !== -1; end = rest.indexOf(LINE_END, start)) {
			yield rest.subarray(start, end);
			start = end + 1;
		}
		rest = rest.subarray(start);
	}
}
