import { createHash } from 'node:crypto';

/** RFC 6962 section 2.1 by its definitions: recursive, over leaf hashes, and without code of src/. */
export function sha256(...parts: readonly (string | Uint8Array)[]): Uint8Array {
	const hash = createHash('sha256');
	for (const part of parts) hash.update(part);
	return new Uint8Array(hash.digest());
}

const leaves: Uint8Array[] = [];

/** The first `count` of an endless sequence of distinct leaf hashes. */
export function leavesOf(size: number): Uint8Array[] {
	while (leaves.length < size) leaves.push(sha256('\0', `leaf ${leaves.length}`));
	return leaves.slice(0, size);
}

/** Largest power of two smaller than `size`. */
function split(size: number): number {
	let k = 1;
	while (k * 2 < size) k *= 2;
	return k;
}

/** MTH. */
export function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
	const [first] = leaves;
	if (first === undefined) return sha256();
	if (leaves.length === 1) return first;
	const k = split(leaves.length);
	return sha256('\x01', treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

/** PATH. */
export function inclusionProof(index: number, leaves: readonly Uint8Array[]): Uint8Array[] {
	if (leaves.length <= 1) return [];
	const k = split(leaves.length);
	return index < k
		? [...inclusionProof(index, leaves.slice(0, k)), treeHash(leaves.slice(k))]
		: [...inclusionProof(index - k, leaves.slice(k)), treeHash(leaves.slice(0, k))];
}

/** PROOF, for 0 < size < leaves.length. */
export function consistencyProof(size: number, leaves: readonly Uint8Array[]): Uint8Array[] {
	return subproof(size, leaves, true);
}

function subproof(size: number, leaves: readonly Uint8Array[], whole: boolean): Uint8Array[] {
	if (size === leaves.length) return whole ? [] : [treeHash(leaves)];
	const k = split(leaves.length);
	return size <= k
		? [...subproof(size, leaves.slice(0, k), whole), treeHash(leaves.slice(k))]
		: [...subproof(size - k, leaves.slice(k), false), treeHash(leaves.slice(0, k))];
}
