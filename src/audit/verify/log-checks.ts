import { AuditProofError } from './audit-proof-error.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { FreshCheckpoint } from './fresh-checkpoint.ts';
import { createLeafChecks, type LeafFacts } from './leaf-checks.ts';
import { installationOf, keyLogOriginOf, parseFirmOrigin } from './origin.ts';
import { parseRootLeaf } from './root-leaf.ts';
import { createSignerHistory, type SignerHistory } from './signer-history.ts';
import { createTreeHasher, hashLeaf, type Sha256, type TreeHasher } from './tree-hasher.ts';
import { parseVerifierKey } from './verifier-key.ts';

export interface LogCheckOptions {
	/** The vkey of the root tree with which the log began, from a trusted source. */
	readonly rootVkey: string;
	readonly sha256: Sha256;
}

interface Firm {
	readonly checkLeaf: (leaf: string) => LeafFacts;
	/** The number of keys when its last checkpoint was signed, or 0 if it has none. */
	signers: number;
}

/** @throws AuditProofError if `rootVkey` is not the key of a root tree. */
export async function createLogChecks({ rootVkey, sha256 }: LogCheckOptions): Promise<LogChecks> {
	const rootOrigin = (await parseVerifierKey(rootVkey)).name;
	return new LogChecks(rootOrigin, await createSignerHistory(rootVkey), sha256);
}

/**
 * Checks the leaves and signatures of an installation's trees, for a log from anchors or from the database. The caller must check the sizes
 * and roots of the trees.
 */
export class LogChecks {
	readonly installation: string;
	readonly rootOrigin: string;
	readonly #signers: SignerHistory;
	readonly #sha256: Sha256;
	readonly #firms = new Map<string, Firm>();
	#incarnation = 1;
	/** The number of keys and incarnations at the last root note. */
	#noted = { signers: 1, incarnation: 1 };

	constructor(rootOrigin: string, signers: SignerHistory, sha256: Sha256) {
		this.installation = installationOf(rootOrigin);
		this.rootOrigin = rootOrigin;
		this.#signers = signers;
		this.#sha256 = sha256;
	}

	/** vkey of the root tree for the key in force. */
	get rootVkey(): string {
		return this.#signers.vkey;
	}

	get incarnation(): number {
		return this.#incarnation;
	}

	/**
	 * Checks the next leaf of a firm's tree.
	 * @throws AuditProofError if the tree may not have the leaf: a WrongFirmError or WrongOrderError for those two causes.
	 */
	checkFirmLeaf(origin: string, leaf: string): LeafFacts {
		return this.#firmOf(origin).checkLeaf(leaf);
	}

	/**
	 * Checks the leaf of the root tree at `index`. Returns its checkpoint, whose signatures are verified, or null for another kind of leaf.
	 * @throws AuditProofError if the leaf is malformed, out of order, or lacks a required signature.
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
	 * @throws AuditProofError if the note lacks a required signature.
	 */
	async openRootNote(note: string): Promise<Checkpoint> {
		const signers = this.#signers;
		// Otherwise a restored log and its original could sign two different trees with one key.
		if (signers.length - this.#noted.signers < this.#incarnation - this.#noted.incarnation) {
			throw new AuditProofError('An incarnation has no key of its own.');
		}
		const checkpoint = await signers.openCheckpoint(note, this.rootOrigin, this.#noted.signers - 1);
		this.#noted = { signers: signers.length, incarnation: this.#incarnation };
		return checkpoint;
	}

	/**
	 * Opens the checkpoint of a firm's key log. It is no leaf of a tree, so any key of the log so far may have signed it.
	 * @throws AuditProofError if none has signed it and cosigned it with a time.
	 */
	openKeyLogNote(firm: string, note: string): Promise<FreshCheckpoint> {
		return this.#signers.openFresh(note, keyLogOriginOf(this.installation, firm));
	}

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
		// The previous key must also sign the first checkpoint under a new key, if the tree already had a checkpoint.
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
