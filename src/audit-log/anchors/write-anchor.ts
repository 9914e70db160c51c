import { createHash } from 'node:crypto';
import {
	type AnchorRow,
	insertAnchor,
	isSignedCheckpoint,
	type Plane,
	type SignedRoot,
	selectCheckpointToAnchor,
	selectNewestAnchor,
} from '../../database/index.ts';
import { AnchorConflictError, AnchorError } from './anchor-error.ts';
import { type AnchorStore, AnchorStoreError, type StoredAnchor } from './anchor-store.ts';
import { readAnchorSummary } from './anchor-summary.ts';
import { type AnchorContent, anchorLines } from './lines.ts';

export interface AnchorParts {
	/** Plane of the role that keeps the log. */
	readonly plane: Pick<Plane, 'read' | 'write'>;
	readonly store: AnchorStore;
	readonly installation: string;
	/** Aborts the write. Then nothing is anchored, or the next call finds what was written. */
	readonly signal: AbortSignal;
	/** Leaves, or trees, per query. 100 by default. */
	readonly page?: number;
}

export interface WriteAnchorOptions {
	/** Epoch of the leader. Only the leader anchors. */
	readonly epoch: number;
	/** The previous anchor. This database has its `size` leaves of the root tree too. null if there is none. */
	readonly after: AnchorRow | null;
}

export interface WrittenAnchor extends AnchorRow {
	/** Bytes. */
	readonly length: number;
	/** The anchor was in the store already: the process that wrote it did not get to record it. */
	readonly adopted: boolean;
}

/** Anchors everything that was signed since the newest anchor of the database, as writeAnchor does; null if there is nothing new. */
export async function writeNextAnchor(parts: AnchorParts, epoch: number): Promise<WrittenAnchor | null> {
	return writeAnchor(parts, { epoch, after: await parts.plane.read(null, selectNewestAnchor) });
}

/**
 * Writes the anchor after `after`: everything that the newest signed checkpoint covers and earlier anchors don't contain. null if there is
 * nothing new. The anchor is read back and compared before the database records it. If the store already has an anchor with this number, it
 * is adopted only if it is, byte for byte, what this database would write at a checkpoint that it has signed.
 * @throws AnchorConflictError if it isn't, or if the bytes that were read back differ from those that were written; AnchorError;
 * AnchorStoreError; errors of the plane. After an error the database records nothing, and the next call finds what was written.
 */
export async function writeAnchor(
	parts: AnchorParts,
	{ epoch, after }: WriteAnchorOptions,
): Promise<WrittenAnchor | null> {
	const newest = await parts.plane.read(null, selectCheckpointToAnchor);
	const since = after?.size ?? 0;
	if (newest === null || newest.size <= since) return null;
	const number = after === null ? 0 : after.number + 1;
	const previous = after && Buffer.from(after.sha256).toString('hex');
	const { incarnation, ...checkpoint } = newest;
	const content = { header: { incarnation, installation: parts.installation, number, previous }, since, checkpoint };
	const written = (await write(parts, content)) ?? (await adopt(parts, content));
	const row = { number, size: written.checkpoint.size, sha256: written.sha256 };
	if (!(await parts.plane.write(null, (tx) => insertAnchor(tx, epoch, row))))
		throw new AnchorError('EPOCH_LOST', 'Another process leads the log now and anchors it.');
	return { ...row, length: written.size, adopted: written.isAdopted };
}

interface StoredOrAdoptedAnchor extends StoredAnchor {
	readonly checkpoint: SignedRoot;
	readonly isAdopted: boolean;
}

/** null if the store has an anchor with this number. */
async function write(parts: AnchorParts, content: AnchorContent): Promise<StoredOrAdoptedAnchor | null> {
	const { store, signal } = parts;
	const { number } = content.header;
	const lines = hashWhileReading(anchorLines(parts, content));
	try {
		await store.write(number, lines.pieces(), signal);
	} catch (error) {
		if (error instanceof AnchorStoreError && error.reason === 'EXISTS') return null;
		throw error;
	}
	const meant = lines.seen();
	if (!isSame(await readAnchorSummary(store, number, signal), meant)) throw new AnchorConflictError(number);
	return { ...meant, checkpoint: content.checkpoint, isAdopted: false };
}

async function adopt(parts: AnchorParts, content: AnchorContent): Promise<StoredOrAdoptedAnchor> {
	const { plane, store, signal } = parts;
	const { number } = content.header;
	const found = await readAnchorSummary(store, number, signal);
	const checkpoint = await selectSignedRoot(plane, found?.checkpoint ?? null);
	if (checkpoint === null || checkpoint.size <= content.since) throw new AnchorConflictError(number);
	const lines = hashWhileReading(anchorLines(parts, { ...content, checkpoint }));
	for await (const _ of lines.pieces()) signal.throwIfAborted();
	if (!isSame(found, lines.seen())) throw new AnchorConflictError(number);
	return { ...lines.seen(), checkpoint, isAdopted: true };
}

const SIZE = /^[^\n]+\n(?<size>0|[1-9]\d{0,15})\n/;

/** The checkpoint of this note; null if this database has not signed it. */
async function selectSignedRoot(plane: Pick<Plane, 'read'>, note: string | null): Promise<SignedRoot | null> {
	const size = Number(SIZE.exec(note ?? '')?.groups?.size ?? Number.NaN);
	if (note === null || !Number.isSafeInteger(size)) return null;
	const checkpoint = { size, note };
	return (await plane.read(null, (tx) => isSignedCheckpoint(tx, checkpoint))) ? checkpoint : null;
}

/** `seen` returns size and hash of the bytes that were read so far. */
function hashWhileReading(source: AsyncIterable<Uint8Array>) {
	const hash = createHash('sha256');
	let size = 0;
	return {
		async *pieces(): AsyncGenerator<Uint8Array> {
			for await (const piece of source) {
				hash.update(piece);
				size += piece.length;
				yield piece;
			}
		},
		seen: (): StoredAnchor => ({ size, sha256: hash.copy().digest() }),
	};
}

const isSame = (found: StoredAnchor | null, meant: StoredAnchor): boolean =>
	found !== null && found.size === meant.size && Buffer.compare(found.sha256, meant.sha256) === 0;
