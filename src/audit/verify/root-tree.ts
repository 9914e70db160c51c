import { AuditProofError } from './audit-proof-error.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { FirmTrees } from './firm-trees.ts';
import { sameBytes } from './hash.ts';
import { parseFirmOrigin } from './origin.ts';
import { parseRootLeaf, type RootLeaf } from './root-leaf.ts';
import type { SignerHistory } from './signer-history.ts';
import { createTreeHasher, type Sha256 } from './tree-hasher.ts';

/** The root tree of an installation, as a chain of anchors gives it. */
export interface RootTree {
	readonly size: number;
	readonly incarnation: number;
	/** @throws AuditProofError when the leaf is malformed, out of order, or a checkpoint that does not verify. */
	append(leaf: string, hash: Uint8Array): Promise<void>;
	/**
	 * Ends an anchor with the root note over all leaves so far.
	 * @throws AuditProofError when it is not signed as it must be, or they do not lead to it.
	 */
	close(note: string): Promise<Checkpoint>;
}

interface Parts {
	readonly sha256: Sha256;
	readonly signers: SignerHistory;
	readonly firms: FirmTrees;
}

export function createRootTree(origin: string, { sha256, signers, firms }: Parts): RootTree {
	const tree = createTreeHasher(sha256);
	let incarnation = 1;
	/** How many keys and incarnations there were at the last root note. */
	let closed = { signers: 1, incarnation: 1 };

	async function take(leaf: RootLeaf): Promise<void> {
		switch (leaf.kind) {
			case 'checkpoint':
				if (parseFirmOrigin(leaf.origin).root !== origin) {
					throw new AuditProofError('A checkpoint is of a tree of another installation.');
				}
				return firms.cover(leaf.origin, leaf.note);
			case 'signer':
				return signers.follow(leaf.key);
			case 'incarnation':
				if (leaf.incarnation !== incarnation + 1) throw new AuditProofError('An incarnation is not the next one.');
				incarnation = leaf.incarnation;
				return;
			case 'heartbeat':
				return;
		}
	}

	function takeFirst(leaf: RootLeaf): void {
		if (leaf.kind !== 'signer' || leaf.key !== signers.vkey) {
			throw new AuditProofError('The log does not begin with the verifier key.');
		}
	}

	return {
		get size() {
			return tree.size;
		},
		get incarnation() {
			return incarnation;
		},
		async append(text, hash) {
			const leaf = parseRootLeaf(text);
			if (tree.size === 0) takeFirst(leaf);
			else await take(leaf);
			tree.append(hash);
		},
		async close(note) {
			// A log that was restored and the one that it came from could else sign two trees with one key.
			if (signers.length - closed.signers < incarnation - closed.incarnation) {
				throw new AuditProofError('An incarnation has no key of its own.');
			}
			const checkpoint = await signers.openCheckpoint(note, origin, closed.signers - 1);
			if (checkpoint.size !== tree.size) {
				throw new AuditProofError('The checkpoint has another size than the section of the root tree.');
			}
			if (!sameBytes(checkpoint.root, tree.root())) {
				throw new AuditProofError('The leaves of the root tree do not lead to the root of the checkpoint.');
			}
			closed = { signers: signers.length, incarnation };
			return checkpoint;
		},
	};
}
