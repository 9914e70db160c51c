import { createHash } from 'node:crypto';
import { AuditProofError } from '../../audit/verify/index.ts';
import {
	type AnchoredLeaf,
	createAnchorChain,
	createTreeHasher,
	hashing,
	hashLeaf,
	parseRootLeaf,
	readFirstKey,
	rootOriginOf,
	type TreeHasher,
	treeOfOrigin,
} from '../../audit/verify/log.ts';
import type { AnchoredEntry, AnchoredRootLeaf, AnchorRow } from '../../database/index.ts';
import { FirmsealError, SetupError } from '../../errors.ts';
import { AnchorError, type AnchorStore, findNewest } from '../anchors/index.ts';
import { nodeSha256 } from '../leader/index.ts';

/** Rows that are passed to the sink at a time. */
const BATCH = 1_000;

export interface AnchoredLogSource {
	readonly store: AnchorStore;
	/** Where the store is, for error messages. */
	readonly storeName: string;
	/** Number of the newest anchor that the database records as written; null if none. */
	readonly newestWritten: () => Promise<number | null>;
	readonly installation: string;
	/** Vkey of the root tree: the first key of the log. null to trust the key that the first anchor names. */
	readonly vkey: string | null;
	readonly signal: AbortSignal;
	readonly onProgress: (done: number, total: number) => void;
}

/** Receives anchored rows while they are read. None of them is verified before readAnchoredLog() has resolved. */
export interface AnchorSink {
	readonly leaves: (rows: readonly AnchoredEntry[]) => Promise<void>;
	readonly rootLeaves: (rows: readonly AnchoredRootLeaf[]) => Promise<void>;
	readonly anchors: (rows: readonly AnchorWithNote[]) => Promise<void>;
	/** Called after each leaf of the root tree. `vkeys`: the keys that the root tree has named so far. */
	readonly onRoot: (tree: Pick<TreeHasher, 'size' | 'root'>, vkeys: readonly string[]) => Promise<void>;
}

export type AnchorWithNote = AnchorRow & { readonly note: string };

/** The verified content of all anchors. */
export interface AnchoredLog {
	/** The vkey that verified the anchors. */
	readonly vkey: string;
	/** All vkeys of the root tree, in order. */
	readonly vkeys: readonly string[];
	readonly incarnation: number;
	/** Number of leaves of each firm's tree. */
	readonly sizes: ReadonlyMap<string, number>;
	/** The root tree, ready to append to. */
	readonly root: TreeHasher;
	/** Fields of the next anchor's header. */
	readonly next: { readonly number: number; readonly previous: string };
	/** True if these lines are valid as the next anchor. Can be called once. */
	accepts(lines: AsyncIterable<Uint8Array>): Promise<boolean>;
}

/**
 * Reads and verifies all anchors, starting with number 0.
 * @throws FirmsealError CONFLICT with the number of the anchor that is refused; SetupError if there is no anchor; AnchorStoreError
 */
export async function readAnchoredLog(source: AnchoredLogSource, sink: AnchorSink): Promise<AnchoredLog> {
	const { store, installation, signal, onProgress } = source;
	const origin = rootOriginOf(installation);
	const newest = await findNewest(store);
	if (newest === null) throw noAnchorsError(source.storeName, await source.newestWritten());
	const vkey = source.vkey ?? (await accepted(0, readFirstKey(await read(store, 0, signal), installation)));
	if (!vkey.startsWith(`${origin}+`))
		throw new SetupError(`The verifier key does not belong to ${origin}: give the first key of the root tree.`);
	const tree = collectLeaves(origin, sink);
	const chain = await accepted(
		0,
		createAnchorChain({
			rootVkey: vkey,
			sha256: nodeSha256,
			newHash: () => createHash('sha256'),
			onLeaf: tree.take,
			// A flawed entry is restored as it is; the verifier of the log reports it.
			onFlaw() {},
		}),
	);
	const anchors: AnchorWithNote[] = [];
	let previous = '';
	for (let number = 0; number <= newest; number++) {
		const hash = createHash('sha256');
		const anchor = await accepted(number, chain.add(hashing(await read(store, number, signal), hash)));
		const digest = hash.digest();
		previous = digest.toString('hex');
		anchors.push({ number, size: anchor.root.size, sha256: digest, note: anchor.note });
		if (anchors.length === BATCH) await sink.anchors(anchors.splice(0));
		onProgress(number + 1, newest + 1);
	}
	await tree.end();
	if (anchors.length > 0) await sink.anchors(anchors);
	return {
		vkey,
		vkeys: tree.vkeys,
		incarnation: chain.incarnation,
		sizes: new Map([...tree.trees].map(([id, { size }]) => [id, size])),
		root: tree.root,
		next: { number: newest + 1, previous },
		async accepts(lines) {
			try {
				await chain.add(lines);
				return true;
			} catch (error) {
				if (error instanceof AuditProofError || error instanceof AnchorError) return false;
				throw error;
			}
		},
	};
}

