import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeLeaf, parseLeaf } from '../../../src/audit/index.ts';
import { AuditProofError } from '../../../src/audit/verify/index.ts';
import { verifyBundle, verifyProofFile } from '../../../src/audit/verify/log.ts';
import { verifyCase } from '../single-file/run-verifier.ts';
import { chainOf } from './anchor-cases.ts';
import type { BundleCase } from './bundle-cases.ts';
import { linesIn } from './file-bytes.ts';
import { sha256 } from './naive-tree.ts';
import { makeVectors } from './write-vectors.ts';

interface Vectors {
	readonly vkey: string;
	readonly rootVkey: string;
	readonly bundle: string;
	readonly accepted: readonly (BundleCase & { readonly bundle: string })[];
	readonly refused: readonly (BundleCase & { readonly bundle: string })[];
	readonly anchors: readonly string[];
	readonly proofFiles: readonly string[];
}

const file = new URL('../../vectors/audit-bundle-v1.json', import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(file, 'utf8'));

it('equals the output of the test writer, byte for byte', () => {
	expect(vectors).toEqual(JSON.parse(JSON.stringify(makeVectors())));
	expect(vectors.accepted.length + vectors.refused.length).toBe(20);
});

describe.each([
	[
		'the library',
		({ bundle, vkeys }: BundleCase) =>
			verifyBundle(linesIn(bundle), { vkeys, sha256 }).then(
				() => true,
				(error: unknown) => {
					expect(error).toBeInstanceOf(AuditProofError);
					return false;
				},
			),
	],
	[
		'the single file',
		async (bundle: BundleCase) => {
			const { code } = await verifyCase(bundle);
			expect(code).toBeLessThan(2);
			return code === 0;
		},
	],
])('%s', (_, accepts) => {
	it.each(vectors.accepted)('accepts $name', async (bundle) => expect(await accepts(bundle)).toBe(true));
	it.each(vectors.refused)('refuses it if $name', async (bundle) => expect(await accepts(bundle)).toBe(false));
});

it('contains entries as a writer encodes them', () => {
	const leaves = vectors.bundle.split('\n').slice(1, -2);
	expect(leaves.map((leaf) => encodeLeaf(parseLeaf(leaf)))).toEqual(leaves);
	expect(leaves.length).toBe(7);
});

it('contains consecutive anchors, and proof files', async () => {
	expect((await chainOf(vectors.anchors)).length).toBe(3);
	for (const [at, proof] of vectors.proofFiles.entries()) {
		expect(await verifyProofFile(proof, [vectors.vkey])).toMatchObject({ index: at * 3 });
	}
});
