import { AuditProofError, type Checkpoint, verifyCheckpoint } from '../../audit/verify/index.ts';
import {
	type AnchorRow,
	type Plane,
	selectNewestAnchor,
	selectProofHashes,
	selectRootCheckpoint,
} from '../../database/index.ts';
import { MissingLeavesError, readRanges } from '../leader/index.ts';
import { type AnchorStore, AnchorStoreError, findNewest } from './anchor-store.ts';
import { type AnchorSummary, readAnchorSummary } from './anchor-summary.ts';

/**
 * SOUND: the database has what is anchored. BEHIND: anchors have more than the database, and what both have is the same.
 * DISAGREES: they have something else, or an anchor is missing that the database says was written. AWAY: the store can't be asked.
 * NONE: nothing is anchored yet.
 */
export type AnchorState = 'SOUND' | 'BEHIND' | 'DISAGREES' | 'AWAY' | 'NONE';

export interface AnchorComparison {
	readonly state: AnchorState;
	/** The anchor that it was found by; null: none was. */
	readonly number: number | null;
	/** What was found, in a sentence for whoever runs the program; null: all is well. */
	readonly why: string | null;
}

export interface ComparisonParts {
	/** Of the role that keeps the log, or of who opens content. */
	readonly plane: Pick<Plane, 'read'>;
	readonly store: AnchorStore;
	readonly installation: string;
	/** Of the root tree, C2SP vkeys: of now, and of before it was rotated. One of them must have signed. */
	readonly vkeys: readonly string[];
	readonly signal: AbortSignal;
}

/**
 * Holds the newest anchors against the database: they are there, they are those that were written, what they end with is signed, and the
 * database's own hashes make the same root at that size. No leaf is read. Throws what the plane throws.
 */
export async function compareWithAnchors(parts: ComparisonParts): Promise<AnchorComparison> {
	try {
		return await compare(parts);
	} catch (error) {
		if (error instanceof AnchorMismatch) return error.comparison;
		if (error instanceof AnchorStoreError) return { state: 'AWAY', number: null, why: error.message };
		throw error;
	}
}

async function compare(parts: ComparisonParts): Promise<AnchorComparison> {
	const { plane, store } = parts;
	const written = await plane.read(null, selectNewestAnchor);
	const newest = await findNewest(store, written?.number ?? 0);
	if (newest === null) {
		if (written === null) return { state: 'NONE', number: null, why: null };
		throw disagrees(written.number, 'is missing in the store, though it was written', LOST_FIX);
	}
	if (written !== null) await compareKnownAnchor(parts, written);
	if (written !== null && newest === written.number) return sound(newest);
	// What an anchor has was committed before it was written: asked for in the other order, the database might seem to be behind.
	const size = (await plane.read(null, selectRootCheckpoint))?.size ?? 0;
	return compareUnknownAnchors(parts, { first: written === null ? 0 : written.number + 1, newest, size });
}

const sound = (number: number): AnchorComparison => ({ state: 'SOUND', number, why: null });

/** The newest of which the database says that it is there. */
async function compareKnownAnchor(parts: ComparisonParts, { number, size, sha256 }: AnchorRow): Promise<void> {
	const { checkpoint, ends } = await readAnchor(parts, number);
	if (Buffer.compare(ends.sha256, sha256) !== 0) throw disagrees(number, 'is not the one that was written');
	if (checkpoint.size !== size) throw disagrees(number, 'is of another size than the database says');
	await compareRoot(parts, number, checkpoint);
}

interface UnknownAnchors {
	/** Number after the newest that the database knows of. */
	readonly first: number;
	readonly newest: number;
	/** Of the root tree in the database. */
	readonly size: number;
}

/** Anchors that the database doesn't know of: it was killed before it said so, or is an older copy. Their sizes rise with their numbers. */
async function compareUnknownAnchors(
	parts: ComparisonParts,
	{ first, newest, size }: UnknownAnchors,
): Promise<AnchorComparison> {
	const last = await readAnchor(parts, newest);
	if (last.checkpoint.size <= size) {
		await compareRoot(parts, newest, last.checkpoint);
		return sound(newest);
	}
	// The newest of which the database could have all: if that one is another's, so is this database.
	let [known, beyond] = [first - 1, newest];
	while (beyond - known > 1) {
		const middle = known + Math.floor((beyond - known) / 2);
		const { checkpoint } = await readAnchor(parts, middle);
		if (checkpoint.size > size) beyond = middle;
		else {
			await compareRoot(parts, middle, checkpoint);
			known = middle;
		}
	}
	const why = `Anchor ${newest} has ${last.checkpoint.size} leaves of the root tree, the database ${size}: restore the log from its anchors.`;
	return { state: 'BEHIND', number: newest, why };
}

interface ReadAnchor {
	readonly ends: AnchorSummary;
	readonly checkpoint: Checkpoint;
}

async function readAnchor(
	{ store, installation, vkeys, signal }: ComparisonParts,
	number: number,
): Promise<ReadAnchor> {
	const ends = await readAnchorSummary(store, number, signal);
	if (ends === null) throw disagrees(number, 'is missing in the store, though there are later ones', LOST_FIX);
	const { header, checkpoint: note } = ends;
	if (header === null || header.number !== number || header.installation !== installation)
		throw disagrees(number, 'is of another number or installation, or no anchor at all');
	for (const vkey of vkeys) {
		const checkpoint = note === null ? null : await verified(note, vkey);
		if (checkpoint !== null) return { ends, checkpoint };
	}
	throw disagrees(number, 'ends with nothing that a key of this log has signed');
}

async function verified(note: string, vkey: string): Promise<Checkpoint | null> {
	try {
		return await verifyCheckpoint(note, vkey);
	} catch (error) {
		if (error instanceof AuditProofError) return null;
		throw error;
	}
}

/** By the hashes of complete subtrees that each leaf of the root tree has beside its own. */
async function compareRoot(
	{ plane }: Pick<ComparisonParts, 'plane'>,
	number: number,
	{ size, root }: Checkpoint,
): Promise<void> {
	const found = await plane
		.read(null, (tx) =>
			readRanges([{ tree: null, ranges: [{ start: 0, end: size }] }], (places) => selectProofHashes(tx, places)),
		)
		.catch((error: unknown) => {
			if (error instanceof MissingLeavesError) return null;
			throw error;
		});
	if (Buffer.compare(found?.[0]?.[0] ?? Buffer.alloc(0), root) !== 0)
		throw disagrees(number, 'has another root tree than the database at the same size');
}

class AnchorMismatch extends Error {
	readonly comparison: AnchorComparison;

	constructor(comparison: AnchorComparison) {
		super('found');
		this.comparison = comparison;
	}
}

const CHANGED_FIX =
	'keep database and anchors as they are, find out which was changed, and restore the log from its anchors.';
/** There is nothing to restore the log from. */
const LOST_FIX = 'find out where it went, and bring it back from the copy of the anchors.';

const disagrees = (number: number, what: string, fix = CHANGED_FIX) =>
	new AnchorMismatch({ state: 'DISAGREES', number, why: `Anchor ${number} ${what}: ${fix}` });
