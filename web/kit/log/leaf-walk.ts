import { AuditProofError } from '../../../src/audit/verify/index.ts';
import { createLeafChecks, createTreeHasher, hashLeaf, type Sha256 } from '../../../src/audit/verify/log.ts';
import type { WalkState } from './kept-log.ts';
import { copyRecords, emptyRecords, MOST_FLAWS, record } from './log-records.ts';

/** Walks over the entries of a log, from where an earlier visit has ended. */
export interface LeafWalk {
	readonly size: number;
	/** Adds the next entries. */
	add(leaves: readonly string[]): void;
	/** The root over all entries so far. */
	root(): Uint8Array;
	/** To go on from here later. */
	state(): WalkState;
}

const HASH_LENGTH = 32;
const encoder = new TextEncoder();

export function startWalk(firm: string, from: WalkState | null, sha256: Sha256): LeafWalk {
	const complete = [...(from?.complete ?? [])];
	const records = from === null ? emptyRecords() : copyRecords(from.records);
	const tree = createTreeHasher(sha256, { size: from?.size ?? 0, complete });
	const checkLeaf = createLeafChecks(firm, records.sequences);

	function check(leaf: string): void {
		try {
			checkLeaf(leaf);
		} catch (error) {
			if (!(error instanceof AuditProofError)) throw error;
			// The tree has the leaf anyway. The list is bounded: one more than MOST_FLAWS means that there are others.
			if (records.flaws.length <= MOST_FLAWS) records.flaws.push({ index: tree.size, why: error.message });
		}
	}

	return {
		get size() {
			return tree.size;
		},
		add(leaves) {
			for (const leaf of leaves) {
				check(leaf);
				record(records, leaf, tree.size, sha256);
				const completed = tree.append(hashLeaf(sha256, encoder.encode(leaf)));
				// Each completed subtree but the first takes in the one before it.
				complete.length -= completed.length / HASH_LENGTH - 1;
				complete.push(completed.slice(-HASH_LENGTH));
			}
		},
		root: () => tree.root(),
		state: () => ({ size: tree.size, complete: [...complete], records: copyRecords(records) }),
	};
}
