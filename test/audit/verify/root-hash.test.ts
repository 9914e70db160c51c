import { describe, expect, it } from 'vitest';
import { AuditProofError, leafHash, rootHash } from '../../../src/audit/verify/index.ts';
import { leavesOf, sha256, treeHash } from './naive-tree.ts';

it('is the root of RFC 6962 at every size up to 130', async () => {
	for (let size = 0; size <= 130; size++) {
		const leaves = leavesOf(size);
		expect(await rootHash(leaves)).toEqual(treeHash(leaves));
	}
});

it('is a different array than the hash of a single leaf', async () => {
	const leaf = sha256('leaf');
	const root = await rootHash([leaf]);
	root.fill(0);
	expect(leaf).toEqual(sha256('leaf'));
});

it('distinguishes a leaf that looks like a node from that node', async () => {
	const [left, right] = leavesOf(2) as [Uint8Array, Uint8Array];
	const forged = await leafHash(Uint8Array.of(...left, ...right));
	expect(await rootHash([forged])).not.toEqual(await rootHash([left, right]));
});

it.each([[[new Uint8Array(31)]], [[new Uint8Array(33)]], [[sha256(), 'a'.repeat(32)]], ['text'], [undefined]])(
	'refuses %o as leaf hashes',
	async (hashes) => {
		await expect(rootHash(hashes as never)).rejects.toBeInstanceOf(AuditProofError);
	},
);

describe('leafHash', () => {
	it('hashes text as UTF-8, and bytes as they are', async () => {
		expect(await leafHash('{"é":"—"}')).toEqual(sha256('\0', '{"é":"—"}'));
		expect(await leafHash(Uint8Array.of(0xff, 0x00))).toEqual(sha256(Uint8Array.of(0, 0xff, 0x00)));
		expect(await leafHash(Buffer.from('bytes'))).toEqual(await leafHash('bytes'));
	});

	it('refuses text that would encode like another, and anything but text and bytes', async () => {
		for (const leaf of ['\ud800', '\udc00 ', 5, null, undefined, [1, 2]]) {
			await expect(leafHash(leaf as never)).rejects.toThrow(AuditProofError);
			await expect(leafHash(leaf as never)).rejects.toThrow('not well-formed');
		}
		expect(await leafHash('\ufffd')).toEqual(sha256('\0', '\ufffd'));
	});
});

it('throws an error with its own name', () => {
	const error = new AuditProofError('No.');
	expect([error.name, error.message, error instanceof Error]).toEqual(['AuditProofError', 'No.', true]);
});
