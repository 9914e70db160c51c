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

/** A checkpoint with its signed note. */
export interface NotedCheckpoint extends Checkpoint {
	readonly note: string;
}

/** The note has only the signatures of the keys that verified it. */
export interface VerifiedBundle extends NotedCheckpoint {
	/** The checkpoint of the root tree that has this note as a leaf. */
	readonly rootCheckpoint: NotedCheckpoint;
	/** Times of the first and the last entry, by the clocks of the processes that wrote them. Null if there is no entry. */
	readonly first: string | null;
	readonly last: string | null;
}

export interface BundleOptions {
	/** The keys of the tree, before and after a rotation. At least one must have signed. */
	readonly vkeys: readonly string[];
	readonly sha256: Sha256;
	/** Older, verified checkpoints of the tree. The bundle must begin with the leaves of each, and one of its signers must have signed the bundle. */
	readonly since?: readonly SignedCheckpoint[];
	/** Called for each leaf while the file is read. The leaf is not proven before verifyBundle() resolves. */
	readonly onLeaf?: (leaf: string, index: number) => void;
	/** Called for each leaf that the tree may not have; the rest is still verified. Without it, the bundle is refused. */
	readonly onFlaw?: (index: number, flaw: AuditProofError) => void;
}

/**
 * Verifies a bundle (FORMAT.md, "Bundle") from the lines of linesOf(). Computes the tree from the leaves and keeps no leaf.
 * @throws AuditProofError that names the wrong line, and never its content.
 */
export function verifyBundle(lines: AsyncIterable<string>, options: BundleOptions): Promise<VerifiedBundle> {
	const { vkeys, sha256, since = [], onLeaf, onFlaw } = options;
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

/** Compares the roots once the tree has as many leaves as an older checkpoint. */
function sinceCheck(origin: string, size: number, since: readonly SignedCheckpoint[]): (tree: TreeHasher) => void {
	for (const older of since) {
		if (older.origin !== origin) throw new AuditProofError('The older checkpoint is of another tree than the bundle.');
		if (older.size > size) throw new AuditProofError('The older checkpoint has more entries than the bundle.');
	}
	return (tree) => {
		for (const older of since) {
			if (tree.size !== older.size || sameBytes(tree.root(), older.root)) continue;
			throw new AuditProofError('The bundle does not begin with the entries of the older checkpoint.');
		}
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
 * The note with only the signatures of keys that signed each older checkpoint too. Any other key may come from the server of the log, and its
 * signature under a true note proves nothing, because anyone can add one.
 */
async function openNoteBySigners(
	note: string,
	signers: readonly VerifierKey[],
	since: readonly SignedCheckpoint[],
): Promise<string> {
	const isKnown = ({ publicKey }: VerifierKey) =>
		since.every((older) => older.signers.some((signer) => sameBytes(signer.publicKey, publicKey)));
	const known = signers.filter(isKnown);
	if (known.length > 0) return (await openNoteByAny(note, known)).own;
	throw new AuditProofError(
		`The key of the log was changed: no key that has signed the older checkpoint has signed the new one. Its first ${since[0]?.size} entries are those of the older checkpoint. Get the new key from another source than the server of the log; then verify with that key alone, without the older checkpoint.`,
	);
}
