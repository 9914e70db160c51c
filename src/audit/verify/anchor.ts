import {
	type AnchorHeader,
	type AnchorSection,
	parseAnchorEnd,
	parseAnchorHeader,
	parseAnchorSection,
	parseRootLine,
} from './anchor-lines.ts';
import { AuditProofError } from './audit-proof-error.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type LineReader, readLines } from './line-reader.ts';
import { linesOf } from './lines.ts';
import { parseFirmOrigin, rootOriginOf } from './origin.ts';
import { signerKeyOf } from './root-leaf.ts';
import { trustKeys } from './trusted-keys.ts';

/** A leaf in an anchor. */
export interface AnchoredLeaf {
	readonly origin: string;
	/** Index in its tree. */
	readonly index: number;
	/** The leaf as in its tree: for the root tree, the value of the JSON string. */
	readonly leaf: string;
}

export interface Anchor extends AnchorHeader {
	/** In the order of the file: firms' trees, then the root tree. */
	readonly sections: readonly AnchorSection[];
	/** Signed note of the root tree with all leaves up to this anchor. */
	readonly note: string;
}

/** Called while an anchor is read, before anything is proven. An AuditProofError that a listener throws gets the number of the line. */
export interface AnchorListeners {
	readonly onHeader?: (header: AnchorHeader) => void | Promise<void>;
	readonly onSection?: (section: AnchorSection) => void | Promise<void>;
	readonly onLeaf?: (leaf: AnchoredLeaf) => void | Promise<void>;
	readonly onNote?: (note: string) => void | Promise<void>;
}

export interface ReadAnchorOptions extends AnchorListeners {
	/** Keys of the root tree. Without them, only the form is checked, and no signature. */
	readonly vkeys?: readonly string[];
}

/**
 * Reads one anchor (FORMAT.md, "Anchor") from the lines of linesOf(), and checks that it is complete, canonical and signed. Only the chain
 * of all anchors can show that its leaves lead to the signed roots: createAnchorChain().
 * @throws AuditProofError that names the wrong line, and never its content.
 */
export function readAnchor(lines: AsyncIterable<string>, options: ReadAnchorOptions): Promise<Anchor> {
	return readLines(lines, async (reader) => {
		const header = await reader.next(async (line) => {
			const header = parseAnchorHeader(line);
			await options.onHeader?.(header);
			return header;
		});
		const sections = await readSections(reader, rootOriginOf(header.installation), options);
		const note = await reader.next(async (line) => {
			const note = parseAnchorEnd(line);
			if (options.vkeys !== undefined) await checkNote(note, options.vkeys, sections.at(-1) as AnchorSection);
			await options.onNote?.(note);
			return note;
		});
		await reader.end();
		return { ...header, sections, note };
	});
}

/**
 * The vkey of the root tree with which the log claims to begin, from its first anchor. The caller must compare it with a trusted source.
 * @throws AuditProofError
 */
export async function readFirstKey(anchor: AsyncIterable<Uint8Array>, installation: string): Promise<string> {
	let key: string | null = null;
	await readAnchor(linesOf(anchor), {
		onLeaf({ origin, index, leaf }) {
			if (origin === rootOriginOf(installation) && index === 0) key = signerKeyOf(leaf);
		},
	});
	if (key === null) throw new AuditProofError('The log does not begin with a verifier key.');
	return key;
}

/** Reads the sections up to that of the root tree, which is the last. */
async function readSections(reader: LineReader, root: string, options: ReadAnchorOptions): Promise<AnchorSection[]> {
	const sections: AnchorSection[] = [];
	while (sections.at(-1)?.origin !== root) {
		const before = sections.at(-1)?.origin ?? '';
		const section = await reader.next(async (line) => {
			const section = parseAnchorSection(line);
			checkOrder(before, section.origin, root);
			await options.onSection?.(section);
			return section;
		});
		await readLeaves(reader, section, section.origin === root ? parseRootLine : (line) => line, options);
		sections.push(section);
	}
	return sections;
}

async function readLeaves(
	reader: LineReader,
	{ origin, from, to }: AnchorSection,
	parse: (line: string) => string,
	{ onLeaf }: ReadAnchorOptions,
): Promise<void> {
	for (let index = from; index < to; index++) {
		await reader.next((line) => {
			const leaf = parse(line);
			return onLeaf?.({ origin, index, leaf });
		});
	}
}

function checkOrder(before: string, origin: string, root: string): void {
	if (origin === root) return;
	if (parseFirmOrigin(origin).root !== root) {
		throw new AuditProofError('A section is of a tree of another installation than the anchor.');
	}
	if (origin <= before) throw new AuditProofError('The sections are not in the order of their origins.');
}

async function checkNote(note: string, vkeys: readonly string[], { origin, to }: AnchorSection): Promise<void> {
	const checkpoint: Checkpoint = await (await trustKeys(vkeys, origin)).openCheckpoint(note, origin);
	if (checkpoint.size !== to)
		throw new AuditProofError('The checkpoint has another size than the section of the root tree.');
}
