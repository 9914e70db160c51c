/** SHA-256 of all parts, joined; 32 bytes. The caller passes it, because this folder does not depend on a platform. */
export type HashFunction = (...parts: readonly Uint8Array[]) => Uint8Array;

/**
 * A complete subtree: number `index` among those with 2^level leaves. Its hash is stored with its last leaf, so that a tree is one row for
 * each leaf, which never changes.
 */
export interface Subtree {
	readonly level: number;
	readonly index: number;
}

/** Leaves from `start` up to, but not including, `end`. */
export interface LeafRange {
	readonly start: number;
	readonly end: number;
}

const HASH_LENGTH = 32;
const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

export const hashOfLeaf = (sha256: HashFunction, leaf: Uint8Array): Uint8Array => sha256(LEAF, leaf);

/** The last leaf of a subtree, and the offset in bytes of the subtree's hash among the hashes that are stored with that leaf. */
export const storagePositionOf = ({ level, index }: Subtree): { readonly leaf: number; readonly offset: number } => ({
	leaf: (index + 1) * 2 ** level - 1,
	offset: level * HASH_LENGTH,
});

/** The complete subtrees of a range, from left to right. The range must begin at a multiple of the size of the largest. */
export function subtreesIn({ start, end }: LeafRange): Subtree[] {
	const found: Subtree[] = [];
	let at = start;
	while (at < end) {
		let level = 0;
		while (at + 2 ** (level + 1) <= end) level++;
		found.push({ level, index: at / 2 ** level });
		at += 2 ** level;
	}
	return found;
}

/** The hash of a range from the hashes of its subtrees; SHA-256 of the empty string for an empty range (RFC 6962 section 2.1). */
export function foldSubtrees(sha256: HashFunction, hashes: readonly Uint8Array[]): Uint8Array {
	return hashes.length === 0 ? sha256() : hashes.reduceRight((right, left) => sha256(NODE, left, right));
}

/** The ranges whose hashes are the inclusion proof of a leaf, lowest first (RFC 6962 section 2.1.1). */
export function rangesOfInclusion(index: number, size: number): LeafRange[] {
	return pathTo(index, { start: 0, end: size });
}

function pathTo(index: number, { start, end }: LeafRange): LeafRange[] {
	if (end - start <= 1) return [];
	const middle = start + splitOf(end - start);
	return index < middle
		? [...pathTo(index, { start, end: middle }), { start: middle, end }]
		: [...pathTo(index, { start: middle, end }), { start, end: middle }];
}

/** The ranges whose hashes are the consistency proof between two sizes of a tree (RFC 6962 section 2.1.2). Empty if nothing needs proof. */
export function rangesOfConsistency(size1: number, size2: number): LeafRange[] {
	return size1 === 0 || size1 === size2 ? [] : subproof(size1, { start: 0, end: size2 }, true);
}

function subproof(older: number, { start, end }: LeafRange, isWhole: boolean): LeafRange[] {
	if (older === end) return isWhole ? [] : [{ start, end }];
	const middle = start + splitOf(end - start);
	return older <= middle
		? [...subproof(older, { start, end: middle }, isWhole), { start: middle, end }]
		: [...subproof(older, { start: middle, end }, false), { start, end: middle }];
}

/** The largest power of two below a count of two or more. */
function splitOf(count: number): number {
	let power = 1;
	while (power * 2 < count) power *= 2;
	return power;
}

/** The right edge of a tree: enough to append leaves and to compute the root. */
export class Frontier {
	#size: number;
	/** Of the complete subtrees, the largest first. */
	readonly #hashes: Uint8Array[];
	readonly #sha256: HashFunction;

	/** `hashes` are those of subtreesIn({ start: 0, end: size }), in that order. */
	constructor(sha256: HashFunction, size = 0, hashes: readonly Uint8Array[] = []) {
		this.#sha256 = sha256;
		this.#size = size;
		this.#hashes = [...hashes];
	}

	get size(): number {
		return this.#size;
	}

	root(): Uint8Array {
		return foldSubtrees(this.#sha256, this.#hashes);
	}

	/** Appends a leaf by its hash. Returns the hashes to store with the leaf: its own, and those of the subtrees that end with it, lowest first. */
	append(leafHash: Uint8Array): Uint8Array {
		const stored = [leafHash];
		let hash = leafHash;
		for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
			hash = this.#sha256(NODE, this.#hashes.pop() as Uint8Array, hash);
			stored.push(hash);
		}
		this.#hashes.push(hash);
		this.#size += 1;
		return joined(stored);
	}
}

function joined(hashes: readonly Uint8Array[]): Uint8Array {
	const bytes = new Uint8Array(hashes.length * HASH_LENGTH);
	for (const [index, hash] of hashes.entries()) bytes.set(hash, index * HASH_LENGTH);
	return bytes;
}
