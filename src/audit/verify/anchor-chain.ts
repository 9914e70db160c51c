import { type Anchor, type AnchoredLeaf, readAnchor } from './anchor.ts';
import type { AnchorHeader, AnchorSection } from './anchor-lines.ts';
import { AuditProofError } from './audit-proof-error.ts';
import type { Checkpoint } from './checkpoint.ts';
import { createFirmTrees, type FirmTrees, type OnFlaw } from './firm-trees.ts';
import { sameBytes } from './hash.ts';
import { linesOf } from './lines.ts';
import { createLogChecks, type LogCheckOptions, type LogChecks } from './log-checks.ts';
import { encodeText } from './text.ts';
import type { TreeHasher } from './tree-hasher.ts';

/** SHA-256 over what comes in pieces; node:crypto's createHash('sha256') is one. */
export interface IncrementalHash {
	update(bytes: Uint8Array): unknown;
	digest(): Uint8Array;
}

export interface AnchorChainOptions extends LogCheckOptions {
	readonly newHash: () => IncrementalHash;
	/** Is shown each leaf while an anchor is read. Nothing of it is proven before the add() of its anchor resolves. */
	readonly onLeaf?: (leaf: AnchoredLeaf) => void | Promise<void>;
	/** Is called for each leaf that a firm's tree may not have, and the rest is verified. Unless given, its anchor is refused. */
	readonly onFlaw?: OnFlaw;
}

/**
 * Verifies the anchors of an installation, number 0 first (FORMAT.md, "Anchor").
 * @throws AuditProofError when `rootVkey` is not the key of a root tree.
 */
export async function createAnchorChain(options: AnchorChainOptions): Promise<AnchorChain> {
	return new AnchorChain(await createLogChecks(options), options);
}

/** The anchors of an installation that were accepted so far. */
export class AnchorChain {
	readonly #checks: LogChecks;
	readonly #options: AnchorChainOptions;
	readonly #firms: FirmTrees;
	readonly #root: TreeHasher;
	#length = 0;
	/** Hash of the last anchor accepted. */
	#previous: string | null = null;
	#isWhole = true;

	constructor(checks: LogChecks, options: AnchorChainOptions) {
		this.#checks = checks;
		this.#options = options;
		this.#firms = createFirmTrees(checks, options.onFlaw);
		this.#root = checks.createTree();
	}

	/** How many anchors have been accepted. */
	get length(): number {
		return this.#length;
	}

	/** Of the log, after the last anchor accepted. */
	get incarnation(): number {
		return this.#checks.incarnation;
	}

	/** Of the root tree, for the key in force after the last anchor accepted. */
	get rootVkey(): string {
		return this.#checks.rootVkey;
	}

	/** Leaves of each tree so far, by origin. */
	sizes(): Map<string, number> {
		return new Map([...this.#firms.sizes(), [this.#checks.rootOrigin, this.#root.size]]);
	}

	/**
	 * Verifies the next anchor: that it follows the one before, that all its leaves are signed for, and every checkpoint in it.
	 * Keeps none of its leaves, but 32 bytes of each that the anchor's root section has not come to yet.
	 * @throws AuditProofError, also from each add() after one that threw, or before one has resolved.
	 */
	async add(bytes: AsyncIterable<Uint8Array>): Promise<Anchor & { readonly root: Checkpoint }> {
		// What a refused anchor has left in the trees is nothing to go on from.
		if (!this.#isWhole) throw new AuditProofError('An anchor before this one was not accepted.');
		this.#isWhole = false;
		const anchor = await this.#readNext(bytes);
		this.#isWhole = true;
		return anchor;
	}

	async #readNext(bytes: AsyncIterable<Uint8Array>) {
		const hash = this.#options.newHash();
		let root: Checkpoint | undefined;
		const anchor = await readAnchor(linesOf(hashing(bytes, hash)), {
			onHeader: (header) => this.#checkHeader(header),
			onSection: (section) => this.#checkSection(section),
			onLeaf: (leaf) => this.#takeLeaf(leaf),
			onNote: async (note) => {
				this.#firms.checkCovered();
				root = await this.#openNote(note);
			},
		});
		if (anchor.incarnation !== this.#checks.incarnation) {
			throw new AuditProofError('The anchor names another incarnation than its root tree.');
		}
		this.#length += 1;
		this.#previous = hexOf(hash.digest());
		return { ...anchor, root: root as Checkpoint };
	}

	#checkHeader({ installation, number, previous }: AnchorHeader): void {
		if (installation !== this.#checks.installation) throw new AuditProofError('The anchor is of another installation.');
		if (number !== this.#length) throw new AuditProofError('The anchor has not the number after the one before it.');
		if (previous !== this.#previous) throw new AuditProofError('The anchor does not follow the one before it.');
	}

	#checkSection({ origin, from }: AnchorSection): void {
		if (from !== (origin === this.#checks.rootOrigin ? this.#root.size : this.#firms.sizeOf(origin))) {
			throw new AuditProofError('A section does not begin where the anchors before it ended.');
		}
	}

	async #takeLeaf(leaf: AnchoredLeaf): Promise<void> {
		const checks = this.#checks;
		const hash = checks.hashLeaf(encodeText(leaf.leaf));
		if (leaf.origin !== checks.rootOrigin) this.#firms.append(leaf.origin, leaf.leaf, hash);
		else {
			const checkpoint = await checks.checkRootLeaf(leaf.leaf, leaf.index);
			if (checkpoint !== null) this.#firms.cover(checkpoint);
			this.#root.append(hash);
		}
		await this.#options.onLeaf?.(leaf);
	}

	/** The checkpoint of the root tree with all leaves so far. */
	async #openNote(note: string): Promise<Checkpoint> {
		const checkpoint = await this.#checks.openRootNote(note);
		if (checkpoint.size !== this.#root.size) {
			throw new AuditProofError('The checkpoint has another size than the section of the root tree.');
		}
		if (!sameBytes(checkpoint.root, this.#root.root())) {
			throw new AuditProofError('The leaves of the root tree do not lead to the root of the checkpoint.');
		}
		return checkpoint;
	}
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
