import { test } from '@fast-check/vitest';
import { integer, nat } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuditProofError, type Consistency, verifyConsistency } from '../../../src/audit/verify/index.ts';
import { scale } from '../../support/scale.ts';
import { consistencyProof, leavesOf, sha256, treeHash } from './naive-tree.ts';
import { flipBit, wrongProofs } from './wrong-proofs.ts';

/** For 0 < size1 <= size2. */
function proven(size1: number, size2: number): Consistency {
	const leaves = leavesOf(size2);
	const [root1, root2] = [treeHash(leaves.slice(0, size1)), treeHash(leaves)];
	return { size1, size2, root1, root2, proof: consistencyProof(size1, leaves) };
}

async function refuses(consistency: Consistency, message?: string) {
	const refused = expect(verifyConsistency(consistency)).rejects;
	await refused.toBeInstanceOf(AuditProofError);
	if (message !== undefined) await expect(verifyConsistency(consistency)).rejects.toThrow(message);
}

it('verifies every pair of trees up to 40 leaves, and neither root of a changed one', async () => {
	for (let size2 = 1; size2 <= 40; size2++) {
		for (let size1 = 1; size1 <= size2; size1++) {
			const consistency = proven(size1, size2);
			await expect(verifyConsistency(consistency)).resolves.toBeUndefined();
			await refuses({ ...consistency, root1: flipBit(consistency.root1, size1) });
			await refuses({ ...consistency, root2: flipBit(consistency.root2, size1) });
		}
	}
}, 60_000);

it('refuses every proof that is one step away from a valid one', async () => {
	for (let size2 = 1; size2 <= 18; size2++) {
		for (let size1 = 1; size1 <= size2; size1++) {
			const consistency = proven(size1, size2);
			for (const proof of wrongProofs(consistency.proof)) await refuses({ ...consistency, proof });
		}
	}
}, 60_000);

it('refuses the older tree with another size', async () => {
	for (let size2 = 2; size2 <= 18; size2++) {
		for (let size1 = 1; size1 <= size2; size1++) {
			for (let other = 0; other <= size2 + 1; other++) {
				if (other !== size1) await refuses({ ...proven(size1, size2), size1: other });
			}
		}
	}
}, 60_000);

it('refuses a newer tree in which a leaf of the older one is changed, removed, or moved', async () => {
	for (let size1 = 2; size1 <= 9; size1++) {
		const older = leavesOf(size1);
		const added = leavesOf(16).slice(size1);
		for (let at = 0; at < size1; at++) {
			const changed = older.map((leaf, index) => (index === at ? sha256('other') : leaf));
			const removed = older.filter((_, index) => index !== at);
			const moved = [
				...removed.slice(0, (at + 1) % size1),
				older[at] as Uint8Array,
				...removed.slice((at + 1) % size1),
			];
			for (const rewritten of [changed, removed, moved]) {
				const leaves = [...rewritten, ...added];
				const proof = consistencyProof(size1, leaves);
				const [root1, root2] = [treeHash(older), treeHash(leaves)];
				await refuses({ size1, size2: leaves.length, root1, root2, proof });
			}
		}
	}
}, 60_000);

test.prop([integer({ min: 1, max: 2000 }), nat(), nat(255)], { numRuns: scale(40) })(
	'verifies larger trees, and no changed proof',
	async (size2, seed, bit) => {
		const consistency = proven(1 + (seed % size2), size2);
		await verifyConsistency(consistency);
		const { length } = consistency.proof;
		const proof = consistency.proof.map((hash, at) => (at === seed % length ? flipBit(hash, bit) : hash));
		if (length > 0) await refuses({ ...consistency, proof });
	},
);

describe('trees of more than 2^32 leaves', () => {
	const [complete, last] = [sha256('complete'), sha256('last')];
	const size1 = 2 ** 40;

	it('verifies a complete tree by the subtrees added beside it', async () => {
		const root2 = sha256('\x01', complete, last);
		await verifyConsistency({ size1, size2: size1 + 1, root1: complete, root2, proof: [last] });
		await refuses({ size1: size1 - 1, size2: size1 + 1, root1: complete, root2, proof: [last] }, 'too few');
	});

	it('verifies an incomplete tree by its last subtree', async () => {
		const root1 = sha256('\x01', complete, last);
		const root2 = sha256('\x01', complete, sha256('\x01', last, sha256('new')));
		const proof = [last, sha256('new'), complete];
		await verifyConsistency({ size1: size1 + 1, size2: size1 + 2, root1, root2, proof });
	});
});

describe('a proof that is empty', () => {
	const empty = sha256();
	const { root2: root } = proven(3, 5);

	it('is valid for one and the same tree', async () => {
		await verifyConsistency({ size1: 5, size2: 5, root1: root, root2: root.slice(), proof: [] });
		await refuses({ size1: 5, size2: 5, root1: root, root2: root, proof: [root] }, 'must be empty');
		await refuses({ size1: 5, size2: 5, root1: root, root2: flipBit(root, 255), proof: [] }, 'two roots');
	});

	it('is valid for the empty tree before any other', async () => {
		await verifyConsistency({ size1: 0, size2: 0, root1: empty, root2: empty, proof: [] });
		await verifyConsistency({ size1: 0, size2: 5, root1: empty, root2: root, proof: [] });
		await refuses({ size1: 0, size2: 5, root1: empty, root2: root, proof: [root] }, 'must be empty');
		await refuses({ size1: 0, size2: 5, root1: root, root2: root, proof: [] }, 'SHA-256 of nothing');
		await refuses({ size1: 0, size2: 0, root1: root, root2: root, proof: [] }, 'SHA-256 of nothing');
		await refuses({ size1: 0, size2: 0, root1: empty, root2: root, proof: [] }, 'two roots');
	});
});

it('names the root that does not follow, or the part that does not fit', async () => {
	const consistency = proven(3, 7);
	const { root1, root2, proof } = consistency;
	await refuses({ ...consistency, root1: flipBit(root1, 0) }, 'does not lead to the older root');
	await refuses({ ...consistency, root2: flipBit(root2, 0) }, 'does not lead to the newer root');
	await refuses({ ...consistency, proof: [...proof, root1] }, 'more hashes than its tree has levels');
	await refuses({ ...consistency, proof: proof.slice(1) }, 'too few hashes');
	await refuses({ ...consistency, proof: [] }, 'too few hashes');
	await refuses({ ...proven(4, 7), proof: [] }, 'too few hashes');
	await refuses({ ...consistency, size1: 8 }, 'larger than the newer one');
});

it.each([-1, 1.5, Number.NaN, 2 ** 53, '3' as never])('refuses %s as a size', async (size) => {
	await refuses({ ...proven(3, 7), size1: size }, 'not an integer');
	await refuses({ ...proven(3, 7), size2: size }, 'not an integer');
});

it.each([new Uint8Array(31), new Uint8Array(33), 'a'.repeat(32) as never])('refuses %o as a hash', async (hash) => {
	const consistency = proven(3, 7);
	const wrong = 'not a Uint8Array of 32 bytes';
	await refuses({ ...consistency, root1: hash }, wrong);
	await refuses({ ...consistency, root2: hash }, wrong);
	await refuses({ ...consistency, proof: [hash, ...consistency.proof] }, wrong);
	await refuses({ size1: 0, size2: 0, root1: sha256(), root2: sha256(), proof: [hash] }, wrong);
});

it('refuses a proof that is not an array', async () => {
	await refuses({ ...proven(5, 5), proof: '' as never }, 'as an array');
});
