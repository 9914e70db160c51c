import { Frontier, hashOfLeaf, rangesOfConsistency, subtreesIn } from '../../audit/index.ts';
import type { Clock } from '../../clock/index.ts';
import {
	countRootLeaves,
	insertRootCheckpoint,
	insertRootLeaves,
	lockLogLeadership,
	type NewRootLeaf,
	type Plane,
	type SignerLeaf,
	selectEntryTime,
	selectRootCheckpoint,
	selectSignersSinceAnchor,
	selectTreesBefore,
	selectUnsignedTrees,
	setSignedSizes,
	type Transaction,
	type TreeRow,
} from '../../database/index.ts';
import { nodeSha256, originOf } from './note.ts';
import { readRanges, readSubtrees } from './read-subtrees.ts';
import type { Sequencer } from './sequencer.ts';
import type { Signer, UnsignedHead } from './signer.ts';

/** Trees that are signed in one round. */
const MOST = 500;

/** Trees that haven't grown and are signed in one round under a new key. Limited, so that trees that have grown don't wait. */
const MAX_RESIGNED_TREES = 100;

/** Milliseconds between two heartbeats. Without them a reader could not tell a quiet log from a stopped one. */
const HEARTBEAT = 60_000;

export interface PublisherParts {
	readonly clock: Clock;
	/** Plane of the role firmseal_log. */
	readonly plane: Plane;
	/** Plane of the role firmseal_signer, the only role that may write checkpoints of the root tree. */
	readonly signerPlane: Plane;
	readonly sequencer: Pick<Sequencer, 'frontiers'>;
	readonly signer: Signer;
	readonly installation: string;
	readonly epoch: number;
}

export interface PublishedRound {
	/** Number of firms' trees that got a checkpoint. */
	readonly trees: number;
	/** True if more trees may wait. */
	readonly more: boolean;
}

/** Publishes the trees. Belongs to one leader. */
export interface Publisher {
	/**
	 * Signs the trees that have grown, adds the checkpoints as leaves to the root tree, and then signs the root tree. Each step uses only
	 * what the step before has committed. So after a crash, the next leader finds no signature over something that is not in the database.
	 * @throws LeaderLostError, SignerRefusedError, KeyUnavailableError
	 */
	publish(): Promise<PublishedRound>;
}

type Signers = readonly SignerLeaf[];

/** The signers' vkeys of the root tree. */
const keysOf = (signers: Signers): string[] => signers.map(({ leaf }) => String(JSON.parse(leaf).key));

type OwnLeaf = Pick<NewRootLeaf, 'kind' | 'leaf' | 'tree' | 'size'>;

export const createPublisher = (parts: PublisherParts): Publisher => new TreePublisher(parts);

class TreePublisher implements Publisher {
	readonly #parts: PublisherParts;
	readonly #root: string;
	/** Right edge of the root tree as it is committed; null if it must be read. */
	#edge: Frontier | null = null;
	/** Leaves of the root tree that a signed checkpoint covers; null if the number must be read. */
	#signed: number | null = null;
	#lastBeat = Number.NEGATIVE_INFINITY;
	/** Index of the signer leaf under whose key every tree has a checkpoint; null if unknown. */
	#ledTo: number | null = null;

	constructor(parts: PublisherParts) {
		this.#parts = parts;
		this.#root = originOf(parts.installation, null);
	}

	async publish(): Promise<PublishedRound> {
		const published = await this.#extendRoot();
		await this.#signRoot();
		return published;
	}

