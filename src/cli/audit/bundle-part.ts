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

/** Of a bundle that is incomplete. */
interface OpenFile {
	/** Where the bundle will be. */
	readonly path: string;
	/** Where it is until then. */
	readonly partPath: string;
	readonly file: FileHandle;
	readonly releaseLock: () => Promise<void>;
}

/** A bundle that is incomplete, beside where it will be: header and leaves so far. One run has it at a time. */
export class BundlePart {
	readonly #open: OpenFile;
	#found: ExportedBundleHeader | null = null;
	#tree = new Frontier(nodeSha256);
	#bytes = 0;

	constructor(open: OpenFile) {
		this.#open = open;
	}

	/** Header of an earlier attempt; null: there is none of use. */
	get found(): ExportedBundleHeader | null {
		return this.#found;
	}

	/** Leaves that are in it. */
	get leaves(): number {
		return this.#tree.size;
	}

	/** Over those, 32 bytes in base64. */
	root(): string {
		return Buffer.from(this.#tree.root()).toString('base64');
	}

	/** Complete lines of an earlier attempt are kept, up to as many leaves as its header says. */
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

	/** Takes out what is in it, and writes a header. */
	async begin(header: ExportedBundleHeader): Promise<void> {
		await this.#open.file.truncate(0).catch(throwWriteError);
		this.#bytes = 0;
		this.#tree = new Frontier(nodeSha256);
		await this.#write(headerLine(header));
	}

	/** Leaves without their line ends. */
	async append(leaves: readonly string[]): Promise<void> {
		await this.#write(leaves.map((leaf) => `${leaf}\n`).join(''));
		for (const leaf of leaves) this.#tree.append(hashOfLeaf(nodeSha256, Buffer.from(leaf)));
	}

	/** Writes the footer and gives the file its name. */
	async finish(footer: string, force: boolean): Promise<void> {
		const { file, partPath, path, releaseLock } = this.#open;
		await this.#write(footer);
		await file.sync().catch(throwWriteError);
		await file.close();
		await publishPartFile(partPath, path, force);
		await releaseLock();
	}

	/** Lets go of it; leaves that are in it are found again. */
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

/** @throws FirmsealError CONFLICT; what keeps it from being written */
export async function openBundlePart(path: string): Promise<BundlePart> {
	const partPath = partOf(path, 'bundle');
	// First: what another run writes to may have the name of a finished bundle a moment later.
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
/** Bytes that are read at once. */
const PIECE = 1024 ** 2;

/** Complete lines without their ends, until one is longer than any of a bundle. */
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
