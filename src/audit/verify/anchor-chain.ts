import { type Anchor, type AnchoredLeaf, readAnchor } from './anchor.ts';
import type { AnchorHeader, AnchorSection } from './anchor-lines.ts';
import { AuditProofError } from './audit-proof-error.ts';
import type { Checkpoint } from './checkpoint.ts';
import { createFirmTrees, type OnFlaw } from './firm-trees.ts';
import { sameBytes } from './hash.ts';
import { linesOf } from './lines.ts';
import { createLogChecks, type LogCheckOptions } from './log-checks.ts';
import { encodeText } from './text.ts';

/** SHA-256 over what comes in pieces; node:crypto's createHash('sha256') is one. */
export interface IncrementalHash {
	update(bytes: Uint8Array): unknown;
	digest(): Uint8Array;
}

export interface AnchorChainOptions extends LogCheckOptions {
	readonly newHash: () => IncrementalHash;
	/** Is shown each leaf while an anchor is read. Nothing of it is proven before the add() of its anchor resolves. */
	readonly onLeaf?: (leaf: AnchoredLeaf) => void | Promise<void>;
	/** Is told of each leaf that a firm's tree may not have, and the rest is verified. Unless given, its anchor is refused. */
	readonly onFlaw?: OnFlaw;
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
	const { newHash, onLeaf, onFlaw } = options;
	const checks = await createLogChecks(options);
	const { installation, rootOrigin } = checks;
	const firms = createFirmTrees(checks, onFlaw);
	const root = checks.createTree();
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
		const hash = checks.hashLeaf(encodeText(leaf.leaf));
		if (leaf.origin !== rootOrigin) firms.append(leaf.origin, leaf.leaf, hash);
		else {
			const checkpoint = await checks.checkRootLeaf(leaf.leaf, leaf.index);
			if (checkpoint !== null) firms.cover(checkpoint);
			root.append(hash);
		}
		await onLeaf?.(leaf);
	}

	/** Of the root tree with all leaves so far. */
	async function close(note: string): Promise<Checkpoint> {
		const checkpoint = await checks.openRootNote(note);
		if (checkpoint.size !== root.size) {
			throw new AuditProofError('The checkpoint has another size than the section of the root tree.');
		}
		if (!sameBytes(checkpoint.root, root.root())) {
			throw new AuditProofError('The leaves of the root tree do not lead to the root of the checkpoint.');
		}
		return checkpoint;
	}

	async function readNext(bytes: AsyncIterable<Uint8Array>) {
		const hash = newHash();
		let checkpoint: Checkpoint | undefined;
		const onNote = async (note: string) => {
			firms.checkCovered();
			checkpoint = await close(note);
		};
		const lines = linesOf(hashing(bytes, hash));
		const anchor = await readAnchor(lines, { onHeader, onSection, onLeaf: takeLeaf, onNote });
		if (anchor.incarnation !== checks.incarnation) {
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
			return checks.incarnation;
		},
		get rootVkey() {
			return checks.rootVkey;
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

/** The same bytes, of which each was given to `hash`. */
export async function* hashing(
	bytes: AsyncIterable<Uint8Array>,
	hash: Pick<IncrementalHash, 'update'>,
): AsyncGenerator<Uint8Array> {
	for await (const chunk of bytes) {
		hash.update(chunk);
		yield chunk;
	}
}

function hexOf(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
