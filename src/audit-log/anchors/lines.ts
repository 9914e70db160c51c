import { hashOfLeaf } from '../../audit/index.ts';
import {
	type AnchoredLeafRow,
	type AnchoredSection,
	type Plane,
	type SignedRoot,
	selectLeavesToAnchor,
	selectRootLeavesToAnchor,
	selectSectionsToAnchor,
	type Transaction,
} from '../../database/index.ts';
import { nodeSha256, originOf } from '../leader/index.ts';
import { anchorDamagedError } from './anchor-error.ts';

export const ANCHOR_FORMAT = 'firmseal-audit-anchor';

/** Leaves, or trees, per query. A page of the longest leaves has 6.4 MB. */
const PAGE = 100;

/** The first line of an anchor. */
export interface StoredAnchorHeader {
	/** Of the log: 1 at first, one more after each restore. */
	readonly incarnation: number;
	readonly installation: string;
	/** 0, 1, 2 … across all incarnations. */
	readonly number: number;
	/** SHA-256 of the previous anchor in lower-case hexadecimal; null for the first. */
	readonly previous: string | null;
}

export interface AnchorContent {
	readonly header: StoredAnchorHeader;
	/** Earlier anchors have the root tree up to this size. */
	readonly since: number;
	/** The anchor contains everything that this checkpoint covers, and ends with it. */
	readonly checkpoint: SignedRoot;
}

export interface AnchorLinesSource {
	/** Plane of the role that keeps the log. */
	readonly plane: Pick<Plane, 'read'>;
	/** Leaves, or trees, per query. 100 by default. */
	readonly page?: number;
}

/**
 * An anchor, piece by piece: the header, a section for each tree that has new leaves (the root tree's section comes last), and the
 * checkpoint that covers them all. The same rows always give the same bytes. Each leaf is compared with its hash in the tree.
 * @throws AnchorError DAMAGED if a leaf is missing or does not match its hash.
 */
export async function* anchorLines(source: AnchorLinesSource, content: AnchorContent): AsyncGenerator<Uint8Array> {
	const { header, since, checkpoint } = content;
	const { incarnation, installation, number, previous } = header;
	const origin = originOf(installation, null);
	if (!checkpoint.note.startsWith(`${origin}\n${checkpoint.size}\n`))
		throw anchorDamagedError('The newest checkpoint belongs to another installation or has another size');
	// Keys in sorted order, so that each line is canonical (RFC 8785).
	yield line(JSON.stringify({ format: ANCHOR_FORMAT, incarnation, installation, number, previous, v: 1 }));
	for await (const section of sections(source, content)) {
		yield line(JSON.stringify({ from: section.from, origin: originOf(installation, section.tree), to: section.to }));
		yield* leaves(source, section, selectLeavesToAnchor, oneLine);
	}
	const root = { from: since, to: checkpoint.size };
	yield line(JSON.stringify({ from: root.from, origin, to: root.to }));
	yield* leaves(source, root, selectRootLeavesToAnchor, (leaf) => JSON.stringify(leaf));
	yield line(JSON.stringify({ checkpoint: checkpoint.note }));
}

const line = (text: string): Uint8Array => Buffer.from(`${text}\n`);

async function* sections(
	{ plane, page = PAGE }: AnchorLinesSource,
	{ since, checkpoint: { size } }: AnchorContent,
): AsyncGenerator<AnchoredSection> {
	let after: string | null = null;
	for (let isLast = false; !isLast; ) {
		const of = { since, size, after, limit: page };
		const found: AnchoredSection[] = await plane.read(null, (tx) => selectSectionsToAnchor(tx, of));
		yield* found.filter(({ from, to }) => to > from);
		after = found.at(-1)?.tree ?? null;
		isLast = found.length < page;
	}
}

type Range = Pick<AnchoredSection, 'from' | 'to'>;

async function* leaves<Section extends Range>(
	{ plane, page = PAGE }: AnchorLinesSource,
	section: Section,
	select: (tx: Transaction, section: Section) => Promise<AnchoredLeafRow[]>,
	written: (leaf: string) => string,
): AsyncGenerator<Uint8Array> {
	for (let from = section.from; from < section.to; from += page) {
		const to = Math.min(from + page, section.to);
		const rows = await plane.read(null, (tx) => select(tx, { ...section, from, to }));
		if (rows.length !== to - from) throw anchorDamagedError('A leaf of the log is missing');
		yield Buffer.from(rows.map((row) => `${written(checkedLeaf(row))}\n`).join(''));
	}
}

/**
 * The table has the same rule (drizzle/0002_tables_of_the_platform.sql). A leaf that breaks it would make the rest of the anchor
 * unreadable, and an anchor can't be removed.
 */
const PRINTABLE = /^[ -~]{2,65536}$/;

function oneLine(leaf: string): string {
	if (!PRINTABLE.test(leaf))
		throw anchorDamagedError('An entry of the log is not one line of 2 to 65,536 printable ASCII characters');
	return leaf;
}

function checkedLeaf({ leaf, hash }: AnchoredLeafRow): string {
	if (leaf === null) throw anchorDamagedError('An entry of the log is missing');
	if (Buffer.compare(hashOfLeaf(nodeSha256, Buffer.from(leaf)), hash) !== 0)
		throw anchorDamagedError('An entry of the log does not match its hash in the tree');
	return leaf;
}
