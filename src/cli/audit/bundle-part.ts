import type { FileHandle } from 'node:fs/promises';
import { Frontier, hashOfLeaf, MAX_LEAF_BYTES } from '../../audit/index.ts';
import { nodeSha256 } from '../../audit-log/keeper/index.ts';
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

/** A bundle that is incomplete, beside where it will be: header and leaves so far. One run has it at a time. */
export interface BundlePart {
	/** Of an earlier attempt; null: there is none of use. */
	readonly found: ExportedBundleHeader | null;
	/** Leaves that are in it. */
	readonly leaves: number;
	/** Over those, 32 bytes in base64. */
	root(): string;
	/** Takes out what is in it, and writes a header. */
	begin(header: ExportedBundleHeader): Promise<void>;
	/** Leaves without their line ends. */
	append(leaves: readonly string[]): Promise<void>;
	/** Writes the footer and gives the file its name. */
	finish(footer: string, force: boolean): Promise<void>;
	/** Lets go of it; leaves that are in it are found again. */
	leave(): Promise<void>;
}

/** Complete lines of an earlier attempt are kept, up to as many leaves as its header says. @throws FirmsealError CONFLICT; what keeps it from being written */
export async function openBundlePart(path: string): Promise<BundlePart> {
	const place = partOf(path, 'bundle');
	// First: what another run writes to may have the name of a finished bundle a moment later.
	const letGo = await acquireLockFile(lockOf(place));
	const file = await openPart(place).catch(async (error: unknown) => {
		await letGo();
		throw error;
	});
	let tree = new Frontier(nodeSha256);
	let found: ExportedBundleHeader | null = null;
	let bytes = 0;

	async function write(text: string): Promise<void> {
		const buffer = Buffer.from(text);
		for (let written = 0; written < buffer.length; ) {
			const { bytesWritten } = await file.write(buffer, written, buffer.length - written, bytes).catch(throwWriteError);
			written += bytesWritten;
			bytes += bytesWritten;
		}
	}

	try {
		for await (const line of linesOf(file)) {
			if (found === null) found = parseHeader(line.toString());
			else tree.append(hashOfLeaf(nodeSha256, line));
			if (found === null) break;
			bytes += line.length + 1;
			if (tree.size === found.size) break;
		}
		await file.truncate(bytes).catch(throwWriteError);
	} catch (error) {
		await file.close();
		await letGo();
		throw error;
	}

	return {
		found,
		get leaves() {
			return tree.size;
		},
		root: () => Buffer.from(tree.root()).toString('base64'),
		async begin(header) {
			await file.truncate(0).catch(throwWriteError);
			bytes = 0;
			tree = new Frontier(nodeSha256);
			await write(headerLine(header));
		},
		async append(leaves) {
			await write(leaves.map((leaf) => `${leaf}\n`).join(''));
			for (const leaf of leaves) tree.append(hashOfLeaf(nodeSha256, Buffer.from(leaf)));
		},
		async finish(footer, force) {
			await write(footer);
			await file.sync().catch(throwWriteError);
			await file.close();
			await publishPartFile(place, path, force);
			await letGo();
		},
		async leave() {
			await file.close();
			if (tree.size === 0) await removePart(place);
			await letGo();
		},
	};
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
