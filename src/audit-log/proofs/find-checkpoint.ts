import { rangesOfInclusion } from '../../audit/index.ts';
import {
	type PublishedCheckpointRow,
	type RootCheckpointRow,
	selectPublishedCheckpoint,
	selectRootCheckpoint,
	selectRootCheckpointOfSize,
	type Transaction,
} from '../../database/index.ts';
import { readRanges } from '../leader/index.ts';

export interface RootInclusion {
	readonly index: number;
	/** Size of the root tree, as its note has it. */
	readonly size: number;
	/** RFC 6962 section 2.1.1, lowest first. */
	readonly hashes: readonly Uint8Array[];
	/** The checkpoint of the root tree. */
	readonly note: string;
}

/** A signed checkpoint that is published. Someone who keeps it can hold the log to it. */
export interface PublishedCheckpoint {
	/** Firm id, or the nil UUID for entries of no firm; null for the root tree. */
	readonly tree: string | null;
	readonly origin: string;
	readonly size: number;
	/** 32 bytes. */
	readonly root: Uint8Array;
	/** A C2SP signed note. */
	readonly note: string;
	readonly createdAt: Date;
	/** null for the root tree itself. */
	readonly rootInclusion: RootInclusion | null;
}

/** The newest published checkpoint of a tree (null for the root tree), or the one of exactly `size`; null if none is published. */
export async function findCheckpoint(
	tx: Transaction,
	tree: string | null,
	size: number | null = null,
): Promise<PublishedCheckpoint | null> {
	if (tree === null) {
		const row = await (size === null ? selectRootCheckpoint(tx) : selectRootCheckpointOfSize(tx, size));
		return row && toPublishedRootCheckpoint(row);
	}
	const row = await selectPublishedCheckpoint(tx, tree, size);
	if (!row) return null;
	const [hashes = []] = await readRanges(tx, [{ tree: null, ranges: rootRangesOf(row) }]);
	return toPublishedCheckpoint(tree, row, hashes);
}

/** The ranges of the root tree that prove that it contains a checkpoint. */
export const rootRangesOf = ({ index, root }: PublishedCheckpointRow) => rangesOfInclusion(index, root.size);

export const toPublishedCheckpoint = (
	tree: string,
	{ index, note, createdAt, root }: PublishedCheckpointRow,
	hashes: readonly Uint8Array[],
): PublishedCheckpoint => ({
	tree,
	...parseOwnNote(note),
	note,
	createdAt,
	rootInclusion: { index, size: root.size, hashes, note: root.note },
});

const toPublishedRootCheckpoint = ({ note, createdAt }: RootCheckpointRow): PublishedCheckpoint => ({
	tree: null,
	...parseOwnNote(note),
	note,
	createdAt,
	rootInclusion: null,
});

/** Reads a note that Firmseal wrote; it is not verified. */
export function parseOwnNote(note: string): Pick<PublishedCheckpoint, 'origin' | 'size' | 'root'> {
	const [origin = '', size = '', root = ''] = note.split('\n');
	return { origin, size: Number(size), root: new Uint8Array(Buffer.from(root, 'base64')) };
}
