import { test } from '@fast-check/vitest';
import { integer, nat } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuditProofError, type Inclusion, rootHash, verifyInclusion } from '../../../src/audit/verify/index.ts';
import { scale } from '../../support/scale.ts';
import { inclusionProof, leavesOf, sha256, treeHash } from './naive-tree.ts';
import { flipBit, wrongProofs } from './wrong-proofs.ts';

/** A leaf of a tree with its proof; every hash is a separate array. */
function proven(index: number, size: number): Inclusion {
	const leaves = leavesOf(size);
	const leafHash = leaves[index] as Uint8Array;
	return { index, size, leafHash, proof: inclusionProof(index, leaves), root: treeHash(leaves) };
}

async function refuses(inclusion: Inclusion, message?: string) {
	const refused = expect(verifyInclusion(inclusion)).rejects;
	await refused.toBeInstanceOf(AuditProofError);
	if (message !== undefined) await expect(verifyInclusion(inclusion)).rejects.toThrow(message);
}

it('verifies every leaf of every tree up to 70 leaves, and no leaf at another position', async () => {
	for (let size = 1; size <= 70; size++) {
		for (let index = 0; index < size; index++) {
			const inclusion = proven(index, size);
			await expect(verifyInclusion(inclusion)).resolves.toBeUndefined();
			await refuses({ ...inclusion, index: index + 1 });
			if (index > 0) await refuses({ ...inclusion, index: index - 1 });
		}
	}
}, 60_000);

it('refuses every proof that is one step away from a valid one', async () => {
	for (let size = 1; size <= 20; size++) {
		for (let index = 0; index < size; index++) {
			const inclusion = proven(index, size);
			for (const proof of wrongProofs(inclusion.proof)) await refuses({ ...inclusion, proof });
		}
	}
}, 60_000);

it('refuses another index, root or leaf', async () => {
	for (let size = 1; size <= 17; size++) {
		for (let index = 0; index < size; index++) {
			const inclusion = proven(index, size);
			const leads = 'does not lead to the root';
			await refuses({ ...inclusion, leafHash: flipBit(inclusion.leafHash, size) }, leads);
			await refuses({ ...inclusion, root: flipBit(inclusion.root, size) }, leads);
			for (let other = 0; other < size; other++) {
				if (other !== index) await refuses({ ...inclusion, index: other });
			}
		}
	}
}, 60_000);

test.prop([integer({ min: 1, max: 2000 }), nat(), nat(255)], { numRuns: scale(40) })(
	'verifies a leaf of a larger tree, and no changed one',
	async (size, seed, bit) => {
		const inclusion = proven(seed % size, size);
		expect(await rootHash(leavesOf(size))).toEqual(inclusion.root);
		await verifyInclusion(inclusion);
		const proof = inclusion.proof.map((hash, at) => (at === seed % inclusion.proof.length ? flipBit(hash, bit) : hash));
		if (proof.length > 0) await refuses({ ...inclusion, proof });
		await refuses({ ...inclusion, leafHash: flipBit(inclusion.leafHash, bit) });
	},
	60_000,
);

describe('trees of more than 2^32 leaves', () => {
	// The tree of 2^40 + 1 leaves: a complete subtree on the left, and the last leaf beside it.
	const size = 2 ** 40 + 1;
	const left = sha256('left');
	const leafHash = sha256('last');

	it('has the last leaf directly below the root', async () => {
		const root = sha256('\x01', left, leafHash);
		await verifyInclusion({ index: 2 ** 40, size, leafHash, proof: [left], root });
		await refuses({ index: 2 ** 40 - 1, size, leafHash, proof: [left], root }, 'too few');
		await refuses({ index: 2 ** 40, size: size + 1, leafHash, proof: [left], root }, 'too few');
	});

	it('has the first leaf 41 levels below it', async () => {
		const proof = Array.from({ length: 41 }, (_, level) => sha256(String(level)));
		const root = proof.reduce((hash, sibling) => sha256('\x01', hash, sibling), leafHash);
		await verifyInclusion({ index: 0, size, leafHash, proof, root });
		await refuses({ index: 2 ** 32, size, leafHash, proof, root }, 'does not lead');
		await refuses({ index: 0, size: 2 ** 40, leafHash, proof, root }, 'more hashes');
	});

	it('has a first leaf in the largest tree possible', async () => {
		const proof = Array.from({ length: 53 }, (_, level) => sha256(String(level)));
		const root = proof.reduce((hash, sibling) => sha256('\x01', hash, sibling), leafHash);
		await verifyInclusion({ index: 0, size: Number.MAX_SAFE_INTEGER, leafHash, proof, root });
	});
});

it('says what does not fit the tree', async () => {
	const inclusion = proven(2, 5);
	await refuses({ ...inclusion, proof: [...inclusion.proof, inclusion.root] }, 'more hashes than its tree has levels');
	await refuses({ ...inclusion, proof: inclusion.proof.slice(1) }, 'too few hashes');
	await refuses({ ...inclusion, index: 5 }, 'index of the leaf is outside');
	await refuses({ ...inclusion, index: 6 }, 'index of the leaf is outside');
	await refuses({ ...proven(0, 1), size: 0 }, 'index of the leaf is outside');
});

it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1' as never, 1n as never, undefined as never])(
	'refuses %s as an index or a size',
	async (number) => {
		await refuses({ ...proven(1, 3), index: number }, 'not an integer');
		await refuses({ ...proven(1, 3), size: number }, 'not an integer');
	},
);

it.each([
	new Uint8Array(0),
	new Uint8Array(31),
	new Uint8Array(33),
	Array.from({ length: 32 }, () => 0) as never,
	'a'.repeat(32) as never,
	undefined as never,
])('refuses %o as a hash', async (hash) => {
	const inclusion = proven(1, 3);
	const wrong = 'not a Uint8Array of 32 bytes';
	await refuses({ ...inclusion, leafHash: hash }, wrong);
	await refuses({ ...inclusion, root: hash }, wrong);
	await refuses({ ...inclusion, proof: [inclusion.proof[0] as Uint8Array, hash] }, wrong);
});

it('refuses a proof that is not an array', async () => {
	const inclusion = proven(0, 1);
	for (const proof of ['', new Set(), undefined]) await refuses({ ...inclusion, proof: proof as never }, 'as an array');
});
