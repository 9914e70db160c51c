import { AuditProofError, type Checkpoint, verifyCheckpoint } from '../../audit/verify/index.ts';
import { type AnchorRow, type Plane, selectNewestAnchor, selectRootCheckpoint } from '../../database/index.ts';
import { MissingLeavesError, readRanges } from '../leader/index.ts';
import { type AnchorStore, AnchorStoreError, findNewest } from './anchor-store.ts';
import { type AnchorSummary, readAnchorSummary } from './anchor-summary.ts';

/**
 * SOUND: the database has everything that is anchored. BEHIND: the anchors have more than the database, and the common part is the same.
 * DISAGREES: the anchors differ from the database, or an anchor is missing that the database records as written. AWAY: the store doesn't
 * answer. NONE: nothing is anchored yet.
 */
export type AnchorState = 'SOUND' | 'BEHIND' | 'DISAGREES' | 'AWAY' | 'NONE';

export interface AnchorComparison {
	readonly state: AnchorState;
	/** The anchor that showed the state; null if no anchor did. */
	readonly number: number | null;
	/** A sentence for the operator; null if all is well. */
	readonly why: string | null;
}

export interface ComparisonParts {
	/** Plane of the role that keeps the log, or of the role that opens content. */
	readonly plane: Pick<Plane, 'read'>;
	readonly store: AnchorStore;
	readonly installation: string;
	/** C2SP vkeys of the root tree: the current one, and those before each rotation. One of them must have signed. */
	readonly vkeys: readonly string[];
	readonly signal: AbortSignal;
}

/**
 * Compares the newest anchors with the database: they exist, they are the ones that were written, their last checkpoint is signed, and the
 * database's own hashes give the same root at that size. Reads no leaf. Throws the errors of the plane.
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
		throw disagrees(written.number, 'was written and is missing in the store', LOST_FIX);
	}
	if (written !== null) await compareKnownAnchor(parts, written);
	if (written !== null && newest === written.number) return sound(newest);
	// An anchor contains only what was committed before. Read the size after the anchors: in the other order, the database could appear to be
	// behind.
	const size = (await plane.read(null, selectRootCheckpoint))?.size ?? 0;
	return compareUnknownAnchors(parts, { first: written === null ? 0 : written.number + 1, newest, size });
}

const sound = (number: number): AnchorComparison => ({ state: 'SOUND', number, why: null });

/** Checks the newest anchor that the database records as written. */
async function compareKnownAnchor(parts: ComparisonParts, { number, size, sha256 }: AnchorRow): Promise<void> {
	const { checkpoint, ends } = await readAnchor(parts, number);
	if (Buffer.compare(ends.sha256, sha256) !== 0) throw disagrees(number, 'is not the one that was written');
	if (checkpoint.size !== size) throw disagrees(number, 'has another size than the database recorded');
	await compareRoot(parts, number, checkpoint);
}

interface UnknownAnchors {
	/** The number after the newest anchor that the database knows. */
	readonly first: number;
	readonly newest: number;
	/** Size of the root tree in the database. */
	readonly size: number;
}

/**
 * Checks anchors that the database doesn't know: the process was killed before it recorded them, or the database is an older copy. Sizes of
 * anchors increase with their numbers.
 */
async function compareUnknownAnchors(
	parts: ComparisonParts,
	{ first, newest, size }: UnknownAnchors,
): Promise<AnchorComparison> {
	const last = await readAnchor(parts, newest);
	if (last.checkpoint.size <= size) {
		await compareRoot(parts, newest, last.checkpoint);
		return sound(newest);
	}
	// Finds the newest anchor that the database could contain completely. If this anchor differs, so do all later ones.
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
	if (ends === null) throw disagrees(number, 'is missing in the store although later anchors exist', LOST_FIX);
	const { header, checkpoint: note } = ends;
	if (header === null || header.number !== number || header.installation !== installation)
		throw disagrees(number, 'is not an anchor, or belongs to another number or installation');
	for (const vkey of vkeys) {
		const checkpoint = note === null ? null : await verified(note, vkey);
		if (checkpoint !== null) return { ends, checkpoint };
	}
	throw disagrees(number, 'does not end with a checkpoint signed by a key of this log');
}

async function verified(note: string, vkey: string): Promise<Checkpoint | null> {
	try {
		return await verifyCheckpoint(note, vkey);
	} catch (error) {
		if (error instanceof AuditProofError) return null;
		throw error;
	}
}

/** Computes the root from the hashes of complete subtrees, which each leaf of the root tree stores beside its own. */
async function compareRoot(
	{ plane }: Pick<ComparisonParts, 'plane'>,
	number: number,
	{ size, root }: Checkpoint,
): Promise<void> {
	const found = await plane
		.read(null, (tx) => readRanges(tx, [{ tree: null, ranges: [{ start: 0, end: size }] }]))
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
	'leave the database and the anchors unchanged, find out which of them was changed, and restore the log from its anchors.';
/** The anchor itself is gone, so the log can't be restored from it. */
const LOST_FIX = 'find out why, and bring it back from the copy of the anchors.';

const disagrees = (number: number, what: string, fix = CHANGED_FIX) =>
	new AnchorMismatch({ state: 'DISAGREES', number, why: `Anchor ${number} ${what}: ${fix}` });
