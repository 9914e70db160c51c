import { checkHashes } from './check.ts';
import { nodeHash, sha256 } from './hash.ts';

/**
 * Root of the tree over `leafHashes`, in their order (RFC 6962 section 2.1); SHA-256 of nothing for no leaves.
 * @throws AuditProofError when one of them is not 32 bytes.
 */
export async function rootHash(leafHashes: readonly Uint8Array[]): Promise<Uint8Array> {
	checkHashes(leafHashes);
	let level = leafHashes;
	while (level.length > 1) level = await levelAbove(level);
	// A copy: the root of a single leaf is not the array of that leaf's hash.
	return level[0]?.slice() ?? sha256();
}

/** Two neighbours make a node. The last hash of an odd level goes up as it is, which makes the tree of the RFC. */
async function levelAbove(level: readonly Uint8Array[]): Promise<Uint8Array[]> {
	const above: Uint8Array[] = [];
	let left: Uint8Array | undefined;
	// One at a time: a promise for each node of a large tree at once takes gigabytes.
	for (const hash of level) {
		if (left !== undefined) above.push(await nodeHash(left, hash));
		left = left === undefined ? hash : undefined;
	}
	return left === undefined ? above : [...above, left];
}
