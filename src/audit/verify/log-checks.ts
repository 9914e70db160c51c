import { AuditProofError } from './audit-proof-error.ts';
import type { Checkpoint } from './checkpoint.ts';
import { createLeafChecks, type LeafFacts } from './leaf-checks.ts';
import { installationOf, parseFirmOrigin } from './origin.ts';
import { parseRootLeaf, type RootLeaf } from './root-leaf.ts';
import { createSignerHistory } from './signer-history.ts';
import { createTreeHasher, hashLeaf, type Sha256, type TreeHasher } from './tree-hasher.ts';
import { parseVerifierKey } from './verifier-key.ts';

/**
 * What the trees of an installation may have, and who must have signed them, whatever the log is read from: anchors or its
 * database. How large the trees are and what they hash to is for whoever reads it.
 */
export interface LogChecks {
	readonly installation: string;
	readonly rootOrigin: string;
	/** Of the root tree, for the key in force. */
	readonly rootVkey: string;
	readonly incarnation: number;
	/**
	 * Takes the next leaf of a firm's tree.
	 * @throws AuditProofError when it has no place there; a WrongFirmError or WrongOrderError says why.
	 */
	checkFirmLeaf(origin: string, leaf: string): LeafFacts;
	/**
	 * Takes the leaf of the root tree at `index`. Answers the checkpoint that it is, which is signed as it must be; null for
	 * another kind.
	 * @throws AuditProofError when it is malformed, out of order, or not signed so.
	 */
	checkRootLeaf(leaf: string, index: number): Promise<Checkpoint | null>;
	/**
	 * Opens a note of the root tree with the leaves so far.
	 * @throws AuditProofError when it is not signed as it must be.
	 */
	openRootNote(note: string): Promise<Checkpoint>;
	/** A tree without leaves. */
	createTree(): TreeHasher;
	hashLeaf(leaf: Uint8Array): Uint8Array;
}

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
	const installation = installationOf(rootOrigin);
	const signers = await createSignerHistory(rootVkey);
	const firms = new Map<string, Firm>();
	let incarnation = 1;
	/** How many keys and incarnations there were at the last root note. */
	let noted = { signers: 1, incarnation: 1 };

	function firmOf(origin: string): Firm {
		const known = firms.get(origin);
		if (known !== undefined) return known;
		const made = { checkLeaf: createLeafChecks(parseFirmOrigin(origin).firm), signers: 0 };
		firms.set(origin, made);
		return made;
	}

	async function openCheckpoint(origin: string, note: string): Promise<Checkpoint> {
		if (parseFirmOrigin(origin).root !== rootOrigin) {
			throw new AuditProofError('A checkpoint is of a tree of another installation.');
		}
		const firm = firmOf(origin);
		// The first one under a new key is signed by the key before it too, unless nobody has one of this tree under that.
		const isFirst = firm.signers > 0 && firm.signers < signers.length;
		const checkpoint = await signers.openCheckpoint(note, origin, signers.length - (isFirst ? 2 : 1));
		firm.signers = signers.length;
		return checkpoint;
	}

	async function take(leaf: RootLeaf): Promise<Checkpoint | null> {
		switch (leaf.kind) {
			case 'checkpoint':
				return openCheckpoint(leaf.origin, leaf.note);
			case 'signer':
				await signers.follow(leaf.key);
				return null;
			case 'incarnation':
				if (leaf.incarnation !== incarnation + 1) throw new AuditProofError('An incarnation is not the next one.');
				incarnation = leaf.incarnation;
				return null;
			case 'heartbeat':
				return null;
		}
	}

	function takeFirst(leaf: RootLeaf): null {
		if (leaf.kind !== 'signer' || leaf.key !== signers.vkey) {
			throw new AuditProofError('The log does not begin with the verifier key.');
		}
		return null;
	}

	return {
		installation,
		rootOrigin,
		get rootVkey() {
			return signers.vkey;
		},
		get incarnation() {
			return incarnation;
		},
		checkFirmLeaf: (origin, leaf) => firmOf(origin).checkLeaf(leaf),
		async checkRootLeaf(text, index) {
			const leaf = parseRootLeaf(text);
			return index === 0 ? takeFirst(leaf) : take(leaf);
		},
		async openRootNote(note) {
			// A log that was restored and the one that it came from could else sign two trees with one key.
			if (signers.length - noted.signers < incarnation - noted.incarnation) {
				throw new AuditProofError('An incarnation has no key of its own.');
			}
			const checkpoint = await signers.openCheckpoint(note, rootOrigin, noted.signers - 1);
			noted = { signers: signers.length, incarnation };
			return checkpoint;
		},
		createTree: () => createTreeHasher(sha256),
		hashLeaf: (leaf) => hashLeaf(sha256, leaf),
	};
}
