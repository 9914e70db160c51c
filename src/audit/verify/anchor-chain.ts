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

/** SHA-256 of data that comes in pieces, such as createHash('sha256') of node:crypto. */
export interface IncrementalHash {
	update(bytes: Uint8Array): unknown;
	digest(): Uint8Array;
}

export interface AnchorChainOptions extends LogCheckOptions {
	readonly newHash: () => IncrementalHash;
	/** Called for each leaf while an anchor is read. The leaf is not proven before the add() of its anchor resolves. */
	readonly onLeaf?: (leaf: AnchoredLeaf) => void | Promise<void>;
	/** Called for each leaf that a firm's tree may not have; the rest is still verified. Without it, add() refuses the anchor. */
	readonly onFlaw?: OnFlaw;
}

/**
 * Verifies the anchors of an installation, number 0 first (FORMAT.md, "Anchor").
 * @throws AuditProofError if `rootVkey` is not the key of a root tree.
 */
export async function createAnchorChain(options: AnchorChainOptions): Promise<AnchorChain> {
	return new AnchorChain(await createLogChecks(options), options);
}

/** The anchors of an installation accepted so far. */
export class AnchorChain {
	readonly #checks: LogChecks;
	readonly #options: AnchorChainOptions;
	readonly #firms: FirmTrees;
	readonly #root: TreeHasher;
	#length = 0;
	/** Hash of the last accepted anchor. */
	#previous: string | null = null;
	#isWhole = true;

	constructor(checks: LogChecks, options: AnchorChainOptions) {
		this.#checks = checks;
		this.#options = options;
		this.#firms = createFirmTrees(checks, options.onFlaw);
		this.#root = checks.createTree();
	}

	/** Number of accepted anchors. */
	get length(): number {
		return this.#length;
	}

	/** Incarnation of the log after the last accepted anchor. */
	get incarnation(): number {
		return this.#checks.incarnation;
	}

	/** vkey of the root tree for the key in force after the last accepted anchor. */
	get rootVkey(): string {
		return this.#checks.rootVkey;
	}

	/** Number of leaves of each tree so far, by origin. */
	sizes(): Map<string, number> {
		return new Map([...this.#firms.sizes(), [this.#checks.rootOrigin, this.#root.size]]);
	}

	/**
	 * Verifies the next anchor: it follows the previous one, checkpoints cover all its leaves, and every checkpoint in it verifies. Keeps no
	 * leaf, only 32 bytes of each leaf that no checkpoint has covered yet.
	 * @throws AuditProofError, also after an add() that threw, or while another add() has not resolved.
	 */
	async add(bytes: AsyncIterable<Uint8Array>): Promise<Anchor & { readonly root: Checkpoint }> {
		// A refused anchor leaves the trees in an undefined state.
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
		if (number !== this.#length) throw new AuditProofError('The number of the anchor is not the next one.');
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

/** Yields the same bytes, after it has passed them to `hash`. */
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
