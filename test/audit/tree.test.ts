import { test } from '@fast-check/vitest';
import { integer, nat } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	Frontier,
	foldSubtrees,
	hashOfLeaf,
	type LeafRange,
	rangesOfConsistency,
	rangesOfInclusion,
	type Subtree,
	storagePositionOf,
	subtreesIn,
} from '../../src/audit/tree.ts';
import { leafHash, rootHash, verifyConsistency, verifyInclusion } from '../../src/audit/verify/index.ts';
import { scale } from '../support/scale.ts';
import { consistencyProof, inclusionProof, leavesOf, sha256, treeHash } from './verify/naive-tree.ts';

const ALL = scale(130, 67);

/** A stored tree: for each leaf the hashes that the frontier returned. */
class StoredTree {
	readonly #rows: Uint8Array[] = [];
	readonly #frontier = new Frontier(sha256);

	growTo(size: number): this {
		for (const leaf of leavesOf(size).slice(this.#rows.length)) this.#rows.push(this.#frontier.append(leaf));
		return this;
	}

	get frontier(): Frontier {
		return this.#frontier;
	}

	/** The hashes stored with a leaf. */
	row(index: number): Uint8Array {
		return this.#rows[index] as Uint8Array;
	}

	hashOf(subtree: Subtree): Uint8Array {
		const { leaf, offset } = storagePositionOf(subtree);
		const hash = this.row(leaf).subarray(offset, offset + 32);
		if (hash.length !== 32) throw new Error(`${JSON.stringify(subtree)} is not stored`);
		return hash;
	}

	hashOfRange(range: LeafRange): Uint8Array {
		return foldSubtrees(
			sha256,
			subtreesIn(range).map((subtree) => this.hashOf(subtree)),
		);
	}

	inclusion = (index: number, size: number) =>
		rangesOfInclusion(index, size).map((range) => new Uint8Array(this.hashOfRange(range)));

	consistency = (size1: number, size2: number) =>
		rangesOfConsistency(size1, size2).map((range) => new Uint8Array(this.hashOfRange(range)));
}

const tree = new StoredTree().growTo(ALL);
const sizes = Array.from({ length: ALL + 1 }, (_, size) => size);
const roots = sizes.map((size) => treeHash(leavesOf(size)));
const rootOf = (size: number) => roots[size] as Uint8Array;

describe('the frontier of a tree', () => {
	it('has the root of RFC 6962 at every size', async () => {
		const frontier = new Frontier(sha256);
		for (const size of sizes) {
			expect([size, frontier.size, frontier.root()]).toEqual([size, size, treeHash(leavesOf(size))]);
			expect(frontier.root()).toEqual(await rootHash(leavesOf(size)));
			frontier.append(leavesOf(size + 1)[size] as Uint8Array);
		}
	});

	it('returns with each leaf the hashes of all complete subtrees that end with it, and no others', () => {
		for (let index = 0; index < ALL; index++) {
			const ending: Uint8Array[] = [];
			for (let width = 1; (index + 1) % width === 0; width *= 2)
				ending.push(treeHash(leavesOf(index + 1).slice(index + 1 - width)));
			expect(tree.row(index)).toEqual(new Uint8Array(Buffer.concat(ending)));
		}
	});

	it('continues from stored hashes as if it had never stopped', () => {
		for (const size of sizes) {
			const stored = subtreesIn({ start: 0, end: size }).map((subtree) => tree.hashOf(subtree));
			const resumed = new Frontier(sha256, size, stored);
			expect([resumed.size, resumed.root()]).toEqual([size, treeHash(leavesOf(size))]);
			for (let index = size; index < Math.min(size + 9, ALL); index++)
				expect(resumed.append(leavesOf(index + 1)[index] as Uint8Array)).toEqual(tree.row(index));
		}
	});

	it('changes no hash that it received or returned', () => {
		const given = [leavesOf(1)[0] as Uint8Array];
		const frontier = new Frontier(sha256, 1, given);
		const row = frontier.append(leavesOf(2)[1] as Uint8Array);
		row.fill(0);
		expect(frontier.root()).toEqual(treeHash(leavesOf(2)));
		expect(given).toEqual(leavesOf(1));
	});

	it('hashes a leaf as a verifier does', async () => {
		for (const leaf of ['', '{}', 'ä'.repeat(100)]) {
			const bytes = new TextEncoder().encode(leaf);
			expect(hashOfLeaf(sha256, bytes)).toEqual(await leafHash(bytes));
		}
	});
});

describe('complete subtrees', () => {
	it('make up a tree from left to right, in decreasing size', () => {
		for (const size of sizes) {
			const found = subtreesIn({ start: 0, end: size });
			expect(found.map(({ level }) => 2 ** level).reduce((sum, width) => sum + width, 0)).toBe(size);
			expect(found.map(({ level }) => level)).toEqual(
				[...new Set(found.map(({ level }) => level))].sort((a, b) => b - a),
			);
			let at = 0;
			for (const { level, index } of found) {
				expect(index * 2 ** level).toBe(at);
				at += 2 ** level;
			}
		}
	});

	it('are stored at their last leaf, and have the hash of their leaves', () => {
		for (let level = 0; 2 ** level <= ALL; level++)
			for (let index = 0; (index + 1) * 2 ** level <= ALL; index++) {
				const [start, end] = [index * 2 ** level, (index + 1) * 2 ** level];
				expect(storagePositionOf({ level, index })).toEqual({ leaf: end - 1, offset: 32 * level });
				expect(new Uint8Array(tree.hashOf({ level, index }))).toEqual(treeHash(leavesOf(end).slice(start)));
			}
	});

	it('of an empty tree do not exist, and its root is SHA-256 of nothing', () => {
		expect(subtreesIn({ start: 0, end: 0 })).toEqual([]);
		expect(foldSubtrees(sha256, [])).toEqual(sha256());
	});
});

describe('a proof from stored hashes', () => {
	it('of inclusion matches RFC 6962, for every leaf of every tree', async () => {
		for (const size of sizes) {
			const leaves = leavesOf(size);
			const root = rootOf(size);
			for (const [index, leaf] of leaves.entries()) {
				const proof = tree.inclusion(index, size);
				expect(proof).toEqual(inclusionProof(index, leaves));
				await verifyInclusion({ index, size, leafHash: leaf, proof, root });
			}
		}
	}, 120_000);

	it('of consistency matches RFC 6962, for every pair of sizes', async () => {
		for (const size2 of sizes) {
			const leaves = leavesOf(size2);
			const root2 = rootOf(size2);
			for (let size1 = 1; size1 < size2; size1++) {
				const proof = tree.consistency(size1, size2);
				expect(proof).toEqual(consistencyProof(size1, leaves));
				await verifyConsistency({ size1, root1: rootOf(size1), size2, root2, proof });
			}
		}
	}, 120_000);

	it('of consistency is empty from size 0, and for equal sizes', async () => {
		for (const size of sizes) {
			expect([rangesOfConsistency(0, size), rangesOfConsistency(size, size)]).toEqual([[], []]);
			const root = treeHash(leavesOf(size));
			await verifyConsistency({ size1: size, root1: root, size2: size, root2: root, proof: [] });
			await verifyConsistency({ size1: 0, root1: sha256(), size2: size, root2: root, proof: [] });
		}
	});

	test.prop([integer({ min: ALL + 1, max: 1500 }), nat(), nat()], { numRuns: scale(60) })(
		'is valid in larger trees too',
		async (size2, leafSeed, sizeSeed) => {
			tree.growTo(size2);
			const [index, size1] = [leafSeed % size2, 1 + (sizeSeed % (size2 - 1))];
			const leaves = leavesOf(size2);
			const root2 = treeHash(leaves);
			expect(new Uint8Array(tree.hashOfRange({ start: 0, end: size2 }))).toEqual(root2);
			const included = tree.inclusion(index, size2);
			expect(included).toEqual(inclusionProof(index, leaves));
			await verifyInclusion({
				index,
				size: size2,
				leafHash: leaves[index] as Uint8Array,
				proof: included,
				root: root2,
			});
			const consistent = tree.consistency(size1, size2);
			expect(consistent).toEqual(consistencyProof(size1, leaves));
			await verifyConsistency({ size1, root1: treeHash(leavesOf(size1)), size2, root2, proof: consistent });
		},
	);

	it('is invalid for a tree in which one leaf differs', async () => {
		const size = 100;
		const leaves = leavesOf(size);
		for (let index = 0; index < size; index++) {
			const forged = { index, size, leafHash: sha256('forged'), proof: tree.inclusion(index, size) };
			await expect(verifyInclusion({ ...forged, root: treeHash(leaves) })).rejects.toThrow();
		}
	});
});

describe('trees of more than 2^32 leaves', () => {
	const size = integer({ min: 2 ** 32 + 1, max: Number.MAX_SAFE_INTEGER });
	const share = integer({ min: 0, max: 2 ** 32 });
	/** From 0 up to, but not including, `end`. */
	const below = (end: number, part: number) => Math.min(end - 1, Math.floor((end / 2 ** 32) * part));

	/** In order, without a gap and without an overlap. */
	function expectPartition(ranges: readonly LeafRange[], end: number): void {
		let at = 0;
		for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
			expect(range.start).toBe(at);
			expect(range.end).toBeGreaterThan(range.start);
			at = range.end;
		}
		expect(at).toBe(end);
	}

	/** As foldSubtrees requires: the largest first, and each complete. */
	function expectSubtrees({ start, end }: LeafRange): void {
		const found = subtreesIn({ start, end });
		expect(found.length).toBeLessThanOrEqual(53);
		let [at, above] = [start, Number.POSITIVE_INFINITY];
		for (const { level, index } of found) {
			expect(Number.isSafeInteger(index)).toBe(true);
			expect(index * 2 ** level).toBe(at);
			expect(level).toBeLessThan(above);
			expect(storagePositionOf({ level, index }).leaf).toBe(at + 2 ** level - 1);
			[at, above] = [at + 2 ** level, level];
		}
		expect(at).toBe(end);
	}

	test.prop([size, share], { numRuns: scale(100) })('are divided completely by the path of a leaf', (end, part) => {
		const index = below(end, part);
		const ranges = rangesOfInclusion(index, end);
		expectPartition([...ranges, { start: index, end: index + 1 }], end);
		expect(ranges.length).toBeLessThanOrEqual(levels(end));
		for (const range of ranges) expectSubtrees(range);
		// The lowest first: each range and those before it form one subtree, so the next range is beside it.
		let [from, to] = [index, index + 1];
		for (const range of ranges) {
			expect(range.end === from || range.start === to).toBe(true);
			[from, to] = [Math.min(from, range.start), Math.max(to, range.end)];
		}
	});

	test.prop([size, share], { numRuns: scale(100) })(
		'are divided completely by a proof between two sizes',
		(end, part) => {
			const older = below(end, part) + (part === 0 ? 1 : 0);
			const ranges = rangesOfConsistency(older, end);
			expect(ranges.length).toBeLessThanOrEqual(levels(end) + 1);
			for (const range of ranges) expectSubtrees(range);
			// No range is only partly in the older tree, so the older root can be computed from the ranges in it.
			for (const range of ranges) expect(range.end <= older || range.start >= older).toBe(true);
			const first = Math.min(...ranges.map(({ start }) => start));
			// The proof omits a complete subtree whose root the verifier already has.
			expectPartition(first === 0 ? ranges : [{ start: 0, end: first }, ...ranges], end);
			expect(first === 0 || (first === older && older === 2 ** halvings(older))).toBe(true);
		},
	);

	it.each([2 ** 32, 2 ** 32 + 1, 2 ** 40, 2 ** 40 + 1, 2 ** 52 + 3, Number.MAX_SAFE_INTEGER])(
		'have a path for the first and the last leaf: %d',
		(end) => {
			expect(rangesOfInclusion(0, end)).toHaveLength(levels(end));
			expectPartition([{ start: 0, end: 1 }, ...rangesOfInclusion(0, end)], end);
			const last = rangesOfInclusion(end - 1, end);
			expect(last).toHaveLength(subtreesIn({ start: 0, end }).length - 1 + halvings(end));
			expectPartition([...last, { start: end - 1, end }], end);
			expectSubtrees({ start: 0, end });
		},
	);
});

/** The number of levels of a tree above its leaves. */
function levels(leaves: number): number {
	let count = 0;
	while (2 ** count < leaves) count++;
	return count;
}

/** How often a number can be divided by two without remainder. */
function halvings(of: number): number {
	let count = 0;
	while (of % 2 ** (count + 1) === 0) count++;
	return count;
}
