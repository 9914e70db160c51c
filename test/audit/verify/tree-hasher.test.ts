import { test } from '@fast-check/vitest';
import { integer } from 'fast-check';
import { expect, it } from 'vitest';
import { AuditProofError, leafHash } from '../../../src/audit/verify/index.ts';
import { createTreeHasher, hashLeaf } from '../../../src/audit/verify/log.ts';
import { scale } from '../../support/scale.ts';
import { leavesOf, sha256, treeHash } from './naive-tree.ts';

/** By definition: the hashes of all complete subtrees that end at `index`, the lowest first. */
function completedBy(index: number): Uint8Array[] {
	const completed: Uint8Array[] = [];
	for (let width = 1; (index + 1) % width === 0; width *= 2) {
		completed.push(treeHash(leavesOf(index + 1).slice(index + 1 - width)));
	}
	return completed;
}

it('computes the root of RFC 6962 at every size up to 130, and the subtrees that end there', () => {
	const tree = createTreeHasher(sha256);
	expect(tree.root()).toEqual(sha256());
	for (let size = 1; size <= 130; size++) {
		const leaves = leavesOf(size);
		const completed = tree.append(leaves[size - 1] as Uint8Array);
		expect(tree.size).toBe(size);
		expect(tree.root()).toEqual(treeHash(leaves));
		expect(completed).toEqual(Uint8Array.from(Buffer.concat(completedBy(size - 1))));
		const ones = /1*$/.exec((size - 1).toString(2))?.[0].length ?? 0;
		expect(completed.length).toBe(32 * (1 + ones));
	}
});

test.prop([integer({ min: 131, max: 5000 })], { numRuns: scale(20) })(
	'also computes the root at larger sizes',
	(size) => {
		const tree = createTreeHasher(sha256);
		for (const leaf of leavesOf(size)) tree.append(leaf);
		expect(tree.root()).toEqual(treeHash(leavesOf(size)));
	},
);

it('keeps no array that a caller holds', () => {
	const tree = createTreeHasher(sha256);
	const leaf = leavesOf(1)[0]?.slice() as Uint8Array;
	tree.append(leaf);
	leaf.fill(0);
	tree.root().fill(0);
	expect(tree.root()).toEqual(leavesOf(1)[0]);
});

it('hashes a leaf as the package does', async () => {
	for (const leaf of ['', '{}', 'é']) {
		expect(hashLeaf(sha256, new TextEncoder().encode(leaf))).toEqual(await leafHash(leaf));
	}
});

it.each([new Uint8Array(31), new Uint8Array(33), 'a'.repeat(32) as never])('refuses %o as a leaf hash', (hash) => {
	const tree = createTreeHasher(sha256);
	expect(() => tree.append(hash)).toThrow(AuditProofError);
	expect(tree.size).toBe(0);
});

it('hashes a hundred thousand leaves while holding 17 hashes', () => {
	let calls = 0;
	const tree = createTreeHasher((...parts) => {
		calls += 1;
		return sha256(...parts);
	});
	for (const leaf of leavesOf(100_000)) tree.append(leaf);
	// 100,000 has six ones in binary, so six subtrees are complete, and all others have been joined.
	expect(calls).toBe(100_000 - 6);
	expect(tree.root()).toEqual(treeHash(leavesOf(100_000)));
}, 60_000);
