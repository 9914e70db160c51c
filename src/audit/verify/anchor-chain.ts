import { type Anchor, type AnchoredLeaf, readAnchor } from './anchor.ts';
import type { AnchorHeader, AnchorSection } from './anchor-lines.ts';
import { AuditProofError } from './audit-proof-error.ts';
import type { Checkpoint } from './checkpoint.ts';
import { createFirmTrees } from './firm-trees.ts';
import { linesOf } from './lines.ts';
import { installationOf } from './origin.ts';
import { createRootTree } from './root-tree.ts';
import { createSignerHistory } from './signer-history.ts';
import { encodeText } from './text.ts';
import { hashLeaf, type Sha256 } from './tree-hasher.ts';
import { parseVerifierKey } from './verifier-key.ts';

/** SHA-256 over what comes in pieces; node:crypto's createHash('sha256') is one. */
export interface IncrementalHash {
	update(bytes: Uint8Array): unknown;
	digest(): Uint8Array;
}

export interface AnchorChainOptions {
	/** Of the root tree: the key that the log began with, from somewhere that is trusted. */
	readonly rootVkey: string;
	readonly sha256: Sha256;
	readonly newHash: () => IncrementalHash;
	/** Is shown each leaf while an anchor is read. Nothing of it is proven before the add() of its anchor resolves. */
	readonly onLeaf?: (leaf: AnchoredLeaf) => void | Promise<void>;
}

export interface AnchorChain {
	/** How many anchors have been accepted. */
	readonly length: number;
	/** Of the log, after the last anchor accepted. */
	readonly incarnation: number;
	/** Of the root tree, for the key in force after the last anchor accepted. */
	readonly rootVkey: string;
	/** Leaves of each tree so far, by origin. */
	sizes(): Map<string, number>;
	/**
	 * Verifies the next anchor: that it follows the one before, that all its leaves are signed for, and every checkpoint in it.
	 * Keeps none of its leaves, but 32 bytes of each that the anchor's root section has not come to yet.
	 * @throws AuditProofError, also from each add() after one that threw, or before one has resolved.
	 */
	add(bytes: AsyncIterable<Uint8Array>): Promise<Anchor & { readonly root: Checkpoint }>;
}

/**
 * Verifies the anchors of an installation, number 0 first (FORMAT.md, "Anchor").
 * @throws AuditProofError when `rootVkey` is not the key of a root tree.
 */
export async function createAnchorChain(options: AnchorChainOptions): Promise<AnchorChain> {
	const { sha256, newHash, onLeaf } = options;
	const rootOrigin = (await parseVerifierKey(options.rootVkey)).name;
	const installation = installationOf(rootOrigin);
	const signers = await createSignerHistory(options.rootVkey);
	const firms = createFirmTrees(sha256, signers);
	const root = createRootTree(rootOrigin, { sha256, signers, firms });
	let length = 0;
	let previous: string | null = null;
	let isWhole = true;

	function onHeader(header: AnchorHeader): void {
		if (header.installation !== installation) throw new AuditProofError('The anchor is of another installation.');
		if (header.number !== length) throw new AuditProofError('The anchor has not the number after the one before it.');
		if (header.previous !== previous) throw new AuditProofError('The anchor does not follow the one before it.');
	}

	function onSection({ origin, from }: AnchorSection): void {
		if (from !== (origin === rootOrigin ? root.size : firms.sizeOf(origin))) {
			throw new AuditProofError('A section does not begin where the anchors before it ended.');
		}
	}

	async function takeLeaf(leaf: AnchoredLeaf): Promise<void> {
		const hash = hashLeaf(sha256, encodeText(leaf.leaf));
		if (leaf.origin === rootOrigin) await root.append(leaf.leaf, hash);
		else firms.append(leaf.origin, leaf.leaf, hash);
		await onLeaf?.(leaf);
	}

	async function readNext(bytes: AsyncIterable<Uint8Array>) {
		const hash = newHash();
		let checkpoint: Checkpoint | undefined;
		const onNote = async (note: string) => {
			firms.checkCovered();
			checkpoint = await root.close(note);
		};
		const lines = linesOf(hashing(bytes, hash));
		const anchor = await readAnchor(lines, { onHeader, onSection, onLeaf: takeLeaf, onNote });
		if (anchor.incarnation !== root.incarnation) {
			throw new AuditProofError('The anchor names another incarnation than its root tree.');
		}
		length += 1;
		previous = hexOf(hash.digest());
		return { ...anchor, root: checkpoint as Checkpoint };
	}

	return {
		get length() {
			return length;
		},
		get incarnation() {
			return root.incarnation;
		},
		get rootVkey() {
			return signers.vkey;
		},
		sizes: () => new Map([...firms.sizes(), [rootOrigin, root.size]]),
		async add(bytes) {
			// What a refused anchor has left in the trees is nothing to go on from.
			if (!isWhole) throw new AuditProofError('An anchor before this one was not accepted.');
			isWhole = false;
			const anchor = await readNext(bytes);
			isWhole = true;
			return anchor;
		},
	};
}

async function* hashing(bytes: AsyncIterable<Uint8Array>, hash: IncrementalHash): AsyncGenerator<Uint8Array> {
	for await (const chunk of bytes) {
		hash.update(chunk);
		yield chunk;
	}
}

function hexOf(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