	async #extendRoot(): Promise<PublishedRound> {
		const { plane, clock, epoch } = this.#parts;
		const extended = await plane.write(null, async (tx) => {
			const signers = await selectSignersSinceAnchor(tx);
			const { trees, ...of } = await this.#treesToSign(tx, signers);
			const leaves = [
				...(await this.#ownLeaves(tx, signers)),
				...(await checkpointsOf(this.#parts, tx, trees, signers)),
			];
			if (leaves.length === 0) return { ...of, grown: null, trees: 0, beats: false };
			await lockLogLeadership(tx, epoch);
			const grown = await this.#edgeOf(tx);
			// The leaves are not committed yet, so the edge can't be reused if the commit fails.
			this.#edge = null;
			const append = (leaf: OwnLeaf) => ({
				...leaf,
				index: grown.size,
				hashes: grown.append(hashOfLeaf(nodeSha256, Buffer.from(leaf.leaf))),
			});
			await insertRootLeaves(tx, leaves.map(append));
			const sizes = leaves.flatMap(({ tree, size }) => (tree !== null && size !== null ? [[tree, size] as const] : []));
			if (sizes.length > 0) await setSignedSizes(tx, new Map(sizes));
			return { ...of, grown, trees: sizes.length, beats: leaves.some(({ kind }) => kind === 'HEARTBEAT') };
		});
		this.#ledTo = extended.ledTo;
		this.#edge = extended.grown ?? this.#edge;
		if (extended.beats) this.#lastBeat = clock.now();
		return { trees: extended.trees, more: extended.more };
	}

	async #signRoot(): Promise<void> {
		const { plane, signerPlane, signer, epoch } = this.#parts;
		const origin = this.#root;
		const head = await plane.read(null, async (tx) => {
			this.#signed ??= (await selectRootCheckpoint(tx))?.size ?? 0;
			const edge = await this.#edgeOf(tx);
			this.#edge = edge;
			if (edge.size === this.#signed) return null;
			const [from = 0] = await signer.lastSizes([origin]);
			const asked = [{ tree: null, ranges: rangesFrom(from, edge.size) }];
			const [proof = []] = await readRanges(tx, asked);
			const signers = await selectSignersSinceAnchor(tx);
			return { origin, size: edge.size, root: edge.root(), proof, signers };
		});
		if (!head) return;
		const { size, signers } = head;
		const [note = ''] = await signer.sign([head], keysOf(signers));
		await signerPlane.write(null, async (tx) => {
			await lockLogLeadership(tx, epoch);
			await insertRootCheckpoint(tx, { size, note });
		});
		this.#signed = size;
	}

	async #edgeOf(tx: Transaction): Promise<Frontier> {
		if (this.#edge) return this.#edge;
		const size = await countRootLeaves(tx);
		const asked = subtreesIn({ start: 0, end: size }).map((subtree) => ({ tree: null, subtree }));
		return new Frontier(nodeSha256, size, await readSubtrees(tx, asked));
	}

	/** Leaves about the log itself: a new signer, and the heartbeat if it is due. */
	async #ownLeaves(tx: Transaction, signers: Signers): Promise<OwnLeaf[]> {
		const { signer, clock } = this.#parts;
		const leaves: OwnLeaf[] = [];
		const say = (kind: 'SIGNER' | 'HEARTBEAT', what: object) =>
			leaves.push({ kind, leaf: JSON.stringify({ ...what, v: 1 }), tree: null, size: null });
		const key = signer.verifierKey(this.#root);
		const isNew = keysOf(signers).at(-1) !== key;
		const isDue = clock.now() - this.#lastBeat >= HEARTBEAT;
		if (!isNew && !isDue) return leaves;
		const at = await selectEntryTime(tx);
		if (isNew) say('SIGNER', { at, key, kind: 'signer' });
		if (isDue) say('HEARTBEAT', { at, kind: 'heartbeat' });
		return leaves;
	}

	/**
	 * Trees that have grown, and some that haven't but have no checkpoint under the active key. Old and new key sign such a checkpoint, so
	 * that a verifier that trusts the old key can move to the new one.
	 */
	async #treesToSign(tx: Transaction, signers: Signers) {
		const grown = await selectUnsignedTrees(tx, MOST);
		const signer = signers.at(-1)?.index ?? 0;
		const behind = this.#ledTo === signer ? [] : await selectTreesBefore(tx, signer, MAX_RESIGNED_TREES);
		return {
			trees: [...grown, ...behind],
			more: grown.length === MOST,
			ledTo: behind.length < MAX_RESIGNED_TREES ? signer : null,
		};
	}
}

async function checkpointsOf(
	parts: PublisherParts,
	tx: Transaction,
	trees: readonly TreeRow[],
	signers: Signers,
): Promise<OwnLeaf[]> {
	const heads = await headsOf(
		parts,
		tx,
		trees.map(({ tree }) => tree),
	);
	const notes = await parts.signer.sign(heads, keysOf(signers));
	return notes.map((leaf, at) => ({
		kind: 'CHECKPOINT',
		leaf,
		tree: trees[at]?.tree ?? null,
		size: heads[at]?.size ?? null,
	}));
}

/** The committed heads of the trees, each with the proof that it continues its last checkpoint. */
async function headsOf(
	{ sequencer, signer, installation }: PublisherParts,
	tx: Transaction,
	trees: readonly string[],
): Promise<UnsignedHead[]> {
	const edges = await sequencer.frontiers(tx, trees);
	const heads = trees.map((tree) => {
		const grown = edges.get(tree) as Frontier;
		return { tree, origin: originOf(installation, tree), size: grown.size, root: grown.root() };
	});
	const lasts = await signer.lastSizes(heads.map(({ origin }) => origin));
	const asked = heads.map(({ tree, size }, at) => ({ tree, ranges: rangesFrom(lasts[at] ?? 0, size) }));
	const proofs = await readRanges(tx, asked);
	return heads.map(({ origin, size, root }, at) => ({ origin, size, root, proof: proofs[at] ?? [] }));
}

/** There is no proof for a tree that is smaller than before; the signer refuses it. */
const rangesFrom = (from: number, size: number) => (from > size ? [] : rangesOfConsistency(from, size));
