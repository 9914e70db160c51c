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

/** A leaf as its tree has it: of the root tree, the text behind the JSON string. */
export interface AnchoredLeaf {
	readonly origin: string;
	/** In its tree. */
	readonly index: number;
	readonly leaf: string;
}

export interface Anchor extends AnchorHeader {
	/** In their order in the file: firms' trees, then the root tree. */
	readonly sections: readonly AnchorSection[];
	/** Signed note of the root tree with the leaves to here. */
	readonly note: string;
}

/** What is shown while an anchor is read. Nothing of it is proven; an AuditProofError from one of them names the line. */
export interface AnchorListeners {
	readonly onHeader?: (header: AnchorHeader) => void | Promise<void>;
	readonly onSection?: (section: AnchorSection) => void | Promise<void>;
	readonly onLeaf?: (leaf: AnchoredLeaf) => void | Promise<void>;
	readonly onNote?: (note: string) => void | Promise<void>;
}

export interface ReadAnchorOptions extends AnchorListeners {
	/** The root tree's. Unless given, the form alone is checked, and no signature. */
	readonly vkeys?: readonly string[];
}

/**
 * Reads one anchor (FORMAT.md, "Anchor"), whose lines come from linesOf(): that it is whole and in its canonical form, and by
 * whom it is signed. Whether its leaves lead to what is signed is only seen in the chain of all: createAnchorChain().
 * @throws AuditProofError that names the line which is wrong, and never what it holds.
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
 * The vkey of the root tree that the log says it began with, from its first anchor. It is believed only by who was told so elsewhere.
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

/** Up to the one of the root tree, which is the last. */
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
