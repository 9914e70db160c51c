import { AuditProofError } from './audit-proof-error.ts';
import { type BundleFooter, type BundleHeader, parseBundleFooter, parseBundleHeader } from './bundle-lines.ts';
import type { Checkpoint } from './checkpoint.ts';
import { leafHash, sameBytes } from './hash.ts';
import { verifyInclusion } from './inclusion.ts';
import { createLeafChecks, reportFlaw } from './leaf-checks.ts';
import { readLines } from './line-reader.ts';
import { parseFirmOrigin } from './origin.ts';
import { openNoteByAny } from './signed-note.ts';
import { encodeText } from './text.ts';
import { createTreeHasher, hashLeaf, type Sha256, type TreeHasher } from './tree-hasher.ts';
import { type SignedCheckpoint, type TrustedKeys, trustKeys } from './trusted-keys.ts';
import type { VerifierKey } from './verifier-key.ts';

/** A checkpoint with the signed note that says it. */
export interface NotedCheckpoint extends Checkpoint {
	readonly note: string;
}

/** Of its note, with the signatures alone that are by the keys it is verified by. */
export interface VerifiedBundle extends NotedCheckpoint {
	/** Of the root tree, which has this note as a leaf. */
	readonly rootCheckpoint: NotedCheckpoint;
	/** Times of the first and the last entry, by the clocks of the processes that wrote them; null for no entries. */
	readonly first: string | null;
	readonly last: string | null;
}

export interface BundleOptions {
	/** The tree's, before and after a rotation of the key. At least one must have signed. */
	readonly vkeys: readonly string[];
	readonly sha256: Sha256;
	/** An older checkpoint of the tree, verified: the bundle must begin with its leaves, and be signed by a key of its. */
	readonly since?: SignedCheckpoint;
	/** Is shown each leaf while the file is read. Nothing of it is proven before verifyBundle() resolves. */
	readonly onLeaf?: (leaf: string, index: number) => void;
	/** Is told of each leaf that the tree may not have, and the rest is verified. Unless given, the bundle is refused there. */
	readonly onFlaw?: (index: number, flaw: AuditProofError) => void;
}

/**
 * Reads a bundle (FORMAT.md, "Bundle"), whose lines come from linesOf(), and derives its tree anew. Keeps no leaf.
 * @throws AuditProofError that names the line which is wrong, and never what it holds.
 */
export function verifyBundle(lines: AsyncIterable<string>, options: BundleOptions): Promise<VerifiedBundle> {
	const { vkeys, sha256, since, onLeaf, onFlaw } = options;
	return readLines(lines, async (reader) => {
		const { origin, size, root, firm, keys } = await reader.next((line) => openHeader(line, vkeys));
		const tree = createTreeHasher(sha256);
		const checkLeaf = createLeafChecks(firm);
		let first: string | null = null;
		let last: string | null = null;
		const isOlder = sinceCheck(origin, size, since);
		isOlder(tree);
		for (let index = 0; index < size; index++) {
			const facts = await reader.next((leaf) => {
				const facts = reportFlaw(() => checkLeaf(leaf), onFlaw && ((flaw) => onFlaw(index, flaw)));
				tree.append(hashLeaf(sha256, encodeText(leaf)));
				onLeaf?.(leaf, index);
				return facts;
			});
			last = facts?.at ?? last;
			first ??= last;
			isOlder(tree);
		}
		const expected = { origin, root, keys, tree };
		const { checkpoint, note, rootCheckpoint } = await reader.next((line) =>
			openFooter(parseBundleFooter(line), expected),
		);
		await reader.end();
		const { signers, ...found } = checkpoint;
		return { ...found, note: await openNoteBySigners(note, signers, since), rootCheckpoint, first, last };
	});
}

async function openHeader(line: string, vkeys: readonly string[]) {
	const header: BundleHeader = parseBundleHeader(line);
	const keys = await trustKeys(vkeys, header.origin);
	return { ...header, ...parseFirmOrigin(header.origin), keys };
}

/** Compares roots when the tree has as many leaves as the older one. */
function sinceCheck(origin: string, size: number, since: Checkpoint | undefined): (tree: TreeHasher) => void {
	if (since === undefined) return () => {};
	if (since.origin !== origin) throw new AuditProofError('The older checkpoint is of another tree than the bundle.');
	if (since.size > size) throw new AuditProofError('The older checkpoint has more entries than the bundle.');
	return (tree) => {
		if (tree.size !== since.size || sameBytes(tree.root(), since.root)) return;
		throw new AuditProofError('The bundle does not begin with the entries of the older checkpoint.');
	};
}

interface Expected {
	readonly origin: string;
	readonly root: string;
	readonly keys: TrustedKeys;
	readonly tree: TreeHasher;
}

async function openFooter({ checkpoint: note, root: place }: BundleFooter, { origin, root, keys, tree }: Expected) {
	const checkpoint = await keys.openSigned(note, origin);
	if (checkpoint.size !== tree.size) throw new AuditProofError('The checkpoint has another size than the bundle.');
	if (!sameBytes(checkpoint.root, tree.root())) {
		throw new AuditProofError('The entries do not lead to the root of the checkpoint.');
	}
	const above = await keys.openCheckpoint(place.checkpoint, root);
	const { index, proof } = place;
	await verifyInclusion({ index, size: above.size, leafHash: await leafHash(note), proof, root: above.root });
	return { checkpoint, note, rootCheckpoint: { ...above, note: place.checkpoint } };
}

/**
 * The note with the signatures of those keys alone that signed the older checkpoint too. Any other key may be one that the server of the log
 * has named; its signature under a true note says nothing, since anyone can put one there.
 */
async function openNoteBySigners(
	note: string,
	signers: readonly VerifierKey[],
	since?: SignedCheckpoint,
): Promise<string> {
	const isKnown = ({ publicKey }: VerifierKey) =>
		since === undefined || since.signers.some((signer) => sameBytes(signer.publicKey, publicKey));
	const known = signers.filter(isKnown);
	if (known.length > 0) return (await openNoteByAny(note, known)).own;
	throw new AuditProofError(
		`The key of the log was changed: no key that has signed the older checkpoint has signed the new one. Its first ${since?.size} entries are those of the older checkpoint. Learn the new key by another way than from the server of the log; then verify by it alone, without the older checkpoint.`,
	);
}
