import { type AnchoredTree, createAnchoredTree } from './anchored-tree.ts';
import { AuditProofError } from './audit-proof-error.ts';
import { createLeafChecks, type LeafFacts } from './leaf-checks.ts';
import { parseFirmOrigin } from './origin.ts';
import type { SignerHistory } from './signer-history.ts';
import type { Sha256 } from './tree-hasher.ts';

/** The firms' trees of an installation, as a chain of anchors gives them. */
export interface FirmTrees {
	sizeOf(origin: string): number;
	sizes(): [origin: string, size: number][];
	/** @throws AuditProofError when the leaf has no place in this tree. */
	append(origin: string, leaf: string, hash: Uint8Array): void;
	/**
	 * Takes the next checkpoint of the tree that it says to be of.
	 * @throws AuditProofError when it is not signed as it must be, or the tree's leaves do not lead to it.
	 */
	cover(origin: string, note: string): Promise<void>;
	/** @throws AuditProofError when there are leaves that no checkpoint covers: anybody could have added them. */
	checkCovered(): void;
}

interface FirmTree {
	readonly tree: AnchoredTree;
	readonly checkLeaf: (leaf: string) => LeafFacts;
	/** How many keys there were when its last checkpoint was signed; 0 without one. */
	signers: number;
}

export function createFirmTrees(sha256: Sha256, signers: SignerHistory): FirmTrees {
	const trees = new Map<string, FirmTree>();

	function treeOf(origin: string): FirmTree {
		const known = trees.get(origin);
		if (known !== undefined) return known;
		const checkLeaf = createLeafChecks(parseFirmOrigin(origin).firm);
		const made = { tree: createAnchoredTree(sha256), checkLeaf, signers: 0 };
		trees.set(origin, made);
		return made;
	}

	return {
		sizeOf: (origin) => trees.get(origin)?.tree.size ?? 0,
		sizes: () => Array.from(trees, ([origin, { tree }]) => [origin, tree.size]),
		append(origin, leaf, hash) {
			const { tree, checkLeaf } = treeOf(origin);
			checkLeaf(leaf);
			tree.append(hash);
		},
		async cover(origin, note) {
			const firm = treeOf(origin);
			// The first one under a new key is signed by the key before it too, unless nobody has one of this tree under that.
			const isFirst = firm.signers > 0 && firm.signers < signers.length;
			firm.tree.cover(await signers.openCheckpoint(note, origin, signers.length - (isFirst ? 2 : 1)));
			firm.signers = signers.length;
		},
		checkCovered() {
			for (const { tree } of trees.values()) {
				if (tree.uncovered > 0) throw new AuditProofError('The anchor has entries that no checkpoint in it covers.');
			}
		},
	};
}
