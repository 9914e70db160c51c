import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { foldRoot, leafHashOf, subtreesOf } from '../../src/log/anchor-root.ts';
import { leavesOf, sha256, treeHash } from '../audit/verify/naive-tree.ts';

describe('root of a tree from its complete subtrees', () => {
	test.prop([fc.integer({ min: 0, max: 300 })])('is that of RFC 6962', (size) => {
		const leaves = leavesOf(size);
		const hashes = subtreesOf(size).map(({ index, level }) =>
			treeHash(leaves.slice(index + 1 - 2 ** level, index + 1)),
		);
		expect(Buffer.from(foldRoot(hashes))).toEqual(Buffer.from(treeHash(leaves)));
	});

	test.prop([fc.maxSafeNat()])('has subtrees that fall in size and make the whole, of any size', (size) => {
		const subtrees = subtreesOf(size);
		let end = 0;
		for (const { index, level } of subtrees) {
			end += 2 ** level;
			expect(index).toBe(end - 1);
		}
		expect(end).toBe(size);
		const levels = subtrees.map(({ level }) => level);
		expect(levels).toEqual([...new Set(levels)].toSorted((a, b) => b - a));
	});

	test.prop([fc.string({ unit: 'binary' })])('is over leaves that are text', (leaf) => {
		expect(Buffer.from(leafHashOf(leaf))).toEqual(Buffer.from(sha256('\0', leaf)));
	});
});
