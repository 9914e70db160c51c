import type { TreeHasher } from '../../audit/verify/log.ts';

const HASH_LENGTH = 32;

export interface WalkedLeaf {
	readonly index: number;
	/** Of what there is now; null: it is gone. */
	readonly hash: Uint8Array | null;
	/** As they are stored: of the leaf, and of each complete subtree that ends with it. */
	readonly hashes: Uint8Array;
	readonly entry: string | null;
}

/** What is wrong with a leaf: what it was made of, or what is stored with it. */
export type LeafFault = 'CHANGED' | 'GONE' | 'HASHES' | 'ABSENT';

export type ReportLeafFault = (verdict: LeafFault, leaf: Pick<WalkedLeaf, 'index' | 'entry'>) => void;

interface SuspectLeaf extends Pick<WalkedLeaf, 'index' | 'entry'> {
	readonly isChanged: boolean;
	/** Whether the stored hashes are wrong if what there is now is right, and if the stored hashes of leaves are. */
	readonly ifRead: boolean;
	readonly ifStored: boolean;
}

/** Doubts that are kept between two checkpoints. */
const MAX_SUSPECT_LEAVES = 1_000;

/**
 * A tree that is made anew from what its leaves say. Where that and what is stored with them differ, only the next checkpoint tells
 * which of the two was changed: until then both trees are made.
 */
export class WalkedTree {
	/** Index of the next leaf. */
	size = 0;
	#read: TreeHasher;
	/** By the stored hashes of leaves; null: it is the same as the other. */
	#stored: TreeHasher | null = null;
	#doubts: SuspectLeaf[] = [];
	/** A leaf is not there: no root can be made any more. */
	#isBroken = false;
	#isWrong = false;
	readonly #report: ReportLeafFault;

	/** `empty` is not to be used by anybody else. */
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

	/** There is no leaf before this index that was not taken. */
	addMissing(index: number): void {
		if (index <= this.size) return;
		this.#report('ABSENT', { index: this.size, entry: null });
		this.finish();
		this.#isBroken = true;
		this.size = index;
	}

	/** Holds it against a root that was signed. false: it has another, for the first time. */
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

	/** Nothing more comes by which it could be told apart: what is stored is taken for right. */
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
