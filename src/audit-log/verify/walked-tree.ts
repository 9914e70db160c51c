import type { TreeHasher } from '../../audit/verify/log.ts';

const HASH_LENGTH = 32;

export interface WalkedLeaf {
	readonly index: number;
	/** Hash of the current entry; null if the entry is missing. */
	readonly hash: Uint8Array | null;
	/** The stored hashes: of the leaf, and of each complete subtree that ends with it. */
	readonly hashes: Uint8Array;
	readonly entry: string | null;
}

/** What is wrong with a leaf: its entry, or the hashes that are stored with it. */
export type LeafFault = 'CHANGED' | 'GONE' | 'HASHES' | 'ABSENT';

export type ReportLeafFault = (verdict: LeafFault, leaf: Pick<WalkedLeaf, 'index' | 'entry'>) => void;

interface SuspectLeaf extends Pick<WalkedLeaf, 'index' | 'entry'> {
	readonly isChanged: boolean;
	/** True if the stored subtree hashes are wrong: by the current entries (`ifRead`), by the stored leaf hashes (`ifStored`). */
	readonly ifRead: boolean;
	readonly ifStored: boolean;
}

/** Most suspect leaves that are kept between two checkpoints. */
const MAX_SUSPECT_LEAVES = 1_000;

/**
 * A tree that is built again from its entries. If an entry and its stored hash differ, only the next checkpoint shows which of the two was
 * changed; until then both trees are built.
 */
export class WalkedTree {
	/** Index of the next leaf. */
	size = 0;
	#read: TreeHasher;
	/** The tree of the stored leaf hashes; null if it is the same as `#read`. */
	#stored: TreeHasher | null = null;
	#doubts: SuspectLeaf[] = [];
	/** A leaf is missing, so the root can't be computed any more. */
	#isBroken = false;
	#isWrong = false;
	readonly #report: ReportLeafFault;

	/** `empty` must not be used by anyone else. */
	constructor(empty: TreeHasher, report: ReportLeafFault) {
		this.#read = empty;
		this.#report = report;
	}

	addLeaf({ index, hash, hashes, entry }: WalkedLeaf): void {
		if (index > this.size) this.addMissing(index);
		this.size = index + 1;
		if (hash === null) this.#report('GONE', { index, entry });
		const stored = hashes.slice(0, HASH_LENGTH);
		const isChanged = hash !== null && Buffer.compare(hash, stored) !== 0;
		if (this.#isBroken) {
			if (isChanged) this.#report('CHANGED', { index, entry });
			return;
		}
		if (isChanged) this.#stored ??= this.#read.fork();
		const ifRead = Buffer.compare(this.#read.append(hash ?? stored), hashes) !== 0;
		const ifStored = this.#stored ? Buffer.compare(this.#stored.append(stored), hashes) !== 0 : ifRead;
		if ((isChanged || ifRead || ifStored) && this.#doubts.length < MAX_SUSPECT_LEAVES)
			this.#doubts.push({ index, entry, isChanged, ifRead, ifStored });
	}

	/** Reports the leaves between the last added leaf and this index as missing. */
	addMissing(index: number): void {
		if (index <= this.size) return;
		this.#report('ABSENT', { index: this.size, entry: null });
		this.finish();
		this.#isBroken = true;
		this.size = index;
	}

	/** Compares the tree with a signed root. False only for the first root that neither the entries nor the stored hashes give. */
	matches(root: Uint8Array): boolean {
		if (this.#isBroken) return true;
		const isRoot = (tree: TreeHasher | null) => tree !== null && Buffer.compare(tree.root(), root) === 0;
		if (isRoot(this.#read)) {
			for (const doubt of this.#doubts) if (doubt.ifRead) this.#report('HASHES', doubt);
			this.#stored = null;
			this.#doubts = [];
			return true;
		}
		const isSound = isRoot(this.#stored);
		this.finish();
		const isNews = !(isSound || this.#isWrong);
		this.#isWrong ||= !isSound;
		return !isNews;
	}

	/** Call if no later checkpoint can decide: the stored hashes are then taken as right. */
	finish(): void {
		for (const doubt of this.#doubts) {
			if (doubt.isChanged) this.#report('CHANGED', doubt);
			if (doubt.ifStored) this.#report('HASHES', doubt);
		}
		this.#doubts = [];
		this.#read = this.#stored ?? this.#read;
		this.#stored = null;
	}
}
