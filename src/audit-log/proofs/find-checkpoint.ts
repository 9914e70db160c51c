import { rangesOfInclusion } from '../../audit/index.ts';
import {
	type PublishedCheckpointRow,
	type RootCheckpointRow,
	selectPublishedCheckpoint,
	selectRootCheckpoint,
	selectRootCheckpointOfSize,
	type Transaction,
} from '../../database/index.ts';
import { readHashes } from './read-hashes.ts';

/** Where a checkpoint of a firm's tree is in the root tree, and the proof. */
export interface RootInclusion {
	readonly index: number;
	/** Of the root tree, as its note has it. */
	readonly size: number;
	/** RFC 6962 section 2.1.1, lowest first. */
	readonly hashes: readonly Uint8Array[];
	/** The checkpoint of the root tree. */
	readonly note: string;
}

/** A signed checkpoint that is published: whoever keeps it has the log by its word. */
export interface PublishedCheckpoint {
	/** Firm id, or the nil UUID for entries of no firm; null: the root tree. */
	readonly tree: string | null;
	readonly origin: string;
	readonly size: number;
	/** 32 bytes. */
	readonly root: Uint8Array;
	/** A C2SP signed note. */
	readonly note: string;
	readonly createdAt: Date;
	/** null of the root tree itself. */
	readonly rootInclusion: RootInclusion | null;
}

/** The newest checkpoint of a tree, null the root tree, or that of exactly the size; null: there is none that is published. */
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
	const [hashes = []] = await readHashes(tx, [{ tree: null, ranges: rootRangesOf(row) }]);
	return toPublishedCheckpoint(tree, row, hashes);
}

/** What is to be read for the proof that a checkpoint is in the root tree. */
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

/** What a note of our own says. */
export function parseOwnNote(note: string): Pick<PublishedCheckpoint, 'origin' | 'size' | 'root'> {
	const [origin = '', size = '', root = ''] = note.split('\n');
	return { origin, size: Number(size), root: new Uint8Array(Buffer.from(root, 'base64')) };
}
