import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
	AuditProofError,
	leafHash,
	rootHash,
	verifyCheckpoint,
	verifyConsistency,
	verifyInclusion,
} from '../../../src/audit/verify/index.ts';

interface Vectors {
	readonly leaves: readonly string[];
	readonly roots: readonly string[];
	readonly inclusion: readonly { index: number; size: number; proof: readonly string[] }[];
	readonly consistency: readonly { size1: number; size2: number; proof: readonly string[] }[];
	readonly origin: string;
	readonly vkey: string;
	readonly checkpoints: readonly { comment: string; note: string; size: number; root: string }[];
	readonly refused: readonly { comment: string; note: string }[];
}

const file = new URL('../../vectors/audit-proofs-v1.json', import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(file, 'utf8'));
const bytes = (hex: string | undefined) => new Uint8Array(Buffer.from(hex ?? '', 'hex'));
const leafHashes = () => Promise.all(vectors.leaves.map((leaf) => leafHash(bytes(leaf))));

it('have the roots that Certificate Transparency publishes', async () => {
	const hashes = await leafHashes();
	const roots = await Promise.all(vectors.roots.map((_, size) => rootHash(hashes.slice(0, size))));
	expect(roots.map((root) => Buffer.from(root).toString('hex'))).toEqual(vectors.roots);
	expect(vectors.roots).toEqual([
		'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
		'6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
		'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
		'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
		'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
		'4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
		'76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
		'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
		'5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
	]);
});

it.each(vectors.inclusion)('prove leaf $index of $size', async ({ index, size, proof }) => {
	const leaf = (await leafHashes())[index] as Uint8Array;
	const inclusion = { index, size, leafHash: leaf, proof: proof.map(bytes), root: bytes(vectors.roots[size]) };
	await expect(verifyInclusion(inclusion)).resolves.toBeUndefined();
});

it.each(vectors.consistency)('prove that $size2 leaves start with $size1', async ({ size1, size2, proof }) => {
	const [root1, root2] = [bytes(vectors.roots[size1]), bytes(vectors.roots[size2])];
	await expect(verifyConsistency({ size1, size2, root1, root2, proof: proof.map(bytes) })).resolves.toBeUndefined();
});

describe('checkpoints', () => {
	it.each(vectors.checkpoints)('$comment', async ({ note, size, root }) => {
		const checkpoint = { origin: vectors.origin, size, root: bytes(root) };
		expect(await verifyCheckpoint(note, vectors.vkey)).toEqual(checkpoint);
		expect(await verifyCheckpoint(new TextEncoder().encode(note), vectors.vkey)).toEqual(checkpoint);
	});

	it.each(vectors.refused)('refused: $comment', async ({ note }) => {
		await expect(verifyCheckpoint(note, vectors.vkey)).rejects.toBeInstanceOf(AuditProofError);
	});
});
