import { AuditProofError } from './audit-proof-error.ts';
import type { Checkpoint } from './checkpoint.ts';
import { createLeafChecks, type LeafFacts } from './leaf-checks.ts';
import { installationOf, parseFirmOrigin } from './origin.ts';
import { parseRootLeaf } from './root-leaf.ts';
import { createSignerHistory, type SignerHistory } from './signer-history.ts';
import { createTreeHasher, hashLeaf, type Sha256, type TreeHasher } from './tree-hasher.ts';
import { parseVerifierKey } from './verifier-key.ts';

export interface LogCheckOptions {
	/** Of the root tree: the key that the log began with, from somewhere that is trusted. */
	readonly rootVkey: string;
	readonly sha256: Sha256;
}

interface Firm {
	readonly checkLeaf: (leaf: string) => LeafFacts;
	/** How many keys there were when its last checkpoint was signed; 0 without one. */
	signers: number;
}

/** @throws AuditProofError when `rootVkey` is not the key of a root tree. */
export async function createLogChecks({ rootVkey, sha256 }: LogCheckOptions): Promise<LogChecks> {
	const rootOrigin = (await parseVerifierKey(rootVkey)).name;
	return new LogChecks(rootOrigin, await createSignerHistory(rootVkey), sha256);
}

/**
 * What the trees of an installation may have, and who must have signed them, whatever the log is read from: anchors or its
 * database. How large the trees are and what they hash to is for the reader of the log to check.
 */
export class LogChecks {
	readonly installation: string;
	readonly rootOrigin: string;
	readonly #signers: SignerHistory;
	readonly #sha256: Sha256;
	readonly #firms = new Map<string, Firm>();
	#incarnation = 1;
	/** How many keys and incarnations there were at the last root note. */
	#noted = { signers: 1, incarnation: 1 };

	constructor(rootOrigin: string, signers: SignerHistory, sha256: Sha256) {
		this.installation = installationOf(rootOrigin);
		this.rootOrigin = rootOrigin;
		this.#signers = signers;
		this.#sha256 = sha256;
	}

	/** Of the root tree, for the key in force. */
	get rootVkey(): string {
		return this.#signers.vkey;
	}

	get incarnation(): number {
		return this.#incarnation;
	}

	/**
	 * Takes the next leaf of a firm's tree.
	 * @throws AuditProofError when it has no place there; a WrongFirmError or WrongOrderError says why.
	 */
	checkFirmLeaf(origin: string, leaf: string): LeafFacts {
		return this.#firmOf(origin).checkLeaf(leaf);
	}

	/**
	 * Takes the leaf of the root tree at `index`. Answers the checkpoint that it is, which is signed as it must be; null for
	 * another kind.
	 * @throws AuditProofError when it is malformed, out of order, or not signed so.
	 */
	async checkRootLeaf(text: string, index: number): Promise<Checkpoint | null> {
		const leaf = parseRootLeaf(text);
		if (index === 0) {
			if (leaf.kind !== 'signer' || leaf.key !== this.#signers.vkey) {
				throw new AuditProofError('The log does not begin with the verifier key.');
			}
			return null;
		}
		switch (leaf.kind) {
			case 'checkpoint':
				return this.#openCheckpoint(leaf.origin, leaf.note);
			case 'signer':
				await this.#signers.follow(leaf.key);
				return null;
			case 'incarnation':
				if (leaf.incarnation !== this.#incarnation + 1) {
					throw new AuditProofError('An incarnation is not the next one.');
				}
				this.#incarnation = leaf.incarnation;
				return null;
			case 'heartbeat':
				return null;
		}
	}

	/**
	 * Opens a note of the root tree with the leaves so far.
	 * @throws AuditProofError when it is not signed as it must be.
	 */
	async openRootNote(note: string): Promise<Checkpoint> {
		const signers = this.#signers;
		// Otherwise a log that was restored and the one that it came from could sign two trees with one key.
		if (signers.length - this.#noted.signers < this.#incarnation - this.#noted.incarnation) {
			throw new AuditProofError('An incarnation has no key of its own.');
		}
		const checkpoint = await signers.openCheckpoint(note, this.rootOrigin, this.#noted.signers - 1);
		this.#noted = { signers: signers.length, incarnation: this.#incarnation };
		return checkpoint;
	}

	/** A tree without leaves. */
	createTree(): TreeHasher {
		return createTreeHasher(this.#sha256);
	}

	hashLeaf(leaf: Uint8Array): Uint8Array {
		return hashLeaf(this.#sha256, leaf);
	}

	async #openCheckpoint(origin: string, note: string): Promise<Checkpoint> {
		if (parseFirmOrigin(origin).root !== this.rootOrigin) {
			throw new AuditProofError('A checkpoint is of a tree of another installation.');
		}
		const firm = this.#firmOf(origin);
		const signers = this.#signers;
		// The first one under a new key is signed by the key before it too, unless no one has one of this tree under that.
		const isFirst = firm.signers > 0 && firm.signers < signers.length;
		const checkpoint = await signers.openCheckpoint(note, origin, signers.length - (isFirst ? 2 : 1));
		firm.signers = signers.length;
		return checkpoint;
	}

	#firmOf(origin: string): Firm {
		const known = this.#firms.get(origin);
		if (known !== undefined) return known;
		const firm = { checkLeaf: createLeafChecks(parseFirmOrigin(origin).firm), signers: 0 };
		this.#firms.set(origin, firm);
		return firm;
	}
}
