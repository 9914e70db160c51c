import type { ObjectResealer } from '../content/index.ts';
import { SEALED_CHUNK_LENGTH, unopenableError } from '../envelope/index.ts';
import { type FileLayout, layoutOfObject, OBJECT_START } from './file-ranges.ts';
import type { ObjectStore } from './object-store.ts';

/** Chunks yielded at once. */
const AT_ONCE = 16;

/** The first bytes and the layout of an object. @throws FirmsealError CIPHERTEXT_INVALID; ObjectStoreError */
export async function readStart(
	store: ObjectStore,
	name: string,
	size: number,
	signal: AbortSignal,
): Promise<{ readonly start: Uint8Array; readonly layout: FileLayout }> {
	const layout = layoutOfObject(size);
	// An object of the wrong length can't be opened.
	if (!layout || (await store.measure(name)) !== size) throw unopenableError();
	const start = new Uint8Array(OBJECT_START.end);
	let length = 0;
	for await (const piece of store.read(name, OBJECT_START, signal)) {
		start.set(piece.subarray(0, OBJECT_START.end - length), length);
		length += piece.length;
	}
	return { start, layout };
}

/** Whole chunks of an object. */
interface ChunkRun {
	/** Index of the first chunk. */
	readonly first: number;
	readonly sealed: Uint8Array;
	/** Whether this is the last chunk alone, which may be shorter. */
	readonly isLast: boolean;
}

/** All chunks of an object, a few at a time. Each run is valid until the next is requested. @throws FirmsealError CIPHERTEXT_INVALID */
export async function* readChunks(
	store: ObjectStore,
	name: string,
	{ chunks, last }: FileLayout,
	signal: AbortSignal,
): AsyncGenerator<ChunkRun> {
	const kept = new Uint8Array(AT_ONCE * SEALED_CHUNK_LENGTH);
	let held = 0;
	let next = 0;
	for await (const piece of store.read(name, { start: OBJECT_START.end, end: last.end }, signal)) {
		for (let from = 0; from < piece.length; ) {
			const taken = piece.subarray(from, from + kept.length - held);
			kept.set(taken, held);
			held += taken.length;
			from += taken.length;
			// Only its index tells that a chunk is the last.
			const whole = Math.min(Math.floor(held / SEALED_CHUNK_LENGTH), chunks - 1 - next);
			if (whole === 0) continue;
			const end = whole * SEALED_CHUNK_LENGTH;
			yield { first: next, sealed: kept.subarray(0, end), isLast: false };
			next += whole;
			kept.copyWithin(0, end, held);
			held -= end;
		}
	}
	if (next !== chunks - 1 || held !== last.end - last.start) throw unopenableError();
	yield { first: next, sealed: kept.subarray(0, held), isLast: true };
}

/** Streams a new object with the same file and the same length, made from the old object. Holds a few chunks in memory. */
export async function* resealChunks(
	store: ObjectStore,
	name: string,
	layout: FileLayout,
	fresh: ObjectResealer,
	signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
	yield fresh.start;
	for await (const { first, sealed, isLast } of readChunks(store, name, layout, signal))
		yield isLast ? fresh.resealLast(first, sealed) : fresh.reseal(first, sealed);
}