const noAnchorsError = (place: string, written: number | null) =>
	new SetupError(
		written === null
			? 'Nothing is anchored yet, so the log has nothing to be restored from.'
			: `The database records anchor ${written}, but ${place} has no anchors: bring the anchors back from their copy.`,
	);

/** Turns leaves into database rows, with the hashes of all subtrees that they complete, until end(). */
function collectLeaves(origin: string, sink: AnchorSink) {
	const trees = new Map<string, TreeHasher>();
	const root = createTreeHasher(nodeSha256);
	const vkeys: string[] = [];
	const [leaves, rootLeaves]: [AnchoredEntry[], AnchoredRootLeaf[]] = [[], []];
	let isOver = false;

	async function passOn(least: number): Promise<void> {
		if (leaves.length > least) await sink.leaves(leaves.splice(0));
		if (rootLeaves.length > least) await sink.rootLeaves(rootLeaves.splice(0));
	}

	function takeEntry({ origin: of, index, leaf }: AnchoredLeaf): void {
		const tree = treeOfOrigin(of);
		const hasher = trees.get(tree) ?? createTreeHasher(nodeSha256);
		trees.set(tree, hasher);
		const hashes = hasher.append(hashLeaf(nodeSha256, Buffer.from(leaf)));
		leaves.push({ tree, index, ...entryColumnsOf(leaf), leaf, hashes });
	}

	async function takeRoot({ index, leaf }: AnchoredLeaf): Promise<void> {
		const parsed = parseRootLeaf(leaf);
		if (parsed.kind === 'signer') vkeys.push(parsed.key);
		const hashes = root.append(hashLeaf(nodeSha256, Buffer.from(leaf)));
		const kind = parsed.kind.toUpperCase() as AnchoredRootLeaf['kind'];
		const of =
			parsed.kind === 'checkpoint'
				? { tree: treeOfOrigin(parsed.origin), size: Number(parsed.note.split('\n')[1]) }
				: { tree: null, size: null };
		rootLeaves.push({ index, kind, ...of, leaf, hashes });
		await sink.onRoot(root, vkeys);
	}

	return {
		trees,
		root,
		vkeys,
		async take(leaf: AnchoredLeaf): Promise<void> {
			if (isOver) return;
			if (leaf.origin === origin) await takeRoot(leaf);
			else takeEntry(leaf);
			await passOn(BATCH);
		},
		async end(): Promise<void> {
			isOver = true;
			await passOn(0);
		},
	};
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const isUuid = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

/** The columns of an entry's row beside its leaf. A tree may have leaves that don't fit in a row. */
function entryColumnsOf(leaf: string): Pick<AnchoredEntry, 'entry' | 'firm' | 'boot' | 'sequence' | 'at'> {
	const { id, firm, boot, sequence, at } = parse(leaf);
	if (!isUuid(id) || !isUuid(boot) || !(firm === null || isUuid(firm)) || !Number.isSafeInteger(sequence))
		throw new AuditProofError(
			'An anchored leaf is not an entry: a field that the row of an entry needs is missing or invalid.',
		);
	return { entry: id, firm, boot, sequence: Number(sequence), at: timeOf(at) };
}

/** PostgreSQL reads years of four digits, from 0001. null for other times. */
function timeOf(at: unknown): string | null {
	const time = typeof at === 'string' ? new Date(at) : null;
	if (time === null || Number.isNaN(time.getTime())) return null;
	return /^(?!0000)\d{4}-/.test(time.toISOString()) ? time.toISOString() : null;
}

function parse(leaf: string): Readonly<Record<string, unknown>> {
	try {
		return Object(JSON.parse(leaf));
	} catch {
		throw new AuditProofError('An anchored leaf is not JSON.');
	}
}

async function read(store: AnchorStore, number: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
	const bytes = await store.read(number, signal);
	if (bytes === null) throw refusedAnchorError(number, 'it is missing although later anchors exist.');
	return bytes;
}

async function accepted<T>(number: number, work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		if (error instanceof AuditProofError) throw refusedAnchorError(number, error.message);
		throw error;
	}
}

const refusedAnchorError = (number: number, why: string) =>
	new FirmsealError('CONFLICT', `Anchor ${number} is not accepted, so nothing was changed: ${why}`);
