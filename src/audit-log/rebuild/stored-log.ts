import { Frontier, hashOfLeaf, subtreesIn } from '../../audit/index.ts';
import {
	type AnchoredLeafRow,
	areLogCountsSound,
	countRootLeaves,
	type Plane,
	selectAuditState,
	selectCheckpointToAnchor,
	selectLeavesToAnchor,
	selectProofHashes,
	selectRootLeavesToAnchor,
	selectTreeSizes,
	type Transaction,
} from '../../database/index.ts';
import { anchorLines } from '../anchors/index.ts';
import { MissingLeavesError, nodeSha256, readSubtrees } from '../leader/index.ts';
import type { AnchoredLog } from './anchored-log.ts';

/** Leaves per query. */
const PAGE = 1_000;

export interface StoredLog {
	/** Plane of the role that keeps the log. */
	readonly plane: Pick<Plane, 'read'>;
	/** A connection for queries over the whole log, without a time limit. */
	readonly tx: Transaction;
	readonly installation: string;
}

/**
 * True if a log that has everything that is anchored continues soundly after the anchors: the next anchor would be accepted, the hashes
 * match the entries, and the recorded counts are right. Calls `onRoot` for each size of the root tree.
 */
export async function isSoundAfterAnchors(
	{ plane, tx, installation }: StoredLog,
	log: AnchoredLog,
	onRoot: (tree: Pick<Frontier, 'size' | 'root'>) => void,
): Promise<boolean> {
	const { state, newest } = await plane.read(null, async (read) => ({
		state: await selectAuditState(read),
		newest: await selectCheckpointToAnchor(read),
	}));
	if (!(await areLogCountsSound(tx)) || state.installation !== installation || newest === null) return false;
	if (newest.size > log.root.size) {
		const header = { incarnation: newest.incarnation, installation, ...log.next };
		const lines = anchorLines({ plane }, { header, since: log.root.size, checkpoint: newest });
		if (!(await log.accepts(lines))) return false;
	}
	try {
		return (await areTreesSound(plane, tx, log)) && (await isRootSound(plane, log, onRoot));
	} catch (error) {
		if (error instanceof MissingLeavesError) return false;
		throw error;
	}
}

async function areTreesSound(plane: Pick<Plane, 'read'>, tx: Transaction, { sizes }: AnchoredLog): Promise<boolean> {
	for (const [tree, size] of await selectTreeSizes(tx)) {
		const isSound = await isContinuedSoundly(plane, {
			tree,
			from: sizes.get(tree) ?? 0,
			to: size,
			leaves: (tx, range) => selectLeavesToAnchor(tx, { tree, ...range }),
			onGrown: () => {},
		});
		if (!isSound) return false;
	}
	return true;
}

const isRootSound = async (
	plane: Pick<Plane, 'read'>,
	{ root }: AnchoredLog,
	onGrown: (tree: Frontier) => void,
): Promise<boolean> =>
	isContinuedSoundly(plane, {
		tree: null,
		from: root.size,
		to: await plane.read(null, countRootLeaves),
		leaves: selectRootLeavesToAnchor,
		onGrown,
	});

interface TreeGrowth {
	/** null for the root tree. */
	readonly tree: string | null;
	readonly from: number;
	readonly to: number;
	readonly leaves: (
		tx: Transaction,
		range: { readonly from: number; readonly to: number },
	) => Promise<readonly AnchoredLeafRow[]>;
	readonly onGrown: (tree: Frontier) => void;
}

/** True if each leaf exists and its stored hashes are what the tree gives. */
async function isContinuedSoundly(
	plane: Pick<Plane, 'read'>,
	{ tree, from, to, leaves, onGrown }: TreeGrowth,
): Promise<boolean> {
	const subtrees = subtreesIn({ start: 0, end: from }).map((subtree) => ({ tree, subtree }));
	const edge = await plane.read(null, (tx) => readSubtrees(tx, subtrees));
	const frontier = new Frontier(nodeSha256, from, edge);
	for (let start = from; start < to; start += PAGE) {
		const range = { from: start, to: Math.min(start + PAGE, to) };
		const places = Array.from({ length: range.to - range.from }, (_, at) => ({ tree, index: range.from + at }));
		const [rows, stored] = await plane.read(
			null,
			async (tx) => [await leaves(tx, range), await selectProofHashes(tx, places)] as const,
		);
		if (rows.length !== places.length) return false;
		for (const [at, { leaf }] of rows.entries()) {
			const grown = frontier.append(hashOfLeaf(nodeSha256, Buffer.from(leaf ?? '')));
			if (leaf === null || Buffer.compare(grown, stored[at] ?? Buffer.alloc(0)) !== 0) return false;
			onGrown(frontier);
		}
	}
	return true;
}
